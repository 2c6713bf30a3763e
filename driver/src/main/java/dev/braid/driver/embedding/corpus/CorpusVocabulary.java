package dev.braid.driver.embedding.corpus;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.vectors.VectorBlock;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.table.DirectPartitioner;
import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.embedding.token.CorpusChunk;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The words kept of a corpus, as a partitioned table sorted by count, then by word: a word's place
 * is its id. Blocks are those of the table of rows.
 *
 * @param blocks number of block to frame of {@link VocabularyBlock}, one partition each, cached
 * @param numWords words kept
 * @param numTokens how often they occur in the corpus
 * @param negativeWeights of the blocks, see {@link RowBlock#negativeWeight}
 */
@SuppressWarnings("ArrayRecordComponent") // read only
public record CorpusVocabulary(
    JavaPairRDD<Integer, byte[]> blocks, int numWords, long numTokens, double[] negativeWeights)
    implements AutoCloseable {
  /** What marks a word as known: far below any count. */
  private static final long KNOWN = Long.MIN_VALUE / 2;

  /** The order of words with their counts. */
  private static final Comparator<Tuple2<String, Long>> MOST_FREQUENT_FIRST =
      (Comparator<Tuple2<String, Long>> & Serializable)
          (a, b) -> a._2.equals(b._2) ? a._1.compareTo(b._1) : b._2.compareTo(a._2);

  /**
   * Counts a corpus.
   *
   * @param minCount words that occur less often are left out
   * @param maxWords only the most frequent are kept
   * @param dimension of the rows, which decides how many words make a block
   * @param start vectors to go on from: their words are kept however rare they are
   * @throws IllegalArgumentException if the corpus is empty or no word occurs often enough
   */
  public static CorpusVocabulary count(
      Corpus corpus, long minCount, int maxWords, int dimension, Optional<WordVectors> start) {
    require(minCount >= 1, "minCount must be at least 1, got %d", minCount);
    require(maxWords >= 1, "maxWords must be at least 1, got %d", maxWords);
    int numPartitions = Math.max(2, corpus.numSplits());
    JavaPairRDD<String, Long> counted =
        corpus
            .chunks()
            .flatMapToPair(bytes -> counts(CorpusChunk.fromBytes(bytes)))
            .reduceByKey(Long::sum, numPartitions);
    int wordsPerBlock = RowBlock.wordsPerBlock(dimension);
    JavaPairRDD<String, Long> kept =
        start
            .map(vectors -> merged(counted, vectors, minCount, numPartitions))
            .orElseGet(() -> counted.filter(word -> word._2 >= minCount));
    JavaPairRDD<Tuple2<String, Long>, Long> ids =
        kept.mapToPair(word -> new Tuple2<>(word, (byte) 0))
            .sortByKey(MOST_FREQUENT_FIRST, true, numPartitions)
            .keys()
            .zipWithIndex()
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long numFrequent = ids.count();
      if (numFrequent == 0) {
        require(
            !counted.isEmpty(),
            "the corpus has no words: its files are empty, or no line of them is text in UTF-8");
        long most = counted.values().max(Comparator.naturalOrder());
        require(
            false, "no word occurs minCount %d times, the most frequent one %d", minCount, most);
      }
      long numWords = Math.min(maxWords, numFrequent);
      int numBlocks = (int) ((numWords + wordsPerBlock - 1) / wordsPerBlock);
      JavaPairRDD<Integer, byte[]> blocks =
          ids.mapPartitionsToPair(words -> runs(words, wordsPerBlock, numWords))
              .groupByKey(new DirectPartitioner(numBlocks))
              .mapValues(CorpusVocabulary::concat)
              .persist(StorageLevel.MEMORY_AND_DISK());
      return summed(blocks, numBlocks);
    } finally {
      ids.unpersist();
    }
  }

  /** What is frequent enough, and all words that have vectors. */
  private static JavaPairRDD<String, Long> merged(
      JavaPairRDD<String, Long> counted, WordVectors start, long minCount, int numPartitions) {
    JavaPairRDD<String, Long> known =
        start
            .blocks()
            .flatMap(bytes -> Arrays.asList(VectorBlock.fromBytes(bytes).words()).iterator())
            .mapToPair(word -> new Tuple2<>(word, KNOWN));
    return counted
        .union(known)
        .reduceByKey(CorpusVocabulary::addKnown, numPartitions)
        .filter(word -> word._2 < 0 || word._2 >= minCount)
        .mapValues(count -> count < 0 ? count - KNOWN : count);
  }

  /** Counts below zero are those of known words, {@link #KNOWN} higher than written. */
  private static long addKnown(long a, long b) {
    if (a < 0 && b < 0) {
      return a - KNOWN + b;
    }
    return a + b;
  }

  private static CorpusVocabulary summed(JavaPairRDD<Integer, byte[]> blocks, int numBlocks) {
    double[] negativeWeights = new double[numBlocks];
    int numWords = 0;
    long numTokens = 0;
    for (Tuple2<Integer, double[]> block : blocks.mapValues(CorpusVocabulary::sums).collect()) {
      numWords += (int) block._2[0];
      numTokens += (long) block._2[1];
      negativeWeights[block._1] = block._2[2];
    }
    return new CorpusVocabulary(blocks, numWords, numTokens, negativeWeights);
  }

  /**
   * The words with vectors of theirs.
   *
   * @param trained table of the same blocks
   * @param vectors of a block of it, [words, dimension]
   */
  public WordVectors with(JavaPairRDD<Integer, byte[]> trained, Function<byte[], float[]> vectors) {
    return WordVectors.of(
        blocks
            .join(trained)
            .values()
            .map(pair -> VocabularyBlock.fromBytes(pair._1).with(vectors.call(pair._2)).toBytes()));
  }

  /** Number of blocks. */
  public int numBlocks() {
    return negativeWeights.length;
  }

  @Override
  public void close() {
    blocks.unpersist();
  }

  /** The words of a chunk and how often each occurs there. */
  static Iterator<Tuple2<String, Long>> counts(CorpusChunk chunk) {
    List<Tuple2<String, Long>> counts = new ArrayList<>();
    for (int i = 0; i < chunk.words().length; i++) {
      counts.add(new Tuple2<>(chunk.words()[i], (long) chunk.counts()[i]));
    }
    return counts.iterator();
  }

  /** A partition's share of each block it reaches into. */
  private static Iterator<Tuple2<Integer, byte[]>> runs(
      Iterator<Tuple2<Tuple2<String, Long>, Long>> words, int wordsPerBlock, long numWords) {
    List<Tuple2<Integer, byte[]>> runs = new ArrayList<>();
    List<Tuple2<String, Long>> run = new ArrayList<>();
    int first = 0;
    while (words.hasNext()) {
      Tuple2<Tuple2<String, Long>, Long> word = words.next();
      if (word._2 >= numWords) {
        break;
      }
      int id = Math.toIntExact(word._2);
      if (!run.isEmpty() && id / wordsPerBlock != first / wordsPerBlock) {
        runs.add(run(first, run, wordsPerBlock));
        run.clear();
      }
      first = run.isEmpty() ? id : first;
      run.add(word._1);
    }
    if (!run.isEmpty()) {
      runs.add(run(first, run, wordsPerBlock));
    }
    return runs.iterator();
  }

  private static Tuple2<Integer, byte[]> run(
      int first, List<Tuple2<String, Long>> run, int wordsPerBlock) {
    VocabularyBlock part =
        new VocabularyBlock(
            first,
            run.stream().map(word -> word._1).toArray(String[]::new),
            run.stream().mapToLong(word -> word._2).toArray());
    return new Tuple2<>(first / wordsPerBlock, part.toBytes());
  }

  private static byte[] concat(Iterable<byte[]> parts) {
    List<VocabularyBlock> blocks = new ArrayList<>();
    parts.forEach(part -> blocks.add(VocabularyBlock.fromBytes(part)));
    return VocabularyBlock.concat(blocks).toBytes();
  }

  private static double[] sums(byte[] bytes) {
    long[] counts = VocabularyBlock.fromBytes(bytes).counts();
    long numTokens = 0;
    for (long count : counts) {
      numTokens += count;
    }
    return new double[] {counts.length, numTokens, RowBlock.negativeWeight(counts)};
  }
}
