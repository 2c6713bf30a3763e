package dev.braid.driver.embedding.glove;

import dev.braid.driver.embedding.corpus.CorpusVocabulary;
import dev.braid.driver.embedding.corpus.CountedCorpus;
import dev.braid.driver.embedding.corpus.StartVectors;
import dev.braid.driver.embedding.corpus.VocabularyBlock;
import dev.braid.driver.table.DirectPartitioner;
import dev.braid.driver.table.Iterators;
import dev.braid.worker.embedding.Frame;
import dev.braid.worker.glove.GloveRows;
import dev.braid.worker.random.RandomStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Rows and columns between two sub-rounds.
 *
 * @param rows frames of {@link GloveRows}, partition i holds block i
 * @param columns the same, by their block, one partition each
 * @param cached what both are read from; null where that is not cached
 */
record GloveParameters(
    JavaRDD<byte[]> rows, JavaPairRDD<Integer, byte[]> columns, JavaRDD<byte[]> cached)
    implements AutoCloseable {
  /** From a table of rows under 0 .. P-1, columns under P .. 2P-1. */
  static GloveParameters of(JavaPairRDD<Integer, byte[]> table, int numBlocks) {
    JavaRDD<byte[]> rows =
        table
            .filter(block -> block._1 < numBlocks)
            .partitionBy(new DirectPartitioner(numBlocks))
            .values();
    return new GloveParameters(
        rows,
        table
            .filter(block -> block._1 >= numBlocks)
            .mapToPair(block -> new Tuple2<>(block._1 - numBlocks, block._2)),
        null);
  }

  JavaPairRDD<Integer, byte[]> all(int numBlocks) {
    return rows.mapPartitionsWithIndex(
            (block, one) -> Iterators.map(one, bytes -> new Tuple2<>(block, bytes)), true)
        .mapToPair(block -> block)
        .union(columns.mapToPair(c -> new Tuple2<>(c._1 + numBlocks, c._2)))
        .partitionBy(new DirectPartitioner(2 * numBlocks));
  }

  @Override
  public void close() {
    if (cached != null) {
      cached.unpersist();
    }
  }

  /** With which a training begins: biases by the words' counts, and vectors to go on from. */
  static GloveParameters initial(CountedCorpus corpus, GlovePlan plan) {
    CorpusVocabulary vocabulary = corpus.vocabulary();
    int numBlocks = plan.blocks();
    JavaPairRDD<Integer, byte[]> biases = biases(vocabulary, plan);
    JavaPairRDD<Integer, Tuple2<byte[], byte[]>> known =
        corpus
            .start()
            .map(
                vectors ->
                    biases
                        .leftOuterJoin(
                            StartVectors.byBlock(
                                vocabulary,
                                vectors,
                                numBlocks,
                                id -> id % numBlocks,
                                id -> id / numBlocks))
                        .mapValues(pair -> new Tuple2<>(pair._1, pair._2.orElse(new byte[0]))))
            .orElseGet(() -> biases.mapValues(bytes -> new Tuple2<>(bytes, new byte[0])));
    return new GloveParameters(
        known.map(block -> initial(block, plan, RandomStream.GLOVE_ROWS)),
        known.mapToPair(
            block -> new Tuple2<>(block._1, initial(block, plan, RandomStream.GLOVE_COLUMNS))),
        null);
  }

  /** The biases with which each block of words starts, one partition each. */
  private static JavaPairRDD<Integer, byte[]> biases(CorpusVocabulary vocabulary, GlovePlan plan) {
    int numBlocks = plan.blocks();
    long numTokens = vocabulary.numTokens();
    double allKept =
        vocabulary
            .blocks()
            .mapValues(bytes -> keptTokens(VocabularyBlock.fromBytes(bytes), plan, numTokens))
            .collect()
            .stream()
            .sorted(Comparator.comparing(block -> block._1))
            .mapToDouble(block -> block._2)
            .sum();
    return vocabulary
        .blocks()
        .values()
        .flatMapToPair(bytes -> biases(VocabularyBlock.fromBytes(bytes), plan, numTokens, allKept))
        .groupByKey(new DirectPartitioner(numBlocks))
        .mapValues(GloveParameters::joined);
  }

  private static double keptTokens(VocabularyBlock words, GlovePlan plan, long numTokens) {
    double kept = 0;
    for (long count : words.counts()) {
      kept += plan.glove().keptTokens(count, numTokens);
    }
    return kept;
  }

  /** The biases of a block of the vocabulary, cut by the blocks of the matrix. */
  private static Iterator<Tuple2<Integer, byte[]>> biases(
      VocabularyBlock words, GlovePlan plan, long numTokens, double allKept) {
    int numBlocks = plan.blocks();
    List<Tuple2<Integer, byte[]>> pieces = new ArrayList<>();
    for (int from = 0; from < Math.min(numBlocks, words.counts().length); from++) {
      int size = (words.counts().length - from + numBlocks - 1) / numBlocks;
      float[] biases = new float[size];
      for (int i = 0; i < size; i++) {
        long count = words.counts()[from + i * numBlocks];
        biases[i] = plan.glove().bias(count, numTokens, allKept);
      }
      int id = words.first() + from;
      Frame.Writer piece = Frame.write(Frame.Kind.SLICE).put(id / numBlocks).put(biases);
      pieces.add(new Tuple2<>(id % numBlocks, piece.toBytes()));
    }
    return pieces.iterator();
  }

  private static byte[] joined(Iterable<byte[]> pieces) {
    TreeMap<Integer, float[]> inOrder = new TreeMap<>();
    for (byte[] piece : pieces) {
      Frame.Reader frame = Frame.read(piece, Frame.Kind.SLICE);
      inOrder.put(frame.nextInt(), frame.nextFloats());
    }
    float[] all = new float[inOrder.values().stream().mapToInt(part -> part.length).sum()];
    inOrder.forEach((place, part) -> System.arraycopy(part, 0, all, place, part.length));
    return Frame.write(Frame.Kind.SLICE).put(all).toBytes();
  }

  private static byte[] initial(
      Tuple2<Integer, Tuple2<byte[], byte[]>> block, GlovePlan plan, RandomStream stream) {
    float[] biases = Frame.read(block._2._1, Frame.Kind.SLICE).nextFloats();
    byte[] known = block._2._2;
    GloveRows rows =
        GloveRows.initial(
            biases, block._1, plan.blocks(), plan.glove().dimension(), plan.key(stream));
    if (known.length > 0) {
      StartVectors.setInPlace(known, rows.values(), rows.width(), 0.5f);
    }
    return rows.toBytes();
  }
}
