package dev.braid.worker.jvm.layer;

/** What a network is computed for. */
public enum Mode {
  /** To learn: with dropout, on the mini-batch's statistics, which move on. */
  TRAINING(true, true),
  /** To check gradients: as in training, but the same function of the parameters each time. */
  CHECK(true, false),
  /** To answer. */
  INFERENCE(false, false);

  private final boolean training;
  private final boolean dropout;

  Mode(boolean training, boolean dropout) {
    this.training = training;
    this.dropout = dropout;
  }

  /** Whether gradients are asked for and statistics are the mini-batch's. */
  public boolean isTraining() {
    return training;
  }

  /** Whether dropout drops. */
  public boolean drops() {
    return dropout;
  }
}
