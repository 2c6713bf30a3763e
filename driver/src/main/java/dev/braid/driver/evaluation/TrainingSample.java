package dev.braid.driver.evaluation;

import dev.braid.driver.data.Shards;

/**
 * The training examples that a network is scored on after each epoch, to be held against the
 * validation examples: always the same, the first ones of each shard, which are in random order.
 * One in twenty, at least 100 and at most 1,000, so that it costs little.
 */
public final class TrainingSample {
  private static final long LEAST = 100;
  private static final long MOST = 1000;
  private static final long ONE_IN = 20;

  private TrainingSample() {}

  public static Shards of(Shards train) {
    long all = train.numExamples();
    long wanted = Math.max(LEAST, Math.min(MOST, all / ONE_IN));
    return train.heads(size -> Math.toIntExact(Math.min(size, (wanted * size + all - 1) / all)));
  }
}
