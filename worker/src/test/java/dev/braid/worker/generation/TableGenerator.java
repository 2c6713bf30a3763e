package dev.braid.worker.generation;

import dev.braid.worker.random.SplitMix;
import java.util.Arrays;

/**
 * A generator of known probabilities: the scores of the next token are a function of the seed, the
 * source and all tokens so far. Its state keeps a hash of these for every row.
 */
final class TableGenerator implements Generator<long[]> {
  private final int numTokens;

  TableGenerator(int numTokens) {
    this.numTokens = numTokens;
  }

  @Override
  public int numTokens() {
    return numTokens;
  }

  /** The beginnings of sources with these keys. */
  Next<long[]> start(long... sources) {
    return new Next<>(sources, scores(sources));
  }

  @Override
  public Next<long[]> next(long[] state, int[] tokens) {
    long[] after = new long[state.length];
    for (int i = 0; i < after.length; i++) {
      after[i] = after(state[i], tokens[i]);
    }
    return new Next<>(after, scores(after));
  }

  @Override
  public long[] select(long[] state, int[] rows) {
    return Arrays.stream(rows).mapToLong(row -> state[row]).toArray();
  }

  static long after(long state, int token) {
    return SplitMix.key(state, token);
  }

  float[] scores(long... states) {
    float[] scores = new float[states.length * numTokens];
    for (int i = 0; i < scores.length; i++) {
      scores[i] =
          (float)
              (3
                  * SplitMix.stream(SplitMix.key(states[i / numTokens], 99, i % numTokens))
                      .nextDouble());
    }
    return scores;
  }
}
