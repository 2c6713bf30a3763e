package dev.braid.worker.jvm.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.jvm.layer.Projection.Part;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.AttentionPooling;
import dev.braid.worker.layer.LayerPlan;

/** The mean of a sequence's steps weighed by what they score. */
final class AttentionPoolingFunction implements LayerFunction {
  private final KernelSet kernels;
  private final int units;
  private final Projection hiddenUnits;
  private final Projection score;
  private final AttendedSources sources;
  private final AttendedMean mean;
  private final AttendedRows rows;
  private final AttendedRows gradients;
  private Floats hidden;
  private Floats weights;
  private Floats byScores;
  private Floats byHidden;

  AttentionPoolingFunction(AttentionPooling settings, LayerPlan plan, KernelSet kernels) {
    this.kernels = kernels;
    units = settings.units();
    int features = plan.node().shape().channels();
    hiddenUnits = new Projection(kernels, Part.of(0), Part.of(1), features, units);
    score = new Projection(kernels, Part.of(2), null, units, 1);
    sources = new AttendedSources(true, 0, 0);
    mean = new AttendedMean(kernels, false, 1);
    rows = new AttendedRows(sources);
    gradients = new AttendedRows(sources);
  }

  @Override
  public void plan(Call call, Room room) {
    long steps = (long) call.size() * call.time(0);
    hidden = room.kept(steps * units);
    weights = room.kept(steps);
    byHidden = room.scratch(steps * units);
    byScores = room.scratch(steps);
  }

  @Override
  public void forward(Call call) {
    hiddenUnits.forward(call, call.source(0), hidden);
    kernels.activation().forward(Activation.TANH, hidden, hidden);
    score.forward(call, hidden, weights);
    rows.of(null, null, call.source(0), call.result());
    for (int i = 0; i < call.size(); i++) {
      bind(call, i);
      mean.forward(rows);
    }
  }

  @Override
  public void backward(Call call) {
    Floats bySource = call.wants(0) ? call.clearedSourceGradient(0) : null;
    byScores.clear(); // padding has none
    rows.of(null, null, call.source(0), call.result());
    gradients.of(null, null, bySource, call.resultGradient());
    for (int i = 0; i < call.size(); i++) {
      bind(call, i);
      gradients.bind(call, i, 0, 1);
      gradients.bindScores(call, i, byScores, i * call.time(0));
      mean.backward(rows, gradients);
    }
    byHidden.clear();
    score.backward(call, hidden, byScores, byHidden, true);
    kernels.activation().backward(Activation.TANH, hidden, hidden, byHidden, byHidden);
    hiddenUnits.backward(call, call.source(0), byHidden, bySource, true);
  }

  private void bind(Call call, int example) {
    rows.bind(call, example, 0, 1);
    rows.bindScores(call, example, weights, example * call.time(0));
  }
}
