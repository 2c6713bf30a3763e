package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.ZeroPadding;
import dev.braid.worker.shape.Window;
import java.util.Arrays;
import java.util.List;

/** Zeros around what is read. */
final class ZeroPaddingFunction implements LayerFunction {
  private final ZeroPadding settings;
  private final LayerPlan plan;
  private Grid source;
  private Grid result;
  private int inside; // where in the result the first number read lies

  ZeroPaddingFunction(ZeroPadding settings, LayerPlan plan) {
    this.settings = settings;
    this.plan = plan;
  }

  @Override
  public void plan(Call call, Room room) {
    source = Grid.of(plan.node().shape(), call.time(0));
    result = Grid.of(plan.shape(), call.resultTime());
    List<Window> windows = Grid.three(settings.windows(plan.node()));
    inside = result.at(windows.get(0).before(), windows.get(1).before(), windows.get(2).before());
  }

  @Override
  public void forward(Call call) {
    Floats y = call.result();
    Arrays.fill(y.array(), y.at(), y.at() + y.size(), 0);
    Floats x = call.source(0);
    int width = source.rowSize();
    for (int row = 0; row < call.size() * source.rows(); row++) {
      System.arraycopy(x.array(), x.at() + row * width, y.array(), y.at() + padded(row), width);
    }
  }

  @Override
  public void backward(Call call) {
    if (!call.wants(0)) {
      return;
    }
    Floats to = call.clearedSourceGradient(0);
    Floats from = call.resultGradient();
    int width = source.rowSize();
    for (int row = 0; row < call.size() * source.rows(); row++) {
      int at = from.at() + padded(row);
      int first = to.at() + row * width;
      for (int i = 0; i < width; i++) {
        to.array()[first + i] += from.array()[at + i];
      }
    }
  }

  /** Where in the padded batch a row of the source begins. */
  private int padded(int row) {
    int h = row % source.height();
    int d = row / source.height() % source.depth();
    int planes = row / (source.height() * source.depth()); // of all examples and channels
    int plane = result.rowSize() * result.height() * result.depth();
    return planes * plane + result.at(d, h, 0) + inside;
  }
}
