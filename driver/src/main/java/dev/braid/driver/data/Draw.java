package dev.braid.driver.data;

import dev.braid.driver.source.example.Examples;
import dev.braid.driver.source.example.KeyedExamples;
import dev.braid.driver.source.row.Problems;
import dev.braid.driver.table.Digest;
import dev.braid.driver.table.DirectPartitioner;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Draws the parts of a source by groups that stay whole, or class by class. What falls into which
 * part is a function of the examples and the seed alone.
 *
 * <pre>
 *   hash each example's key with the seed             its place in an order
 *   send it to its range of hashes                    one shuffle
 *   count the strata in the ranges                    an example's rank in its stratum
 *   cut each stratum by the parts' shares             the middle of a group decides
 * </pre>
 *
 * @param rows by range of their seeded hashes
 * @param starts per range the ranks at which its examples of each stratum begin
 * @param cuts of the strata
 * @param grouped whether examples of one key stay together
 */
record Draw(
    JavaPairRDD<Integer, byte[]> rows, List<Map<Long, Long>> starts, Cuts cuts, boolean grouped) {

  /**
   * The examples of each part that is drawn.
   *
   * @param broken how many rows may be left out
   * @throws IllegalArgumentException when more rows cannot be used, or a part would be empty
   */
  static Map<Part, Examples> of(
      KeyedExamples examples, Division division, BrokenRows broken, long seed) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(examples.rows().context());
    int numRanges = Math.max(examples.rows().getNumPartitions(), sc.defaultParallelism());
    JavaPairRDD<Integer, byte[]> rows =
        examples
            .rows()
            .mapToPair(
                row -> {
                  byte[] placed = placed(row, seed);
                  return new Tuple2<>(range(placed, numRanges), placed);
                })
            .partitionBy(new DirectPartitioner(numRanges));
    List<Map<Long, Long>> counts = rows.mapPartitions(Draw::count).collect();
    Map<Long, Long> all = new HashMap<>();
    List<Map<Long, Long>> starts = new ArrayList<>();
    for (Map<Long, Long> range : counts) {
      starts.add(new HashMap<>(all));
      range.forEach((stratum, count) -> all.merge(stratum, count, Long::sum));
    }
    long numExamples = all.values().stream().mapToLong(Long::longValue).sum();
    examples.problems().requireAtMost(broken.atMost(), numExamples);
    boolean grouped = division.draw().column() != null;
    Draw draw = new Draw(rows, starts, Cuts.of(division, all, grouped, seed), grouped);
    return draw.parts(sc, examples, division, numExamples);
  }

  private Map<Part, Examples> parts(
      JavaSparkContext sc, KeyedExamples examples, Division division, long numExamples) {
    Cuts cuts = this.cuts;
    boolean grouped = this.grouped;
    List<Map<Long, Long>> starts = this.starts;
    JavaPairRDD<Integer, byte[]> drawn =
        rows.mapPartitionsToPair(
            blocks -> {
              int range = TaskContext.getPartitionId();
              return drawn(sorted(blocks), new HashMap<>(starts.get(range)), cuts, grouped);
            });
    Map<Integer, Long> counts = drawn.keys().countByValue();
    Map<Part, Examples> parts = new EnumMap<>(Part.class);
    for (int i = 0; i < cuts.parts().length; i++) {
      int number = i;
      Part part = cuts.parts()[i];
      division.requireSome(part, counts.getOrDefault(number, 0L), numExamples);
      JavaRDD<byte[]> own = drawn.filter(row -> row._1() == number).values();
      parts.put(part, new Examples(own, examples.layout(), Problems.register(sc)));
    }
    return parts;
  }

  /** The row with its key hashed with the seed. */
  private static byte[] placed(byte[] row, long seed) {
    byte[] seeded =
        ByteBuffer.allocate(Long.BYTES + KeyedExamples.KEY_BYTES)
            .putLong(seed)
            .put(row, 0, KeyedExamples.KEY_BYTES)
            .array();
    byte[] placed = row.clone();
    System.arraycopy(Digest.md5(seeded), 0, placed, 0, KeyedExamples.KEY_BYTES);
    return placed;
  }

  /** Hashes in ascending order fall into ascending ranges of equal breadth. */
  private static int range(byte[] placed, int numRanges) {
    long first = ByteBuffer.wrap(placed).getInt() & 0xFFFFFFFFL;
    return (int) ((first * numRanges) >>> Integer.SIZE);
  }

  private static Iterator<Map<Long, Long>> count(Iterator<Tuple2<Integer, byte[]>> rows) {
    Map<Long, Long> counts = new HashMap<>();
    while (rows.hasNext()) {
      counts.merge(KeyedExamples.stratum(rows.next()._2()), 1L, Long::sum);
    }
    return List.of(counts).iterator();
  }

  private static List<byte[]> sorted(Iterator<Tuple2<Integer, byte[]>> rows) {
    List<byte[]> sorted = new ArrayList<>();
    rows.forEachRemaining(row -> sorted.add(row._2()));
    sorted.sort(Arrays::compareUnsigned);
    return sorted;
  }

  /**
   * The examples of a range with the numbers of their parts.
   *
   * @param ranks by stratum the rank of the next example
   */
  private static Iterator<Tuple2<Integer, byte[]>> drawn(
      List<byte[]> rows, Map<Long, Long> ranks, Cuts cuts, boolean grouped) {
    List<Tuple2<Integer, byte[]>> drawn = new ArrayList<>(rows.size());
    for (int from = 0; from < rows.size(); ) {
      int to = from + 1;
      while (grouped && to < rows.size() && isSameGroup(rows.get(from), rows.get(to))) {
        to++;
      }
      long stratum = KeyedExamples.stratum(rows.get(from));
      long rank = ranks.merge(stratum, (long) to - from, Long::sum) - (to - from);
      int part = cuts.part(stratum, rank + (to - from - 1) / 2.0);
      for (byte[] row : rows.subList(from, to)) {
        drawn.add(new Tuple2<>(part, KeyedExamples.example(row)));
      }
      from = to;
    }
    return drawn.iterator();
  }

  private static boolean isSameGroup(byte[] a, byte[] b) {
    return Arrays.equals(a, 0, KeyedExamples.KEY_BYTES, b, 0, KeyedExamples.KEY_BYTES);
  }

  /**
   * Where the strata are cut.
   *
   * @param parts that are drawn, as they follow one another
   * @param strata how each is cut
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record Cuts(Part[] parts, HashMap<Long, Stratum> strata) implements Serializable {

    /**
     * A part of share s has of a stratum of n examples s n, rounded up or down: up with the chance
     * that keeps the shares of all strata together. Groups are rounded by their middles.
     */
    static Cuts of(Division division, Map<Long, Long> counts, boolean grouped, long seed) {
      Part[] parts = division.drawn().toArray(Part[]::new);
      HashMap<Long, Stratum> strata = new HashMap<>();
      counts.forEach(
          (stratum, count) -> {
            double rounding = grouped ? 0.5 : chance(stratum, seed);
            double[] ends = new double[parts.length - 1];
            for (int i = 0; i < ends.length; i++) {
              ends[i] = cut(count, division.to(parts[i]), rounding);
            }
            double begin = cut(count, division.draw().origin(), rounding);
            strata.put(stratum, new Stratum(count, begin, ends));
          });
      return new Cuts(parts, strata);
    }

    /** The rank at a share of a stratum; a share above 1 goes on at its beginning. */
    private static double cut(long count, double share, double rounding) {
      double turns = Math.floor(share);
      double rest = share - turns;
      return turns * count + (rest == 0 ? 0 : count * rest - rounding);
    }

    /** From 0 to below 1. */
    private static double chance(long stratum, long seed) {
      byte[] both = ByteBuffer.allocate(2 * Long.BYTES).putLong(seed).putLong(stratum).array();
      return (ByteBuffer.wrap(Digest.md5(both)).getLong() >>> 11) * 0x1p-53;
    }

    /** The number of the part of what has its middle at a rank. */
    int part(long stratum, double rank) {
      return strata.get(stratum).part(rank);
    }
  }

  /**
   * How a stratum is cut.
   *
   * @param count its examples
   * @param begin the rank at which the first part begins
   * @param ends the ranks that end all parts but the last; behind the last rank it begins again
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record Stratum(long count, double begin, double[] ends) implements Serializable {
    int part(double rank) {
      double turned = rank < begin ? rank + count : rank;
      int i = 0;
      while (i < ends.length && turned >= ends[i]) {
        i++;
      }
      return i;
    }
  }
}
