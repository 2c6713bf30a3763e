package dev.braid.driver.embedding.glove;

import dev.braid.driver.embedding.corpus.CorpusVocabulary;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.table.DirectPartitioner;
import dev.braid.worker.embedding.Frame;
import dev.braid.worker.embedding.RowBlock;
import dev.braid.worker.glove.GloveRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import scala.Tuple2;

/** The vectors of words that GloVe has trained: a row of the matrix plus its column. */
final class GloveVectors {
  private GloveVectors() {}

  /**
   * Rows plus columns, in the order of the vocabulary.
   *
   * @param parameters rows under 0 .. P-1, columns under P .. 2P-1
   */
  static WordVectors of(
      CorpusVocabulary vocabulary, JavaPairRDD<Integer, byte[]> parameters, int dimension) {
    int numBlocks = parameters.getNumPartitions() / 2;
    int wordsPerBlock = RowBlock.wordsPerBlock(dimension);
    JavaPairRDD<Integer, byte[]> pieces =
        parameters
            .flatMapToPair(
                block -> pieces(block._1 % numBlocks, numBlocks, block._2, wordsPerBlock))
            .groupByKey(new DirectPartitioner(vocabulary.numBlocks()))
            .mapValues(
                parts -> {
                  List<byte[]> all = new ArrayList<>();
                  parts.forEach(all::add);
                  return sum(all, dimension);
                });
    return vocabulary.with(pieces, bytes -> Frame.read(bytes, Frame.Kind.SLICE).nextFloats());
  }

  /** The rows of one block, cut by the blocks of the vocabulary. */
  private static Iterator<Tuple2<Integer, byte[]>> pieces(
      int block, int numBlocks, byte[] bytes, int wordsPerBlock) {
    GloveRows rows = GloveRows.fromBytes(bytes);
    float[] vectors = rows.vectors();
    int dimension = rows.dimension();
    List<Tuple2<Integer, byte[]>> pieces = new ArrayList<>();
    for (int from = 0; from < rows.numRows(); ) {
      int target = (block + from * numBlocks) / wordsPerBlock;
      int to = from;
      while (to < rows.numRows() && (block + to * numBlocks) / wordsPerBlock == target) {
        to++;
      }
      int[] places =
          IntStream.range(from, to).map(row -> (block + row * numBlocks) % wordsPerBlock).toArray();
      float[] values = Arrays.copyOfRange(vectors, from * dimension, to * dimension);
      pieces.add(
          new Tuple2<>(target, Frame.write(Frame.Kind.SLICE).put(places).put(values).toBytes()));
      from = to;
    }
    return pieces.iterator();
  }

  /** Each word has two pieces, and a sum of two numbers is the same in either order. */
  private static byte[] sum(List<byte[]> pieces, int dimension) {
    int numWords = 0;
    List<Tuple2<int[], float[]>> read = new ArrayList<>();
    for (byte[] piece : pieces) {
      Frame.Reader frame = Frame.read(piece, Frame.Kind.SLICE);
      int[] places = frame.nextInts();
      read.add(new Tuple2<>(places, frame.nextFloats()));
      numWords = Math.max(numWords, places[places.length - 1] + 1);
    }
    float[] sums = new float[numWords * dimension];
    for (Tuple2<int[], float[]> piece : read) {
      for (int i = 0; i < piece._1.length; i++) {
        for (int d = 0; d < dimension; d++) {
          sums[piece._1[i] * dimension + d] += piece._2[i * dimension + d];
        }
      }
    }
    return Frame.write(Frame.Kind.SLICE).put(sums).toBytes();
  }
}
