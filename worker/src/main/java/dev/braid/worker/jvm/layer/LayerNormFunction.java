package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.NormalisationKernel.Line;
import dev.braid.worker.layer.LayerNorm;
import dev.braid.worker.layer.LayerPlan;

/** gain (x - mean) / sqrt(variance + epsilon) + bias for each row of features. */
final class LayerNormFunction implements LayerFunction {
  private static final int GAIN = 0;
  private static final int BIAS = 1;

  private final LayerNorm settings;
  private final KernelSet kernels;
  private final int features;
  private final Floats zeros;
  private Floats normal; // before gain and bias
  private Floats scales; // of rows
  private Line line;

  LayerNormFunction(LayerNorm settings, LayerPlan plan, KernelSet kernels) {
    this.settings = settings;
    this.kernels = kernels;
    features = plan.shape().channels();
    zeros = new Floats().bind(new float[features], 0, features);
  }

  @Override
  public void plan(Call call, Room room) {
    int rows = call.source(0).size() / features;
    normal = room.kept(call.source(0).size());
    scales = room.kept(rows);
    line = new Line(scales, room.scratch(rows), room.scratch(rows));
  }

  @Override
  public void forward(Call call) {
    Floats x = call.source(0);
    Floats means = line.shifts();
    kernels.reduction().rowSums(x, means, false);
    kernels.reduction().scale(1f / features, means, means);
    kernels.normalisation().rowSquares(x, means, scales);
    for (int row = 0; row < scales.size(); row++) {
      double variance = (double) scales.array()[scales.at() + row] / features;
      double scale = 1 / Math.sqrt(variance + settings.epsilon());
      int mean = means.at() + row;
      scales.array()[scales.at() + row] = (float) scale;
      means.array()[mean] = (float) (-means.array()[mean] * scale);
    }
    kernels.normalisation().affineRows(x, scales, means, normal);
    kernels
        .normalisation()
        .affineColumns(normal, call.tensor(GAIN), call.tensor(BIAS), call.result());
  }

  @Override
  public void backward(Call call) {
    Floats dy = call.resultGradient();
    if (call.learns(GAIN)) {
      kernels.reduction().columnDots(dy, normal, call.tensorGradient(GAIN), true);
    }
    if (call.learns(BIAS)) {
      kernels.reduction().columnSums(dy, call.tensorGradient(BIAS), true);
    }
    if (call.wants(0)) {
      kernels.normalisation().affineColumns(dy, call.tensor(GAIN), zeros, dy);
      kernels.reduction().rowDots(dy, normal, line.slopes(), false);
      kernels.reduction().rowSums(dy, line.shifts(), false);
      for (int row = 0; row < scales.size(); row++) {
        float share = -scales.array()[scales.at() + row] / features;
        line.slopes().array()[line.slopes().at() + row] *= share;
        line.shifts().array()[line.shifts().at() + row] *= share;
      }
      kernels.normalisation().blendRows(dy, normal, line, call.sourceGradient(0), call.adds(0));
    }
  }
}
