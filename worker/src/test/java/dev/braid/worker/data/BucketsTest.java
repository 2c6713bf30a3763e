package dev.braid.worker.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.random.SplitMix;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BucketsTest {
  private static final int BATCH_SIZE = 32;

  private static Shard sequences(int[] lengths) {
    float[][] rows = Arrays.stream(lengths).mapToObj(float[]::new).toArray(float[][]::new);
    return new Shard(lengths.length, new Column[] {Column.ofSequences(1, rows)}, new Column[0]);
  }

  /** Lengths as reviews of films have them: log-normal, from 10 to 2,500 words. */
  private static int[] reviews(int size) {
    Random random = new Random(7);
    return random
        .doubles(size)
        .map(any -> 174 * Math.exp(0.75 * random.nextGaussian()))
        .mapToInt(length -> (int) Math.min(2500, Math.max(10, length)))
        .toArray();
  }

  private static int[] order(Shard shard, long seed) {
    return Buckets.order(shard, SplitMix.permutation(shard.size(), seed), BATCH_SIZE, seed);
  }

  private static double paddedShare(Shard shard, MiniBatches miniBatches) {
    long steps = 0;
    long all = 0;
    for (int i = 0; i < miniBatches.count(); i++) {
      MiniBatch batch = miniBatches.get(i);
      steps += Arrays.stream(batch.lengths()[0]).sum();
      all += (long) batch.size() * batch.numSteps(0);
    }
    assertEquals(Arrays.stream(lengths(shard)).sum(), steps);
    return 1 - (double) steps / all;
  }

  private static int[] lengths(Shard shard) {
    int[] lengths = new int[shard.size()];
    Arrays.setAll(lengths, shard.input(0)::steps);
    return lengths;
  }

  @Test
  void order_ofLengthsAsInReviews_padsLittle() {
    for (int size : new int[] {25_000, 12_500, 1_000}) {
      Shard shard = sequences(reviews(size));
      List<Normaliser> none = List.of(Normaliser.NONE);

      double bucketed =
          paddedShare(shard, MiniBatches.ordered(shard, BATCH_SIZE, none, order(shard, 3)));
      double scored = paddedShare(shard, MiniBatches.byLength(shard, BATCH_SIZE, none));

      assertTrue(bucketed < 0.15, size + " reviews: " + bucketed);
      assertTrue(scored < 0.15, size + " reviews scored: " + scored);
    }
  }

  @Test
  void order_takesEveryExampleOnce_andIsAFunctionOfTheSeed() {
    Shard shard = sequences(reviews(5_000));

    int[] order = order(shard, 3);

    assertArrayEquals(order, order(shard, 3));
    assertFalse(Arrays.equals(order, order(shard, 4)));
    Arrays.sort(order);
    assertArrayEquals(java.util.stream.IntStream.range(0, 5_000).toArray(), order);
  }

  @Test
  void order_doesNotGoFromShortToLong() {
    int[] lengths = reviews(6_400);
    int[] order = order(sequences(lengths), 3);
    int half = order.length / 2;
    double first = Arrays.stream(order, 0, half).mapToLong(i -> lengths[i]).sum();
    double last = Arrays.stream(order, half, order.length).mapToLong(i -> lengths[i]).sum();
    assertEquals(1, first / last, 0.25); // 100 mini-batches a half, each of 220 steps on average
  }

  @Test
  void order_ofRowsOfOneLength_staysAsItIsDrawn() {
    Shard shard = new Shard(100, new Column[] {Column.ofFloats(2, new float[200])}, new Column[0]);
    assertArrayEquals(SplitMix.permutation(100, 5), order(shard, 5));
  }
}
