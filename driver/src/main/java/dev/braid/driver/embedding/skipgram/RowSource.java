package dev.braid.driver.embedding.skipgram;

import dev.braid.driver.embedding.corpus.TokenBlocks;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;

/** Where the rows are between rounds, and how they meet the workers. Both ways, the same bits. */
public interface RowSource {
  /** Trains one round and merges its rows. */
  List<PassStatistics> train(PassTask task, TokenBlocks tokens);

  /** All blocks of rows by their number, one partition each. */
  JavaPairRDD<Integer, byte[]> blocks();

  /**
   * Goes on from these blocks, which equal the present ones but have a shorter past. Rows that the
   * driver itself has are without one.
   */
  default void replace(JavaPairRDD<Integer, byte[]> blocks) {}
}
