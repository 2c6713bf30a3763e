package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.ActivationKernel;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.Matrix;
import dev.braid.worker.kernel.MatrixKernel;
import java.util.Arrays;

/** The mean of values weighed by the softmax of scores over the keys, for each query. */
final class AttendedMean {
  private final MatrixKernel product;
  private final ActivationKernel activation;
  private final boolean causal;
  private final float scale;
  private final Matrix weights = new Matrix();
  private final Matrix transposed = new Matrix();

  /**
   * @param causal whether a query sees no key of a later step
   * @param scale what scores are multiplied by
   */
  AttendedMean(KernelSet kernels, boolean causal, float scale) {
    this.product = kernels.matrix();
    this.activation = kernels.activation();
    this.causal = causal;
    this.scale = scale;
  }

  /** means = softmax(scale scores) values; what were the scores are the weights afterwards. */
  void forward(AttendedRows rows) {
    int keys = rows.values().rows();
    scale(rows.scores());
    if (causal) {
      hideLater(rows.scores(), keys);
    }
    activation.softmax(rows.scores(), rows.scores(), keys);
    weights.bind(rows.scores(), rows.means().rows(), keys);
    product.multiply(weights, rows.values(), rows.means(), false);
  }

  /**
   * From the gradient by the means: writes that by the scores, and adds to that by the values where
   * it is asked for.
   */
  void backward(AttendedRows rows, AttendedRows gradients) {
    int queries = rows.means().rows();
    int keys = rows.values().rows();
    if (gradients.values() != null) {
      transposed.transposeOf(weights.bind(rows.scores(), queries, keys));
      product.multiply(transposed, gradients.means(), gradients.values(), true);
    }
    Floats byScores = gradients.scores();
    weights.bind(byScores, queries, keys);
    transposed.transposeOf(rows.values());
    product.multiply(gradients.means(), transposed, weights, false);
    activation.softmaxBackward(rows.scores(), byScores, byScores, keys);
    scale(byScores);
  }

  private void scale(Floats scores) {
    if (scale != 1) {
      float[] array = scores.array();
      int end = scores.at() + scores.size();
      for (int i = scores.at(); i < end; i++) {
        array[i] *= scale;
      }
    }
  }

  /** Scores of keys that come after their query weigh nothing. */
  private static void hideLater(Floats scores, int keys) {
    for (int query = 0; query < keys; query++) {
      int row = scores.at() + query * keys;
      Arrays.fill(scores.array(), row + query + 1, row + keys, Float.NEGATIVE_INFINITY);
    }
  }
}
