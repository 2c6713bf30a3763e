package dev.braid.worker.generation;

/** A softmax in the log domain, in double precision, with the same bits on every machine. */
final class LogProbabilities {
  private LogProbabilities() {}

  /** Logarithms of the probabilities that belong to {@code numTokens} scores. */
  static double[] of(float[] scores, int from, int numTokens) {
    double[] logarithms = new double[numTokens];
    for (int i = 0; i < numTokens; i++) {
      logarithms[i] = scores[from + i];
    }
    return normalised(logarithms, 1);
  }

  /** The same probabilities at a temperature: p^(1/temperature), made to sum to 1 again. */
  static double[] atTemperature(double[] logProbabilities, double temperature) {
    return normalised(logProbabilities, temperature);
  }

  private static double[] normalised(double[] values, double temperature) {
    double max = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      max = Math.max(max, value);
    }
    if (!Double.isFinite(max)) {
      throw new IllegalStateException(
          "the scores of the next token have no highest one, found " + max);
    }
    double[] result = new double[values.length];
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      result[i] = (values[i] - max) / temperature;
      sum += StrictMath.exp(result[i]);
    }
    double logSum = StrictMath.log(sum);
    for (int i = 0; i < values.length; i++) {
      result[i] -= logSum;
    }
    return result;
  }
}
