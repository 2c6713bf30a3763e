package dev.braid.worker.torch.layer;

/**
 * One run through a network.
 *
 * @param size examples in the mini-batch
 * @param training whether batch normalisation uses and updates the mini-batch's statistics
 * @param dropout whether dropout drops
 * @param key source of the dropout masks
 * @param tape takes down what has a gradient of its own
 */
public record Pass(int size, boolean training, boolean dropout, long key, Tape tape) {
  public static Pass training(int size, long key) {
    return new Pass(size, true, true, key, new Tape());
  }

  public static Pass inference(int size) {
    return new Pass(size, false, false, 0, new Tape());
  }

  /** As in training, but the same function of the parameters each time. */
  public static Pass check(int size) {
    return new Pass(size, true, false, 0, new Tape());
  }

  /** For layers that do not learn: the gradient goes through them all the same. */
  public Pass evaluationMode() {
    return new Pass(size, false, false, 0, tape);
  }
}
