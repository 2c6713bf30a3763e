package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.example.Examples;
import dev.braid.driver.source.row.Problems;
import dev.braid.driver.table.Digest;
import dev.braid.driver.table.DirectPartitioner;
import dev.braid.worker.data.RowLayout;
import dev.braid.worker.data.Shard;
import dev.braid.worker.data.ShardBuilder;
import dev.braid.worker.random.Permutation;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Examples in a random order that is a function of their bytes and a seed alone: not of the
 * cluster, of partitions, of files or of the order of rows in them.
 *
 * <pre>
 *   hash each example (MD5 as 128 good bits)          its row: hash, bytes
 *   send it to its range of hashes                    first shuffle
 *   count the ranges, sort each by (hash, bytes)      an example's rank among all
 *   permute the ranks by the seed                     its position; equal examples are scattered
 *   send it to the shard that holds its position      second shuffle
 * </pre>
 *
 * @param ranges rows by the range of their hashes
 * @param starts of the ranges, as ranks among all
 * @param leftOut rows that could not be used
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record ShuffledExamples(
    RowLayout layout,
    JavaPairRDD<Integer, byte[]> ranges,
    long[] starts,
    long seed,
    Problems leftOut) {
  private static final int HASH_BYTES = 16;
  private static final int POSITION_BYTES = Long.BYTES;

  /**
   * Reads all examples and counts them: one Spark job.
   *
   * @param broken how many may be left out
   * @throws IllegalArgumentException naming file and row when more examples cannot be used
   */
  static ShuffledExamples of(Examples examples, BrokenRows broken, long seed) {
    RowLayout layout = examples.layout();
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(examples.rows().context());
    int numRanges = Math.max(examples.rows().getNumPartitions(), sc.defaultParallelism());
    JavaPairRDD<Integer, byte[]> ranges =
        examples
            .rows()
            .map(ShuffledExamples::hashed)
            .mapPartitionsToPair(
                rows -> new BlockPacker(rows, numRanges, row -> range(row, numRanges)))
            .partitionBy(new DirectPartitioner(numRanges));
    List<Long> counts = count(ranges, examples, broken);
    long[] starts = new long[numRanges + 1];
    for (int i = 0; i < numRanges; i++) {
      starts[i + 1] = starts[i] + counts.get(i);
    }
    return new ShuffledExamples(layout, ranges, starts, seed, examples.problems());
  }

  private static List<Long> count(
      JavaPairRDD<Integer, byte[]> ranges, Examples examples, BrokenRows broken) {
    RowLayout layout = examples.layout();
    List<Long> counts = ranges.mapPartitions(blocks -> count(blocks, layout)).collect();
    long numSound = counts.stream().mapToLong(Long::longValue).sum();
    examples.problems().requireAtMost(broken.atMost(), numSound);
    return counts;
  }

  /** The rows that could not be used, of which there are no more than are allowed. */
  RowsLeftOut leftOut(String part) {
    return RowsLeftOut.of(part, leftOut, count());
  }

  /** Number of examples. */
  long count() {
    return starts[starts.length - 1];
  }

  /**
   * The examples at positions {@code from} (inclusive) to {@code to} (exclusive) of the order,
   * which begins again behind its last one, in {@code numShards} shards whose sizes differ by at
   * most one: partition i holds shard i alone.
   */
  JavaRDD<Shard> shards(long from, long to, int numShards) {
    Cut cut = new Cut(to - from, numShards);
    RowLayout layout = this.layout;
    long[] starts = this.starts;
    long count = count();
    Permutation order = Permutation.of(count, seed);
    return ranges
        .mapPartitionsWithIndex(
            (range, blocks) -> {
              List<byte[]> rows = sorted(blocks, layout);
              Iterator<byte[]> placed =
                  IntStream.range(0, rows.size())
                      .mapToObj(
                          i -> {
                            long position = order.get(starts[range] + i);
                            return placed(rows.get(i), Math.floorMod(position - from, count));
                          })
                      .filter(row -> cut.contains(position(row)))
                      .iterator();
              return new BlockPacker(placed, numShards, row -> cut.shardOf(position(row)));
            },
            true)
        .mapToPair(block -> block)
        .partitionBy(new DirectPartitioner(numShards))
        .values()
        .mapPartitionsWithIndex((shard, blocks) -> build(blocks, layout, cut, shard), true);
  }

  private static byte[] hashed(byte[] example) {
    byte[] row = Arrays.copyOf(Digest.md5(example), HASH_BYTES + example.length);
    System.arraycopy(example, 0, row, HASH_BYTES, example.length);
    return row;
  }

  /** Hashes in ascending order fall into ascending ranges of equal breadth. */
  private static int range(byte[] hashed, int numRanges) {
    long first = ByteBuffer.wrap(hashed).getInt() & 0xFFFFFFFFL;
    return (int) ((first * numRanges) >>> Integer.SIZE);
  }

  private static Iterator<Long> count(Iterator<Tuple2<Integer, byte[]>> blocks, RowLayout layout) {
    long count = 0;
    while (blocks.hasNext()) {
      ByteBuffer block = ByteBuffer.wrap(blocks.next()._2());
      for (int at = 0; at < block.capacity(); at += hashedBytes(block, at, layout)) {
        count++;
      }
    }
    return List.of(count).iterator();
  }

  private static List<byte[]> sorted(Iterator<Tuple2<Integer, byte[]>> blocks, RowLayout layout) {
    List<byte[]> rows = new ArrayList<>();
    while (blocks.hasNext()) {
      ByteBuffer block = ByteBuffer.wrap(blocks.next()._2());
      int bytes;
      for (int at = 0; at < block.capacity(); at += bytes) {
        bytes = hashedBytes(block, at, layout);
        rows.add(Arrays.copyOfRange(block.array(), at, at + bytes));
      }
    }
    rows.sort(Arrays::compareUnsigned);
    return rows;
  }

  /** Bytes of the hashed row that begins at {@code at}. */
  private static int hashedBytes(ByteBuffer block, int at, RowLayout layout) {
    return HASH_BYTES + layout.numBytes(block, at + HASH_BYTES);
  }

  /** The example of a hashed row, with its position in front instead of its hash. */
  private static byte[] placed(byte[] hashed, long position) {
    ByteBuffer row = ByteBuffer.allocate(POSITION_BYTES + hashed.length - HASH_BYTES);
    return row.putLong(position).put(hashed, HASH_BYTES, hashed.length - HASH_BYTES).array();
  }

  private static long position(byte[] placed) {
    return ByteBuffer.wrap(placed).getLong();
  }

  private static Iterator<Shard> build(
      Iterator<byte[]> blocks, RowLayout layout, Cut cut, int shard) {
    ShardBuilder builder = new ShardBuilder(layout, cut.size(shard));
    while (blocks.hasNext()) {
      ByteBuffer block = ByteBuffer.wrap(blocks.next());
      while (block.hasRemaining()) {
        builder.set((int) (block.getLong() - cut.start(shard)), block);
      }
    }
    return List.of(builder.build()).iterator();
  }

  /**
   * A row of examples cut into shards of nearly equal size.
   *
   * @param numExamples to be cut
   * @param numShards how many pieces
   */
  record Cut(long numExamples, int numShards) implements Serializable {
    Cut {
      require(numShards > 0, "there must be at least 1 shard, got %d", numShards);
    }

    /** Position of a shard's first example. */
    long start(int shard) {
      return Math.multiplyExact(numExamples, shard) / numShards;
    }

    int size(int shard) {
      long size = start(shard + 1) - start(shard);
      require(
          size <= Integer.MAX_VALUE,
          "a shard of %d examples is too large for one worker; use more workers",
          size);
      return (int) size;
    }

    boolean contains(long position) {
      return position >= 0 && position < numExamples;
    }

    /** The shard with start(shard) <= position < start(shard + 1). */
    int shardOf(long position) {
      return (int) ((Math.multiplyExact(position + 1, numShards) - 1) / numExamples);
    }
  }
}
