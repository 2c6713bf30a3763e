package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.Attention;
import dev.braid.worker.layer.Attention.Score;
import dev.braid.worker.layer.LayerPlan;

/** Attention of one head, on what the layer reads itself. */
final class AttentionFunction implements LayerFunction {
  private final AttendedSources sources;
  private final AttentionScores scores;
  private final AttendedMean mean;
  private final AttendedRows rows;
  private final AttendedRows gradients;
  private final Floats[] bySources;
  private Floats weights;
  private Floats byScores;

  AttentionFunction(Attention settings, LayerPlan plan, KernelSet kernels) {
    sources = AttendedSources.of(plan);
    int ofQuery = plan.node().shape().channels();
    int ofKey = plan.node().sources().get(sources.keys()).shape().channels();
    scores =
        switch (settings.score()) {
          case DOT, SCALED_DOT -> new DotScores(kernels.matrix());
          case GENERAL -> new GeneralScores(kernels.matrix(), sources, ofQuery, ofKey);
          case ADDITIVE -> new AdditiveScores(kernels, sources, settings.units());
        };
    float scale = settings.score() == Score.SCALED_DOT ? (float) (1 / Math.sqrt(ofQuery)) : 1;
    mean = new AttendedMean(kernels, settings.causal(), scale);
    rows = new AttendedRows(sources);
    gradients = new AttendedRows(sources);
    bySources = new Floats[sources.values() + 1];
  }

  @Override
  public void plan(Call call, Room room) {
    int ofOne = sources.paddedPairs(call);
    weights = room.kept((long) call.size() * ofOne);
    byScores = room.scratch(ofOne);
    scores.plan(call, room);
  }

  @Override
  public void forward(Call call) {
    bindAll(call);
    for (int i = 0; i < call.size(); i++) {
      bind(call, i);
      scores.forward(call, i, rows);
      mean.forward(rows);
    }
  }

  @Override
  public void backward(Call call) {
    bindAll(call);
    sources.gradients(call, bySources);
    gradients.of(
        bySources[0],
        bySources[sources.keys()],
        bySources[sources.values()],
        call.resultGradient());
    for (int i = 0; i < call.size(); i++) {
      bind(call, i);
      gradients.bind(call, i, 0, 1);
      gradients.bindScores(call, i, byScores, 0);
      mean.backward(rows, gradients);
      scores.backward(call, i, rows, gradients);
    }
  }

  private void bindAll(Call call) {
    rows.of(
        call.source(0), call.source(sources.keys()), call.source(sources.values()), call.result());
  }

  private void bind(Call call, int example) {
    rows.bind(call, example, 0, 1);
    rows.bindScores(call, example, weights, example * sources.paddedPairs(call));
  }
}
