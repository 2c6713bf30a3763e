package dev.braid.driver.data;

import dev.braid.driver.source.example.Examples;
import dev.braid.driver.source.row.Problems;
import dev.braid.worker.data.RowLayout;
import dev.braid.worker.data.RowLayout.Field;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.data.Shard;
import dev.braid.worker.random.SplitMix;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * One worker's examples are 2.25 GB, more than a Java array holds: each is looked at in its shard.
 * With a heap of 5 GB and 6 GB of disk.
 */
final class LargeShard {
  private static final int NUM_EXAMPLES = 75_000;
  private static final int WIDTH = 30_000;

  private LargeShard() {}

  public static void main(String[] arguments) {
    try (SparkSession session =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
      RowLayout layout = new RowLayout(List.of(new Field(WIDTH, Kind.BYTE)), List.of());
      Examples examples =
          new Examples(
              sc.parallelize(IntStream.range(0, NUM_EXAMPLES).boxed().toList(), 40)
                  .map(LargeShard::example),
              layout,
              Problems.register(sc));
      long begin = System.nanoTime();
      try (Shards shards = Shards.of(examples, 1, 1)) {
        int seen = shards.rdd().map(LargeShard::checked).first();
        System.out.printf(
            "%,d of %,d examples of %,d bytes each are right, in %.0f s%n",
            seen, NUM_EXAMPLES, WIDTH, (System.nanoTime() - begin) / 1e9);
      }
    }
  }

  /** Its number, then random bytes that belong to it. */
  private static byte[] example(int number) {
    ByteBuffer row = ByteBuffer.allocate(WIDTH).putInt(number);
    SplitMix random = SplitMix.stream(number);
    while (row.remaining() >= Long.BYTES) {
      row.putLong(random.nextLong());
    }
    return row.array();
  }

  /** How many examples the shard has, each of them once and whole. */
  private static int checked(Shard shard) {
    BitSet seen = new BitSet();
    float[] row = new float[WIDTH];
    for (int i = 0; i < shard.size(); i++) {
      shard.input(0).read(i, row, 0);
      int number = ((int) row[1] << 16) + ((int) row[2] << 8) + (int) row[3];
      byte[] expected = example(number);
      for (int k = 0; k < WIDTH; k++) {
        if (row[k] != (expected[k] & 0xFF)) {
          throw new IllegalStateException("byte " + k + " of example " + number + " is " + row[k]);
        }
      }
      seen.set(number);
    }
    return seen.cardinality();
  }
}
