package dev.braid.driver.embedding.corpus;

import dev.braid.driver.embedding.vectors.VectorBlock;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.table.DirectPartitioner;
import dev.braid.worker.embedding.Frame;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import org.apache.spark.api.java.JavaPairRDD;
import scala.Tuple2;

/**
 * Vectors to go on from, brought to the words of a vocabulary: two shuffles of words, so that
 * neither side need fit one machine. Words they lack are left out, and start as in any training.
 */
public final class StartVectors {
  private StartVectors() {}

  /** A number of a word's id, such as its block. */
  public interface OfId extends IntUnaryOperator, Serializable {}

  /**
   * Sends every vector to the block of its word.
   *
   * @param numBlocks of the table that is to be filled
   * @param block in which a word lies
   * @param place of a word in its block
   * @return for every block of which at least one word is known, a frame of places and vectors
   */
  public static JavaPairRDD<Integer, byte[]> byBlock(
      CorpusVocabulary vocabulary, WordVectors vectors, int numBlocks, OfId block, OfId place) {
    JavaPairRDD<String, Integer> ids =
        vocabulary.blocks().values().flatMapToPair(bytes -> ids(VocabularyBlock.fromBytes(bytes)));
    JavaPairRDD<String, Tuple2<Integer, float[]>> known =
        vectors
            .blocks()
            .flatMapToPair(bytes -> vectors(VectorBlock.fromBytes(bytes)))
            // Of a word that a file has twice, the first counts.
            .reduceByKey((a, b) -> a._1 <= b._1 ? a : b);
    return ids.join(known)
        .mapToPair(
            word ->
                new Tuple2<>(
                    block.applyAsInt(word._2._1),
                    new Tuple2<>(place.applyAsInt(word._2._1), word._2._2._2)))
        .groupByKey(new DirectPartitioner(numBlocks))
        .mapValues(StartVectors::toBytes);
  }

  private static Iterator<Tuple2<String, Integer>> ids(VocabularyBlock block) {
    List<Tuple2<String, Integer>> ids = new ArrayList<>();
    for (int i = 0; i < block.words().length; i++) {
      ids.add(new Tuple2<>(block.words()[i], block.first() + i));
    }
    return ids.iterator();
  }

  private static Iterator<Tuple2<String, Tuple2<Integer, float[]>>> vectors(VectorBlock block) {
    List<Tuple2<String, Tuple2<Integer, float[]>>> vectors = new ArrayList<>();
    for (int i = 0; i < block.words().length; i++) {
      vectors.add(new Tuple2<>(block.words()[i], new Tuple2<>(block.first() + i, block.vector(i))));
    }
    return vectors.iterator();
  }

  private static byte[] toBytes(Iterable<Tuple2<Integer, float[]>> words) {
    List<Tuple2<Integer, float[]>> all = new ArrayList<>();
    words.forEach(all::add);
    int dimension = all.get(0)._2.length;
    float[] values = new float[all.size() * dimension];
    for (int i = 0; i < all.size(); i++) {
      System.arraycopy(all.get(i)._2, 0, values, i * dimension, dimension);
    }
    int[] places = all.stream().mapToInt(word -> word._1).toArray();
    return Frame.write(Frame.Kind.SLICE).put(places).put(values).toBytes();
  }

  /**
   * Overwrites rows in place with the vectors that are known.
   *
   * @param known a frame of {@link #byBlock}
   * @param rows row r begins at r x {@code width}
   * @param share what part of a vector a row becomes
   */
  public static void setInPlace(byte[] known, float[] rows, int width, float share) {
    Frame.Reader frame = Frame.read(Objects.requireNonNull(known), Frame.Kind.SLICE);
    int[] places = frame.nextInts();
    float[] values = frame.nextFloats();
    int dimension = places.length == 0 ? 0 : values.length / places.length;
    for (int i = 0; i < places.length; i++) {
      for (int d = 0; d < dimension; d++) {
        rows[places[i] * width + d] = share * values[i * dimension + d];
      }
    }
  }
}
