package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.layer.Indices;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.OneHot;

/** A 1 among zeros for each index, which has no gradient. */
final class OneHotFunction implements LayerFunction {
  private final String name;
  private final int width;

  OneHotFunction(OneHot settings, LayerPlan plan) {
    name = plan.node().name();
    width = settings.size();
  }

  @Override
  public void forward(Call call) {
    Floats indices = call.source(0);
    Indices.require(name, width, indices.array(), indices.at(), indices.at() + indices.size());
    Floats y = call.result();
    y.clear();
    for (int i = 0; i < indices.size(); i++) {
      int index = (int) indices.array()[indices.at() + i];
      y.array()[y.at() + i * width + index] = 1;
    }
  }

  @Override
  public void backward(Call call) {
    if (call.wants(0)) {
      call.clearedSourceGradient(0);
    }
  }
}
