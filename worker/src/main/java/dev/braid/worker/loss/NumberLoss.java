package dev.braid.worker.loss;

/** A loss of single numbers: the mean over all that have a label. */
public interface NumberLoss extends Loss {

  /** The loss of a number x, or p, by its label. */
  double value(double x, double y);

  /** Its derivative by x, or p. */
  double slope(double x, double y);

  @Override
  default double of(LossBatch batch) {
    double[] x = batch.outputs();
    double[] gradient = batch.gradient();
    float[] y = batch.labels();
    int count = batch.numRows() * batch.units();
    double weights = 0;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      if (!Float.isNaN(y[i])) {
        double weight = batch.numberWeight(i);
        weights += weight;
        sum += weight * value(x[i], y[i]);
      }
    }
    double share = weights > 0 ? 1 / weights : 0;
    for (int i = 0; gradient != null && i < count; i++) {
      gradient[i] =
          Float.isNaN(y[i]) || share == 0 ? 0 : batch.numberWeight(i) * share * slope(x[i], y[i]);
    }
    return weights > 0 ? sum / weights : 0;
  }
}
