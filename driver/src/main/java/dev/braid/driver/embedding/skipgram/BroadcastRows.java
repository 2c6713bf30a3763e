package dev.braid.driver.embedding.skipgram;

import dev.braid.driver.embedding.corpus.TokenBlocks;
import dev.braid.driver.table.DirectPartitioner;
import dev.braid.driver.table.Iterators;
import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.embedding.token.TokenBlock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * All rows on the driver, sent to every executor each round. What the workers touched is merged by
 * one task per block; the driver only passes bytes on.
 */
public final class BroadcastRows implements RowSource {
  private final JavaSparkContext sc;
  private byte[][] rows;

  /** Starts from the given blocks of rows. */
  BroadcastRows(JavaSparkContext sc, JavaPairRDD<Integer, byte[]> blocks) {
    this.sc = sc;
    this.rows = new byte[blocks.getNumPartitions()][];
    blocks.collect().forEach(block -> rows[block._1] = block._2);
  }

  @Override
  public List<PassStatistics> train(PassTask task, TokenBlocks tokens) {
    Broadcast<byte[][]> sent = sc.broadcast(rows);
    try {
      List<Tuple2<Integer, byte[]>> merged =
          tokens
              .of(task.round().blocks())
              .mapPartitionsWithIndex((worker, block) -> train(task, sent, worker, block), true)
              .mapToPair(touched -> touched)
              .groupByKey(new DirectPartitioner(task.numBlocks() + 1))
              .flatMapToPair(touched -> merge(task, sent, touched))
              .collect();
      byte[][] next = new byte[rows.length][];
      List<PassStatistics> statistics = new ArrayList<>();
      for (Tuple2<Integer, byte[]> part : merged) {
        if (part._1 < next.length) {
          next[part._1] = part._2;
        } else {
          statistics.add(PassStatistics.fromBytes(part._2));
        }
      }
      rows = next;
      return statistics;
    } finally {
      sent.destroy();
    }
  }

  private static Iterator<Tuple2<Integer, byte[]>> train(
      PassTask task, Broadcast<byte[][]> rows, int worker, Iterator<byte[]> block) {
    TokenBlock tokens = TokenBlock.fromBytes(block.next());
    return task.train(worker, tokens, number -> RowBlock.fromBytes(rows.value()[number])).toParts();
  }

  private static Iterator<Tuple2<Integer, byte[]>> merge(
      PassTask task, Broadcast<byte[][]> rows, Tuple2<Integer, Iterable<byte[]>> touched) {
    if (touched._1 == task.numBlocks()) {
      return Iterators.map(touched._2.iterator(), bytes -> new Tuple2<>(touched._1, bytes));
    }
    byte[] merged = task.merge(RowBlock.fromBytes(rows.value()[touched._1]), touched._2);
    return List.of(new Tuple2<>(touched._1, merged)).iterator();
  }

  @Override
  public JavaPairRDD<Integer, byte[]> blocks() {
    List<Tuple2<Integer, byte[]>> numbered =
        IntStream.range(0, rows.length).mapToObj(i -> new Tuple2<>(i, rows[i])).toList();
    return sc.parallelizePairs(new ArrayList<>(numbered), rows.length)
        .partitionBy(new DirectPartitioner(rows.length));
  }
}
