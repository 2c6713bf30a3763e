package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.NormalisationKernel.Line;
import dev.braid.worker.layer.L2Normalise;
import dev.braid.worker.layer.LayerPlan;

/**
 * x / max(|x|, epsilon) for each row of features; for each column of an image's channels, example
 * after example.
 */
final class L2NormaliseFunction implements LayerFunction {
  private final double smallest; // square of a length
  private final KernelSet kernels;
  private final int channels;
  private final boolean channelsFirst;
  private Line line; // of all rows or columns

  // Of one example of images.
  private final Floats from = new Floats();
  private final Floats other = new Floats();
  private final Floats to = new Floats();
  private final Line lineOfExample = new Line(new Floats(), new Floats(), new Floats());

  L2NormaliseFunction(L2Normalise settings, LayerPlan plan, KernelSet kernels) {
    smallest = settings.epsilon() * settings.epsilon();
    this.kernels = kernels;
    channels = plan.shape().channels();
    channelsFirst = plan.shape().rank() > 2;
  }

  @Override
  public void plan(Call call, Room room) {
    int vectors = call.source(0).size() / channels;
    line = new Line(room.kept(vectors), room.scratch(vectors), room.scratch(vectors));
  }

  @Override
  public void forward(Call call) {
    Floats x = call.source(0);
    Floats scales = line.scales();
    dots(call, x, x, scales);
    for (int i = 0; i < scales.size(); i++) {
      double square = Math.max(scales.array()[scales.at() + i], smallest);
      scales.array()[scales.at() + i] = (float) (1 / Math.sqrt(square));
    }
    line.shifts().clear();
    if (!channelsFirst) {
      kernels.normalisation().affineRows(x, scales, line.shifts(), call.result());
      return;
    }
    for (int i = 0; i < call.size(); i++) {
      bind(call, i, x, x, call.result());
      kernels
          .normalisation()
          .affineColumns(from, lineOfExample.scales(), lineOfExample.shifts(), to);
    }
  }

  /** The product of each vector of a with that of b. */
  private void dots(Call call, Floats a, Floats b, Floats dots) {
    if (!channelsFirst) {
      kernels.reduction().rowDots(a, b, dots, false);
      return;
    }
    for (int i = 0; i < call.size(); i++) {
      slice(call, i, a, from);
      slice(call, i, b, other);
      slice(call, i, dots, to);
      kernels.reduction().columnDots(from, other, to, false);
    }
  }

  private void bind(Call call, int example, Floats a, Floats b, Floats c) {
    slice(call, example, a, from);
    slice(call, example, b, other);
    slice(call, example, c, to);
    slice(call, example, line.scales(), lineOfExample.scales());
    slice(call, example, line.slopes(), lineOfExample.slopes());
    slice(call, example, line.shifts(), lineOfExample.shifts());
  }

  private static void slice(Call call, int example, Floats all, Floats one) {
    int size = all.size() / call.size();
    one.bind(all.array(), all.at() + example * size, size);
  }

  /** The gradient less what of it goes along the vector; all of it where epsilon is its length. */
  @Override
  public void backward(Call call) {
    if (!call.wants(0)) {
      return;
    }
    Floats y = call.result();
    Floats dy = call.resultGradient();
    Floats dx = call.sourceGradient(0);
    dots(call, y, dy, line.slopes());
    float limit = (float) (1 / Math.sqrt(smallest));
    for (int i = 0; i < line.scales().size(); i++) {
      float scale = line.scales().array()[line.scales().at() + i];
      int slope = line.slopes().at() + i;
      line.slopes().array()[slope] *= scale == limit ? 0 : -scale;
    }
    line.shifts().clear();
    if (!channelsFirst) {
      kernels.normalisation().blendRows(dy, y, line, dx, call.adds(0));
      return;
    }
    for (int i = 0; i < call.size(); i++) {
      bind(call, i, dy, y, dx);
      kernels.normalisation().blendColumns(from, other, lineOfExample, to, call.adds(0));
    }
  }
}
