package dev.braid.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.source.example.Examples;
import dev.braid.driver.source.row.Problem;
import dev.braid.driver.source.row.Problems;
import dev.braid.worker.data.Column;
import dev.braid.worker.data.RowLayout;
import dev.braid.worker.data.RowLayout.Field;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.data.Shard;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class ShardsSparkTest {
  /** Two bytes and one float in, a class out. */
  private static final RowLayout LAYOUT =
      new RowLayout(
          List.of(new Field(2, Kind.BYTE), new Field(1, Kind.FLOAT)),
          List.of(new Field(1, Kind.FLOAT)));

  private static JavaSparkContext sc() {
    return JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  }

  private static byte[] example(int i) {
    return ByteBuffer.allocate(2 + 2 * Float.BYTES)
        .put((byte) i)
        .put((byte) 255)
        .putFloat(i / 4f)
        .putFloat(i % 10)
        .array();
  }

  private static List<byte[]> examples(int size) {
    return IntStream.range(0, size).mapToObj(ShardsSparkTest::example).toList();
  }

  /** All that the shards hold, as text: one list per shard, one text per example. */
  private static List<List<String>> contents(
      JavaSparkContext sc, List<byte[]> rows, int numPartitions, int numShards, long seed) {
    Problems problems = Problems.register(sc);
    Examples examples = new Examples(sc.parallelize(rows, numPartitions), LAYOUT, problems);
    try (Shards shards = Shards.of(examples, numShards, seed)) {
      return shards.rdd().map(ShardsSparkTest::texts).collect();
    }
  }

  private static List<String> texts(Shard shard) {
    List<String> texts = new ArrayList<>();
    float[] row = new float[4];
    for (int i = 0; i < shard.size(); i++) {
      shard.input(0).read(i, row, 0);
      shard.input(1).read(i, row, 2);
      shard.label(0).read(i, row, 3);
      texts.add(row[0] + " " + row[1] + " " + row[2] + " " + row[3]);
    }
    return texts;
  }

  @Test
  void of_sameExamples_givesTheSameShards_whateverTheirOrderPartitionsAndCores() {
    List<byte[]> rows = examples(1000);
    List<List<String>> expected = contents(sc(), rows, 3, 4, 42);

    List<byte[]> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(1));
    assertEquals(expected, contents(sc(), shuffled, 7, 4, 42));
    assertEquals(
        expected,
        LocalSpark.on(
            "local[1]",
            one ->
                contents(
                    JavaSparkContext.fromSparkContext(one.sparkContext()), shuffled, 1, 4, 42)));
    assertNotEquals(expected, contents(sc(), rows, 3, 4, 43));
  }

  @Test
  void of_keepsEveryExampleOnce_inShardsOfNearlyEqualSize() {
    List<List<String>> shards = contents(sc(), examples(250), 3, 4, 1);

    assertEquals(List.of(62, 63, 62, 63), shards.stream().map(List::size).toList());
    List<String> all = shards.stream().flatMap(List::stream).sorted().toList();
    List<String> expected =
        IntStream.range(0, 250)
            .mapToObj(i -> (float) i + " 255.0 " + i / 4f + " " + (float) (i % 10))
            .sorted()
            .toList();
    assertEquals(expected, all);
  }

  @Test
  void of_equalExamples_areScattered() {
    List<byte[]> rows = new ArrayList<>(examples(100));
    for (int i = 0; i < 100; i++) {
      rows.add(example(200));
    }
    for (List<String> shard : contents(sc(), rows, 2, 4, 9)) {
      long copies = shard.stream().filter(text -> text.startsWith("200.0")).count();
      // 50 of 200 without replacement, half of them copies: 25 with a deviation of 3.
      assertTrue(Math.abs(copies - 25) <= 12, "copies in one shard: " + copies);
    }
  }

  @Test
  void of_moreShardsThanExamples_leavesSomeEmpty() {
    List<List<String>> shards = contents(sc(), examples(2), 1, 5, 1);
    assertEquals(5, shards.size());
    assertEquals(2, shards.stream().mapToInt(List::size).sum());
  }

  @Test
  void of_problems_areToldWithTheFirstOfThem() {
    JavaSparkContext sc = sc();
    Problems problems = Problems.register(sc);
    Examples examples =
        new Examples(
            sc.parallelize(examples(40), 4)
                .filter(
                    row -> {
                      if (row[0] % 10 == 7) {
                        problems.add(new Problem("rows.csv, row " + row[0], "no", 1));
                      }
                      return row[0] % 10 != 7;
                    }),
            LAYOUT,
            problems);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Shards.of(examples, 2, 1));
    assertEquals("rows.csv, row 17: no (and 3 more like it)", e.getMessage());
  }

  @Test
  void of_shardsMadeByHand_areKeptAsTheyAre() {
    List<Shard> made =
        IntStream.of(1, 10, 1000, 0)
            .mapToObj(
                size ->
                    new Shard(
                        size,
                        new Column[] {Column.ofBytes(3, new byte[3 * size])},
                        new Column[] {Column.ofFloats(1, new float[size])}))
            .toList();
    try (Shards shards = SmallShards.of(sc(), made)) {
      assertEquals(4, shards.count());
      assertArrayEquals(new int[] {1, 10, 1000, 0}, shards.sizes());
      assertEquals(1011, shards.numExamples());
      assertEquals(List.of(1, 1, 1, 1), shards.rdd().glom().map(List::size).collect());
    }
  }

  @Test
  void of_sequencesOfAnyLength_givesTheSameShards_whateverTheirOrderAndPartitions() {
    RowLayout layout =
        new RowLayout(
            List.of(new Field(2, Kind.FLOAT, true)), List.of(new Field(1, Kind.FLOAT, true)));
    List<byte[]> rows =
        IntStream.range(0, 300)
            .mapToObj(
                i -> {
                  float[] numbers = new float[2 * (1 + i * i % 37)];
                  Arrays.fill(numbers, i % 100); // some examples are equal
                  float[] labels = new float[numbers.length / 2];
                  return layout.row(List.of(numbers, labels));
                })
            .toList();
    rows = new ArrayList<>(rows);
    rows.add(layout.row(List.of(new float[50_000], new float[25_000]))); // larger than a block
    List<String> expected = sequences(rows, layout, 3);
    Collections.shuffle(rows, new Random(1));

    assertEquals(expected, sequences(rows, layout, 7));
    assertEquals(expected, sequences(rows, layout, 1));
    assertEquals(301, expected.size());
  }

  private static List<String> sequences(List<byte[]> rows, RowLayout layout, int numPartitions) {
    Problems problems = Problems.register(sc());
    Examples examples = new Examples(sc().parallelize(rows, numPartitions), layout, problems);
    try (Shards shards = Shards.of(examples, 4, 42)) {
      return shards
          .rdd()
          .flatMap(
              shard ->
                  IntStream.range(0, shard.size())
                      .mapToObj(
                          i ->
                              Arrays.toString(shard.input(0).row(i))
                                  + Arrays.toString(shard.label(0).row(i)))
                      .iterator())
          .collect();
    }
  }
}
