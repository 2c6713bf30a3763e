package dev.braid.worker.jvm.layer;

import dev.braid.worker.jvm.layer.Projection.Part;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.MultiHeadAttention;

/** Scaled dot attention of several heads, each on its part of projections. */
final class MultiHeadFunction implements LayerFunction {
  private static final int QUERIES = 0;
  private static final int KEYS = 1;
  private static final int VALUES = 2;

  private final AttendedSources sources;
  private final int heads;
  private final int features;
  private final int[] sourceOf;
  private final Projection[] projections;
  private final Projection output;
  private final DotScores scores;
  private final AttendedMean mean;
  private final AttendedRows rows;
  private final AttendedRows gradients;
  private final Floats[] projected = new Floats[3];
  private final Floats[] byProjected = new Floats[3];
  private final Floats[] bySources;
  private Floats weights;
  private Floats byScores;
  private Floats means;
  private Floats byMeans;

  MultiHeadFunction(MultiHeadAttention settings, LayerPlan plan, KernelSet kernels) {
    sources = AttendedSources.of(plan);
    sourceOf = new int[] {0, sources.keys(), sources.values()};
    heads = settings.heads();
    features = plan.node().shape().channels();
    boolean together = plan.parameters().get(0).name().equals("in_proj_weight");
    int outputTensor = together ? 1 : 3;
    projections = new Projection[3];
    for (int i = 0; i < projections.length; i++) {
      int from = plan.node().sources().get(sourceOf[i]).shape().channels();
      Part weight = together ? new Part(0, i * features * features) : Part.of(i);
      Part bias = settings.bias() ? new Part(outputTensor + 1, i * features) : null;
      projections[i] = new Projection(kernels, weight, bias, from, features);
    }
    Part bias = settings.bias() ? Part.of(outputTensor + 2) : null;
    output = new Projection(kernels, Part.of(outputTensor), bias, features, features);
    scores = new DotScores(kernels.matrix());
    int width = features / heads;
    mean = new AttendedMean(kernels, settings.causal(), (float) (1 / Math.sqrt(width)));
    rows = new AttendedRows(sources);
    gradients = new AttendedRows(sources);
    bySources = new Floats[sources.values() + 1];
  }

  @Override
  public void plan(Call call, Room room) {
    long ofQueries = (long) call.size() * sources.paddedQueries(call) * features;
    long ofKeys = (long) call.size() * sources.paddedKeys(call) * features;
    for (int i = 0; i < projected.length; i++) {
      projected[i] = room.kept(i == QUERIES ? ofQueries : ofKeys);
      byProjected[i] = room.scratch(i == QUERIES ? ofQueries : ofKeys);
    }
    means = room.kept(ofQueries);
    byMeans = room.scratch(ofQueries);
    weights = room.kept((long) call.size() * heads * sources.paddedPairs(call));
    byScores = room.scratch(sources.paddedPairs(call));
  }

  @Override
  public void forward(Call call) {
    for (int i = 0; i < projected.length; i++) {
      projections[i].forward(call, call.source(sourceOf[i]), projected[i]);
    }
    means.clear(); // the gradient by the output's weights looks at its padding
    rows.of(projected[QUERIES], projected[KEYS], projected[VALUES], means);
    for (int i = 0; i < call.size(); i++) {
      for (int head = 0; head < heads; head++) {
        bind(call, i, head);
        scores.forward(call, i, rows);
        mean.forward(rows);
      }
    }
    output.forward(call, means, call.result());
  }

  @Override
  public void backward(Call call) {
    byMeans.clear();
    output.backward(call, means, call.resultGradient(), byMeans, true);
    for (Floats gradient : byProjected) {
      gradient.clear();
    }
    rows.of(projected[QUERIES], projected[KEYS], projected[VALUES], means);
    gradients.of(byProjected[QUERIES], byProjected[KEYS], byProjected[VALUES], byMeans);
    for (int i = 0; i < call.size(); i++) {
      for (int head = 0; head < heads; head++) {
        bind(call, i, head);
        gradients.bind(call, i, head, heads);
        gradients.bindScores(call, i, byScores, 0);
        mean.backward(rows, gradients);
        scores.backward(call, i, rows, gradients);
      }
    }
    sources.gradients(call, bySources);
    for (int i = 0; i < projected.length; i++) {
      Floats source = call.source(sourceOf[i]);
      projections[i].backward(call, source, byProjected[i], bySources[sourceOf[i]], true);
    }
  }

  private void bind(Call call, int example, int head) {
    rows.bind(call, example, head, heads);
    rows.bindScores(call, example, weights, (example * heads + head) * sources.paddedPairs(call));
  }
}
