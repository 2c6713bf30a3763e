package dev.braid.driver.dl4j.batches;

import dev.braid.worker.dl4j.nd4j.DataSets;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import scala.Tuple2;

/**
 * The user's mini-batches dealt to the workers like cards: mini-batch i of the data goes to worker
 * i mod W, so that W workers together go through the data in its order. Partition w holds worker
 * w's mini-batches, cached.
 *
 * @param <B> a worker's mini-batches as an engine keeps them
 */
public final class DealtBatches<B> implements AutoCloseable {
  private final JavaRDD<B> rdd;
  private final int[] counts;
  private final List<int[]> forms;

  /**
   * How the data is dealt.
   *
   * @param workers who get mini-batches
   * @param elements neighbouring elements of the data that make one mini-batch
   * @param maxExamples in a mini-batch: larger elements are cut
   */
  public record Dealing(int workers, int elements, int maxExamples) {}

  private DealtBatches(JavaRDD<B> rdd, int[] counts, List<int[]> forms) {
    this.rdd = rdd;
    this.counts = counts;
    this.forms = forms;
  }

  /** Deals DataSets out, each worker's as their bytes. */
  public static JavaRDD<byte[][]> ofDataSets(JavaRDD<DataSet> data, Dealing dealing) {
    int most = dealing.maxExamples();
    return deal(data.flatMap(set -> cut(set, most)), dealing);
  }

  /** Deals MultiDataSets out, each of which is one mini-batch, each worker's as their bytes. */
  public static JavaRDD<byte[][]> ofMultiDataSets(JavaRDD<MultiDataSet> data, Dealing dealing) {
    return deal(data.map(DataSets::encode), dealing);
  }

  /** Computes and caches what has been dealt. */
  public static DealtBatches<byte[][]> asBytes(JavaRDD<byte[][]> dealt) {
    dealt.persist(StorageLevel.MEMORY_AND_DISK());
    List<Integer> counts = dealt.map(batches -> batches.length).collect();
    return new DealtBatches<>(
        dealt, counts.stream().mapToInt(Integer::intValue).toArray(), List.of());
  }

  /** Computes what has been dealt, and caches it as rows of numbers. */
  public static DealtBatches<RowBatches> asRows(JavaRDD<byte[][]> dealt) {
    JavaRDD<RowBatches> rows = dealt.map(RowBatches::of).persist(StorageLevel.MEMORY_AND_DISK());
    List<int[][]> facts = rows.map(batches -> batches.facts()).collect();
    return new DealtBatches<>(
        rows,
        facts.stream().mapToInt(RowBatches::count).toArray(),
        facts.stream().flatMap(fact -> RowBatches.forms(fact).stream()).toList());
  }

  private static Iterator<byte[]> cut(DataSet set, int most) {
    List<DataSet> pieces = set.numExamples() > most ? set.batchBy(most) : List.of(set);
    return pieces.stream().map(DataSets::encode).iterator();
  }

  private static JavaRDD<byte[][]> deal(JavaRDD<byte[]> encoded, Dealing dealing) {
    int together = dealing.elements();
    JavaPairRDD<Long, byte[]> numbered =
        encoded.zipWithIndex().mapToPair(pair -> new Tuple2<>(pair._2(), pair._1()));
    return numbered
        .repartitionAndSortWithinPartitions(new Dealer(dealing.workers(), together))
        .mapPartitions(hand -> Collections.singletonList(join(hand, together)).iterator(), true);
  }

  /** Joins elements whose numbers belong to the same mini-batch. */
  private static byte[][] join(Iterator<Tuple2<Long, byte[]>> hand, int together) {
    List<byte[]> batches = new ArrayList<>();
    List<byte[]> parts = new ArrayList<>();
    long current = -1;
    while (hand.hasNext()) {
      Tuple2<Long, byte[]> card = hand.next();
      long batch = card._1() / together;
      if (batch != current && !parts.isEmpty()) {
        batches.add(merge(parts));
        parts.clear();
      }
      current = batch;
      parts.add(card._2());
    }
    if (!parts.isEmpty()) {
      batches.add(merge(parts));
    }
    return batches.toArray(byte[][]::new);
  }

  private static byte[] merge(List<byte[]> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    if (DataSets.isMulti(parts.get(0))) {
      return DataSets.encode(
          org.nd4j.linalg.dataset.MultiDataSet.merge(
              parts.stream().map(DataSets::decodeMulti).toList()));
    }
    return DataSets.encode(DataSet.merge(parts.stream().map(DataSets::decode).toList()));
  }

  /** One element per worker, cached. */
  public JavaRDD<B> rdd() {
    return rdd;
  }

  /** Mini-batches of worker {@code worker}. */
  public int count(int worker) {
    return counts[worker];
  }

  /** Mini-batches of the worker that has most. */
  public int longest() {
    return Arrays.stream(counts).max().orElse(0);
  }

  /** The forms that mini-batches have, see {@link RowBatches}; none where they are bytes. */
  public List<int[]> forms() {
    return forms;
  }

  /** Frees the executors' memory. */
  @Override
  public void close() {
    rdd.unpersist(false);
  }

  /** Which worker gets the element of this number. */
  private static final class Dealer extends Partitioner implements Serializable {
    private static final long serialVersionUID = 1;

    private final int workers;
    private final int together;

    Dealer(int workers, int together) {
      this.workers = workers;
      this.together = together;
    }

    @Override
    public int numPartitions() {
      return workers;
    }

    @Override
    public int getPartition(Object number) {
      return (int) ((Long) number / together % workers);
    }
  }
}
