package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.Matrix;
import dev.braid.worker.kernel.MatrixKernel;

/** q W k for each query q and each key k. */
final class GeneralScores implements AttentionScores {
  private final MatrixKernel product;
  private final AttendedSources sources;
  private final int ofQuery;
  private final int ofKey;
  private final Matrix weight = new Matrix();
  private final Matrix scores = new Matrix();
  private final Matrix projectedRows = new Matrix();
  private final Matrix gradientRows = new Matrix();
  private final Matrix transposed = new Matrix();
  private Floats projected;
  private Floats gradient;

  GeneralScores(MatrixKernel product, AttendedSources sources, int ofQuery, int ofKey) {
    this.product = product;
    this.sources = sources;
    this.ofQuery = ofQuery;
    this.ofKey = ofKey;
  }

  @Override
  public void plan(Call call, Room room) {
    int queries = sources.paddedQueries(call);
    projected = room.kept((long) call.size() * queries * ofKey);
    gradient = room.scratch((long) queries * ofKey);
  }

  /** (q W) k. */
  @Override
  public void forward(Call call, int example, AttendedRows rows) {
    bindProjected(call, example, rows);
    weight.bind(call.tensor(0), ofQuery, ofKey);
    product.multiply(rows.queries(), weight, projectedRows, false);
    scores.bind(rows.scores(), rows.queries().rows(), rows.keys().rows());
    product.multiply(projectedRows, transposed.transposeOf(rows.keys()), scores, false);
  }

  @Override
  public void backward(Call call, int example, AttendedRows rows, AttendedRows gradients) {
    bindProjected(call, example, rows);
    scores.bind(gradients.scores(), rows.queries().rows(), rows.keys().rows());
    if (gradients.keys() != null) {
      product.multiply(transposed.transposeOf(scores), projectedRows, gradients.keys(), true);
    }
    gradientRows.bind(gradient, rows.queries().rows(), ofKey);
    product.multiply(scores, rows.keys(), gradientRows, false);
    if (call.learns(0)) {
      weight.bind(call.tensorGradient(0), ofQuery, ofKey);
      product.multiply(transposed.transposeOf(rows.queries()), gradientRows, weight, true);
    }
    if (gradients.queries() != null) {
      weight.bind(call.tensor(0), ofQuery, ofKey);
      product.multiply(gradientRows, transposed.transposeOf(weight), gradients.queries(), true);
    }
  }

  private void bindProjected(Call call, int example, AttendedRows rows) {
    int at = projected.at() + example * sources.paddedQueries(call) * ofKey;
    projectedRows.bind(projected.array(), at, rows.queries().rows(), ofKey);
  }
}
