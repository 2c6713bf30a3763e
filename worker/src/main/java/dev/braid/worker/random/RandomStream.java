package dev.braid.worker.random;

import java.util.stream.LongStream;

/**
 * What random numbers are drawn for: the registry of the numbers that name their streams. Runs of
 * one kind share no stream; a number once given is part of every result and is not changed.
 */
public enum RandomStream {
  // The training of networks.
  EXAMPLE_ORDER(1),
  STEP(2),
  PHASES(3),
  DL4J_STEP(4),
  BATCH_ORDER(5),
  AUGMENTATION(6),

  // The check of gradients.
  CHECKED_POINT(0),
  CHECKED_PARAMETERS(1),

  // Skip-gram and CBOW.
  SKIP_GRAM_ROWS(1),
  SKIP_GRAM_ORDER(2),
  NEGATIVE_SHARES(3),
  SKIP_GRAM_NEGATIVES(4),
  SKIP_GRAM_PASS(5),

  // GloVe.
  GLOVE_ROWS(11),
  GLOVE_COLUMNS(12),
  GLOVE_CELLS(13),
  GLOVE_SHIFTS(14),
  GLOVE_COLUMN_ORDER(15),
  GLOVE_SAMPLE(16),
  GLOVE_NEGATIVES(17),

  // Texts that a network writes.
  GENERATION(1);

  private final int number;

  RandomStream(int number) {
    this.number = number;
  }

  /** The key of the stream's numbers at these counters. */
  public long key(long seed, long... counters) {
    return SplitMix.key(
        seed, LongStream.concat(LongStream.of(number), LongStream.of(counters)).toArray());
  }
}
