package dev.braid.worker.torch.layer;

import java.util.List;

/**
 * One run through a network.
 *
 * @param size examples in the mini-batch
 * @param training whether batch normalisation uses and updates the mini-batch's statistics
 * @param dropout whether dropout drops
 * @param key source of the dropout masks
 * @param tape takes down what has a gradient of its own
 * @param carried with which recurrent layers begin and end; null where they begin with 0 and nobody
 *     asks how they end
 * @param read lengths of what the layer reads, one for each source, null where that is not ragged;
 *     empty in a network without ragged values
 */
public record Pass(
    int size,
    boolean training,
    boolean dropout,
    long key,
    Tape tape,
    Carried carried,
    List<Lengths> read) {
  public static Pass training(int size, long key) {
    return new Pass(size, true, true, key, new Tape(), null, List.of());
  }

  public static Pass inference(int size) {
    return new Pass(size, false, false, 0, new Tape(), null, List.of());
  }

  /** As in training, but the same function of the parameters each time. */
  public static Pass check(int size) {
    return new Pass(size, true, false, 0, new Tape(), null, List.of());
  }

  /** For layers that do not learn: the gradient goes through them all the same. */
  public Pass evaluationMode() {
    return new Pass(size, false, false, 0, tape, carried, read);
  }

  /** Recurrent layers begin and end with these states. */
  public Pass carrying(Carried carried) {
    return new Pass(size, training, dropout, key, tape, carried, read);
  }

  /**
   * Within a layer, over {@code size} parts of the mini-batch's examples.
   *
   * @param key source of their dropout masks
   */
  Pass within(int size, long key) {
    return new Pass(size, training, dropout, key, tape, null, List.of());
  }

  /** For a layer that reads values of these lengths. */
  public Pass reading(List<Lengths> read) {
    return new Pass(size, training, dropout, key, tape, carried, read);
  }

  /** The lengths of source {@code i}; null where none of its steps is padding. */
  Lengths lengths(int i) {
    Lengths lengths = read.isEmpty() ? null : read.get(i);
    return lengths == null || lengths.areFull() ? null : lengths;
  }
}
