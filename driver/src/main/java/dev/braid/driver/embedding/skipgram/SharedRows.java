package dev.braid.driver.embedding.skipgram;

import dev.braid.driver.embedding.corpus.TokenBlocks;
import dev.braid.driver.embedding.skipgram.PassTask.PassResult;
import dev.braid.driver.table.DirectPartitioner;
import dev.braid.driver.wire.Shared;
import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.embedding.RowSlice;
import dev.braid.worker.embedding.token.TokenBlock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * All rows in the memory of the one JVM of an embedded Spark: workers read them where they lie, and
 * the driver merges what they have touched on all its cores.
 */
public final class SharedRows implements RowSource {
  private static final long KEY = 0;

  private final JavaSparkContext sc;
  private RowBlock[] rows;

  /** Starts from the given blocks of rows. */
  SharedRows(JavaSparkContext sc, JavaPairRDD<Integer, byte[]> blocks) {
    this.sc = sc;
    this.rows = new RowBlock[blocks.getNumPartitions()];
    blocks.collect().forEach(block -> rows[block._1] = RowBlock.fromBytes(block._2));
  }

  @Override
  public List<PassStatistics> train(PassTask task, TokenBlocks tokens) {
    try (Shared<RowBlock[]> sent = Shared.open();
        Shared<PassResult> answers = Shared.open()) {
      sent.put(KEY, rows);
      List<PassResult> trained =
          tokens
              .of(task.round().blocks())
              .mapPartitionsWithIndex(
                  (worker, block) -> train(task, sent, answers, worker, block), true)
              .collect()
              .stream()
              .map(attempt -> answers.get(attempt).orElseThrow())
              .toList();
      rows =
          IntStream.range(0, rows.length)
              .parallel()
              .mapToObj(block -> task.merge(rows[block], slices(trained, block)))
              .toArray(RowBlock[]::new);
      return trained.stream().map(PassResult::statistics).toList();
    }
  }

  private static List<RowSlice> slices(List<PassResult> trained, int block) {
    return trained.stream().map(worker -> worker.slices().get(block)).toList();
  }

  /** Leaves what was trained under the number of the attempt, which it returns. */
  private static Iterator<Long> train(
      PassTask task,
      Shared<RowBlock[]> sent,
      Shared<PassResult> answers,
      int worker,
      Iterator<byte[]> block) {
    RowBlock[] rows = sent.get(KEY).orElseThrow();
    TokenBlock tokens = TokenBlock.fromBytes(block.next());
    long attempt = TaskContext.get().taskAttemptId();
    answers.put(attempt, task.train(worker, tokens, number -> rows[number]));
    return List.of(attempt).iterator();
  }

  @Override
  public JavaPairRDD<Integer, byte[]> blocks() {
    List<Tuple2<Integer, byte[]>> numbered = new ArrayList<>();
    for (int block = 0; block < rows.length; block++) {
      numbered.add(new Tuple2<>(block, rows[block].toBytes()));
    }
    return sc.parallelizePairs(numbered, rows.length)
        .partitionBy(new DirectPartitioner(rows.length));
  }
}
