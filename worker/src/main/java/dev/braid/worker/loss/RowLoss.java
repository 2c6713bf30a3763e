package dev.braid.worker.loss;

import java.util.Arrays;

/** A loss of whole rows, which are the units' numbers at a position: the mean over the labelled. */
public interface RowLoss extends Loss {

  /** Whether the row numbered so has a label. */
  default boolean isLabelled(LossBatch batch, int row) {
    for (int i = row * batch.units(); i < (row + 1) * batch.units(); i++) {
      if (Float.isNaN(batch.labels()[i])) {
        return false;
      }
    }
    return true;
  }

  /**
   * The loss of a row.
   *
   * @param share by which its gradient is multiplied before it is written
   */
  double ofRow(LossBatch batch, int row, double share);

  @Override
  default double of(LossBatch batch) {
    double weights = 0;
    for (int row = 0; row < batch.numRows(); row++) {
      weights += isLabelled(batch, row) ? batch.rowWeight(row) : 0;
    }
    double[] gradient = batch.gradient();
    double sum = 0;
    for (int row = 0; row < batch.numRows(); row++) {
      double weight = weights > 0 && isLabelled(batch, row) ? batch.rowWeight(row) : 0;
      if (weight > 0) {
        sum += weight * ofRow(batch, row, weight / weights);
      } else if (gradient != null) {
        Arrays.fill(gradient, row * batch.units(), (row + 1) * batch.units(), 0);
      }
    }
    return weights > 0 ? sum / weights : 0;
  }
}
