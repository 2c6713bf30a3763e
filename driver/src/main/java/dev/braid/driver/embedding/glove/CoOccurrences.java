package dev.braid.driver.embedding.glove;

import dev.braid.driver.embedding.corpus.Corpus;
import dev.braid.driver.embedding.corpus.CorpusVocabulary;
import dev.braid.driver.embedding.corpus.TokenBlocks;
import dev.braid.driver.table.ChosenPartitions;
import dev.braid.driver.table.DirectPartitioner;
import dev.braid.worker.embedding.token.TokenBlock;
import dev.braid.worker.glove.CellBlock;
import dev.braid.worker.glove.CellCounts;
import dev.braid.worker.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.PartitionPruningRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The co-occurrence matrix, cut into P x P blocks.
 *
 * <pre>
 *   each piece of the corpus counts its pairs       CellCounts.count
 *   counts go to their block of the matrix          one shuffle, which spills
 *   each block adds them up, in whole numbers       CellCounts.sum
 *   and puts its cells in a random order            CellBlock.of
 * </pre>
 *
 * @param blocks frames of {@link CellBlock}; partition i P + j holds block (i, j) alone, cached
 * @param numCells not zero, of each block
 */
@SuppressWarnings("ArrayRecordComponent") // read only
public record CoOccurrences(JavaRDD<byte[]> blocks, long[] numCells) implements AutoCloseable {
  /** Pairs that one piece of the corpus makes: 40 MB to sort. */
  private static final long PAIRS_PER_PIECE = 5_000_000;

  /** Counts a corpus. */
  static CoOccurrences count(Corpus corpus, CorpusVocabulary vocabulary, GlovePlan plan) {
    int numBlocks = plan.blocks();
    long numTokens = vocabulary.numTokens();
    long pieces = numTokens * plan.glove().window().size() / PAIRS_PER_PIECE + 1;
    int numPieces = (int) Math.min(1_000_000, pieces);
    try (TokenBlocks texts = TokenBlocks.of(corpus, vocabulary, numPieces)) {
      JavaRDD<byte[]> blocks =
          texts
              .blocks()
              .mapPartitionsWithIndex(
                  (piece, one) -> count(TokenBlock.fromBytes(one.next()), plan, numTokens, piece),
                  true)
              .mapToPair(counts -> counts)
              .groupByKey(new DirectPartitioner(numBlocks * numBlocks))
              // Blocks without any cell are there too.
              .mapPartitionsWithIndex(
                  (partition, parts) -> List.of(sum(partition, parts, plan)).iterator(), true)
              .persist(StorageLevel.MEMORY_AND_DISK());
      long[] numCells =
          blocks.map(bytes -> (long) CellBlock.fromBytes(bytes).size()).collect().stream()
              .mapToLong(size -> size)
              .toArray();
      return new CoOccurrences(blocks, numCells);
    }
  }

  private static Iterator<Tuple2<Integer, byte[]>> count(
      TokenBlock texts, GlovePlan plan, long numTokens, int piece) {
    List<CellCounts> counts =
        CellCounts.count(
            texts,
            plan.glove(),
            plan.blocks(),
            numTokens,
            plan.key(RandomStream.GLOVE_SAMPLE, piece));
    List<Tuple2<Integer, byte[]>> out = new ArrayList<>();
    for (int block = 0; block < counts.size(); block++) {
      if (counts.get(block).rows().length > 0) {
        out.add(new Tuple2<>(block, counts.get(block).toBytes()));
      }
    }
    return out.iterator();
  }

  private static byte[] sum(
      int block, Iterator<Tuple2<Integer, Iterable<byte[]>>> parts, GlovePlan plan) {
    List<CellCounts> counts = new ArrayList<>();
    while (parts.hasNext()) { // to its end, or Spark warns of memory that was not given back
      counts.addAll(CellCounts.fromAll(parts.next()._2));
    }
    return CellBlock.of(
            CellCounts.sum(counts), plan.glove(), plan.key(RandomStream.GLOVE_CELLS, block))
        .toBytes();
  }

  /** The blocks of one sub-round: partition i is block (i, columns[i]). */
  JavaRDD<byte[]> of(int[] columns) {
    List<Integer> wanted = new ArrayList<>();
    for (int row = 0; row < columns.length; row++) {
      wanted.add(row * columns.length + columns[row]);
    }
    return PartitionPruningRDD.create(blocks.rdd(), new ChosenPartitions(wanted)).toJavaRDD();
  }

  /** Cells of the whole matrix. */
  long total() {
    return Arrays.stream(numCells).sum();
  }

  @Override
  public void close() {
    blocks.unpersist();
  }
}
