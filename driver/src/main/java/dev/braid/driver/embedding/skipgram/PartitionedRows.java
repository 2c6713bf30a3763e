package dev.braid.driver.embedding.skipgram;

import dev.braid.driver.embedding.corpus.TokenBlocks;
import dev.braid.driver.table.DirectPartitioner;
import dev.braid.driver.table.Iterators;
import dev.braid.worker.embedding.Frame;
import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.embedding.RowSlice;
import dev.braid.worker.embedding.token.TokenBlock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The rows as a partitioned table: neither the driver nor any executor holds all of them. Requests
 * and rows travel by shuffle.
 */
public final class PartitionedRows implements RowSource {
  private JavaPairRDD<Integer, byte[]> table;

  /** Starts from the given blocks of rows, one partition each. */
  PartitionedRows(JavaPairRDD<Integer, byte[]> blocks) {
    table = blocks.persist(StorageLevel.MEMORY_AND_DISK());
  }

  @Override
  public List<PassStatistics> train(PassTask task, TokenBlocks tokens) {
    int numBlocks = task.numBlocks();
    DirectPartitioner byBlock = new DirectPartitioner(numBlocks);
    DirectPartitioner byWorker = new DirectPartitioner(task.round().blocks().size());
    JavaRDD<byte[]> texts = tokens.of(task.round().blocks());
    JavaPairRDD<Integer, byte[]> requests =
        texts
            .mapPartitionsWithIndex((worker, block) -> requests(task, worker, block), true)
            .mapToPair(request -> request);
    JavaRDD<byte[]> slices =
        table
            .cogroup(requests, byBlock)
            .flatMapToPair(met -> select(task, met._2._1, met._2._2))
            .partitionBy(byWorker)
            .values();
    JavaPairRDD<Integer, byte[]> trained =
        texts
            .zipPartitions(slices, (block, rows) -> train(task, block, rows))
            .mapToPair(touched -> touched)
            .persist(StorageLevel.MEMORY_AND_DISK());
    JavaPairRDD<Integer, byte[]> merged =
        table
            .cogroup(trained.filter(touched -> touched._1 < numBlocks), byBlock)
            .mapValues(met -> merge(task, met._1, met._2))
            .persist(StorageLevel.MEMORY_AND_DISK());
    merged.foreachPartition(blocks -> blocks.forEachRemaining(block -> {}));
    List<PassStatistics> statistics =
        trained.filter(touched -> touched._1 == numBlocks).values().collect().stream()
            .map(PassStatistics::fromBytes)
            .toList();
    trained.unpersist();
    replace(merged);
    return statistics;
  }

  @Override
  public void replace(JavaPairRDD<Integer, byte[]> blocks) {
    table.unpersist();
    table = blocks.persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static Iterator<Tuple2<Integer, byte[]>> requests(
      PassTask task, int worker, Iterator<byte[]> block) {
    TokenBlock tokens = TokenBlock.fromBytes(block.next());
    return Iterators.map(
        task.requests(worker, tokens).iterator(),
        request -> {
          Frame.Writer frame = Frame.write(Frame.Kind.REQUEST).put(worker).put(request.block());
          frame.put(request.ids()).put(request.numNegatives());
          return new Tuple2<>(request.block(), frame.toBytes());
        });
  }

  private static Iterator<Tuple2<Integer, byte[]>> select(
      PassTask task, Iterable<byte[]> rows, Iterable<byte[]> requests) {
    RowBlock block = RowBlock.fromBytes(rows.iterator().next());
    return Iterators.map(
        requests.iterator(),
        bytes -> {
          Frame.Reader frame = Frame.read(bytes, Frame.Kind.REQUEST);
          PassTask.Request request =
              new PassTask.Request(
                  frame.nextInt(), frame.nextInt(), frame.nextInts(), frame.nextInt());
          return new Tuple2<>(request.worker(), task.select(block, request).toBytes());
        });
  }

  private static Iterator<Tuple2<Integer, byte[]>> train(
      PassTask task, Iterator<byte[]> block, Iterator<byte[]> rows) {
    List<RowSlice> slices = new ArrayList<>();
    rows.forEachRemaining(bytes -> slices.add(RowSlice.fromBytes(bytes)));
    slices.sort(Comparator.comparingInt(RowSlice::block));
    int worker = slices.get(0).shard();
    return task.train(worker, TokenBlock.fromBytes(block.next()), slices).toParts();
  }

  private static byte[] merge(PassTask task, Iterable<byte[]> rows, Iterable<byte[]> touched) {
    return task.merge(RowBlock.fromBytes(rows.iterator().next()), touched);
  }

  @Override
  public JavaPairRDD<Integer, byte[]> blocks() {
    return table;
  }
}
