package dev.braid.driver.training;

/** A step's loss was NaN or infinite: the training has diverged. */
public final class LossNotFinite extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param loss NaN or an infinity
   * @param round where it appeared
   * @param worker logical worker, from 0
   * @param step local step within the round, from 0
   */
  LossNotFinite(double loss, Round round, int worker, int step) {
    super(
        String.format(
            "loss became %s in round %d, worker %d, step %d (learningRate %s);"
                + " try a smaller learningRate, or set training.clipping",
            loss, round.number() + 1, worker, step + 1, round.learningRate()));
  }
}
