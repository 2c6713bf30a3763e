package dev.braid.driver.data;

import dev.braid.driver.source.example.Examples;
import dev.braid.worker.data.Shard;
import dev.braid.worker.data.Statistics;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/** The shards of a run, cached on the executors: partition i of the RDD holds shard i alone. */
public final class Shards implements AutoCloseable {
  private final JavaRDD<Shard> rdd;
  private final int[] sizes;

  private Shards(JavaRDD<Shard> rdd, int[] sizes) {
    this.rdd = rdd;
    this.sizes = sizes;
  }

  /**
   * All examples in {@code numShards} shards whose sizes differ by at most one. Which example comes
   * to lie where is a function of the examples and the seed alone.
   *
   * @throws IllegalArgumentException naming file and row when an example cannot be used
   */
  public static Shards of(Examples examples, int numShards, long seed) {
    ShuffledExamples shuffled = ShuffledExamples.of(examples, BrokenRows.NONE, seed);
    return cached(shuffled.shards(0, shuffled.count(), numShards));
  }

  /** Reads and keeps the shards of an RDD that has one in each partition: one Spark job. */
  public static Shards cached(JavaRDD<Shard> rdd) {
    rdd.persist(StorageLevel.MEMORY_AND_DISK());
    List<Integer> sizes = rdd.map(Shard::size).collect();
    return new Shards(rdd, sizes.stream().mapToInt(Integer::intValue).toArray());
  }

  /**
   * The first examples of each shard, taken out anew whenever they are used.
   *
   * @param wanted of a shard of so many
   */
  public Shards heads(IntUnaryOperator wanted) {
    int[] heads = Arrays.stream(sizes).map(wanted).toArray();
    return new Shards(
        rdd.mapPartitionsWithIndex(
            (number, shards) -> List.of(shards.next().head(heads[number])).iterator(), true),
        heads);
  }

  /** Of an input's numbers; summed in the order of the shards, so that they are always the same. */
  Statistics statistics(int input, int width) {
    Statistics all = Statistics.none(width);
    rdd.map(shard -> Statistics.of(shard.input(input)).toArray())
        .collect()
        .forEach(part -> all.mergeInPlace(Statistics.ofArray(part)));
    return all;
  }

  /**
   * The mean of a label of one number, summed in the order of the shards.
   *
   * @param label its number
   */
  public double meanOfLabel(int label) {
    Statistics all = Statistics.none(1);
    rdd.map(shard -> Statistics.of(shard.label(label)).toArray())
        .collect()
        .forEach(part -> all.mergeInPlace(Statistics.ofArray(part)));
    return all.mean(0);
  }

  /** One element per partition, cached. */
  public JavaRDD<Shard> rdd() {
    return rdd;
  }

  /** Number of shards. */
  public int count() {
    return sizes.length;
  }

  /** Examples in each shard. */
  public int[] sizes() {
    return sizes.clone();
  }

  /** Examples in all shards together. */
  public long numExamples() {
    return Arrays.stream(sizes).asLongStream().sum();
  }

  /** Frees the executors' memory; the shards would be read anew if they were used again. */
  @Override
  public void close() {
    rdd.unpersist(false);
  }
}
