package dev.braid.worker.engine;

/**
 * What a network answers to a labelled mini-batch in inference mode.
 *
 * @param outputs per output [size x outputs], row-major, after the output's activation
 * @param losses per output its loss times its weight, a mean over its labels present, without L1
 *     and L2; a single one of all outputs where an engine does not tell them apart
 * @param counts how many labels each of the losses is a mean over
 */
@SuppressWarnings("ArrayRecordComponent") // values in bulk: compared nowhere, copied nowhere
public record Scores(float[][] outputs, double[] losses, long[] counts) {

  /** With one loss of all outputs, a mean over the batch's examples. */
  public Scores(float[][] outputs, double loss, int size) {
    this(outputs, new double[] {loss}, new long[] {size});
  }

  /** The sum of the losses. */
  public double loss() {
    double sum = 0;
    for (double loss : losses) {
      sum += loss;
    }
    return sum;
  }
}
