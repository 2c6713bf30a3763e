package dev.braid.worker.engine;

/** A step's loss was NaN or infinite: the training has diverged. */
public final class LossNotFinite extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final double loss;
  private final int worker;
  private final int step;

  /**
   * @param loss what it was
   * @param worker logical worker, from 0
   * @param step local step within the round, from 0
   */
  public LossNotFinite(double loss, int worker, int step) {
    super("loss became " + loss + " in worker " + worker + ", step " + step);
    this.loss = loss;
    this.worker = worker;
    this.step = step;
  }

  /** NaN or an infinity. */
  public double loss() {
    return loss;
  }

  /** Logical worker, from 0. */
  public int worker() {
    return worker;
  }

  /** Local step within the round, from 0. */
  public int step() {
    return step;
  }
}
