package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Matrix;
import dev.braid.worker.kernel.MatrixKernel;

/** The dot product of each query with each key. */
final class DotScores implements AttentionScores {
  private final MatrixKernel product;
  private final Matrix scores = new Matrix();
  private final Matrix transposed = new Matrix();

  DotScores(MatrixKernel product) {
    this.product = product;
  }

  @Override
  public void forward(Call call, int example, AttendedRows rows) {
    scores.bind(rows.scores(), rows.queries().rows(), rows.keys().rows());
    product.multiply(rows.queries(), transposed.transposeOf(rows.keys()), scores, false);
  }

  @Override
  public void backward(Call call, int example, AttendedRows rows, AttendedRows gradients) {
    scores.bind(gradients.scores(), rows.queries().rows(), rows.keys().rows());
    if (gradients.queries() != null) {
      product.multiply(scores, rows.keys(), gradients.queries(), true);
    }
    if (gradients.keys() != null) {
      transposed.transposeOf(scores);
      product.multiply(transposed, rows.queries(), gradients.keys(), true);
    }
  }
}
