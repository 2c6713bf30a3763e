package dev.braid.worker.torch;

/**
 * One run through a network.
 *
 * @param size examples in the mini-batch
 * @param training whether batch normalisation uses and updates the mini-batch's statistics
 * @param dropout whether dropout drops
 * @param key source of the dropout masks
 */
record Pass(int size, boolean training, boolean dropout, long key) {
  static Pass training(int size, long key) {
    return new Pass(size, true, true, key);
  }

  static Pass inference(int size) {
    return new Pass(size, false, false, 0);
  }

  /** As in training, but the same function of the parameters each time. */
  static Pass check(int size) {
    return new Pass(size, true, false, 0);
  }
}
