package dev.braid.worker.data;

/**
 * The examples of one optimizer step, normalised, ready for an engine.
 *
 * @param size number of examples
 * @param inputs per input of the network its values, [size x features], row-major
 * @param labels per output its labels: a class index per example (or per time step) for
 *     classification, numbers for regression, 0 or 1 for multi-label; NaN where a label is missing
 * @param weights of the only output's labels in the loss, 0 where a label is missing; null where
 *     all weigh the same
 */
@SuppressWarnings("ArrayRecordComponent") // values in bulk: compared nowhere, copied nowhere
public record MiniBatch(int size, float[][] inputs, float[][] labels, float[] weights) {

  /** Of labels that all weigh the same. */
  public MiniBatch(int size, float[][] inputs, float[][] labels) {
    this(size, inputs, labels, null);
  }

  /** What a worker counts by: its labelled examples, or the sum of its labels' weights. */
  public long weight() {
    return weights == null ? numLabelled() : LabelWeights.sum(weights);
  }

  /** Examples of which at least one label is present; all of them where there are no labels. */
  public int numLabelled() {
    int labelled = 0;
    for (int i = 0; i < size; i++) {
      labelled += labels.length == 0 || isLabelled(i) ? 1 : 0;
    }
    return labelled;
  }

  /** Whether a label of this output is present in some example. */
  public boolean hasLabel(int output) {
    for (float value : labels[output]) {
      if (!Float.isNaN(value)) {
        return true;
      }
    }
    return false;
  }

  private boolean isLabelled(int example) {
    for (float[] values : labels) {
      int width = values.length / size;
      for (int i = example * width; i < (example + 1) * width; i++) {
        if (!Float.isNaN(values[i])) {
          return true;
        }
      }
    }
    return false;
  }
}
