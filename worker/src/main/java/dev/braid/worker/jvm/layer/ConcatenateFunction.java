package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.layer.LayerPlan;

/** Channels one after another: those of each step or example, or the planes of each image. */
final class ConcatenateFunction implements LayerFunction {
  private final int channels;
  private final boolean channelsFirst;

  ConcatenateFunction(LayerPlan plan) {
    channels = plan.shape().channels();
    channelsFirst = plan.shape().rank() > 2;
  }

  @Override
  public void forward(Call call) {
    Floats y = call.result();
    int rows = rows(call);
    int width = y.size() / rows;
    int from = 0;
    for (int i = 0; i < call.numSources(); i++) {
      Floats x = call.source(i);
      int part = x.size() / rows;
      for (int row = 0; row < rows; row++) {
        x.copy(row * part, y, row * width + from, part);
      }
      from += part;
    }
  }

  private int rows(Call call) {
    return channelsFirst ? call.size() : call.result().size() / channels;
  }

  @Override
  public void backward(Call call) {
    Floats dy = call.resultGradient();
    int rows = rows(call);
    int width = dy.size() / rows;
    int from = 0;
    for (int i = 0; i < call.numSources(); i++) {
      int part = call.source(i).size() / rows;
      if (call.wants(i)) {
        Floats dx = call.sourceGradient(i);
        for (int row = 0; row < rows; row++) {
          if (call.adds(i)) {
            dy.add(row * width + from, dx, row * part, part);
          } else {
            dy.copy(row * width + from, dx, row * part, part);
          }
        }
      }
      from += part;
    }
  }
}
