package dev.braid.driver.embedding.vectors;

import static dev.braid.worker.Check.require;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes out of vectors the directions in which they are longest, which tell how frequent a word is
 * rather than what it means (after Mu and Viswanath 2018, "All-but-the-Top: Simple and Effective
 * Postprocessing for Word Representations", arXiv:1702.01417, who take out one direction per
 * hundred dimensions, and the mean, which is left here).
 */
public final class AllButTheTop {
  private static final int POWER_STEPS = 500;

  private AllButTheTop() {}

  /**
   * The vectors without their first directions; those given are closed.
   *
   * @param numDirections 0 to leave the vectors as they are
   */
  public static WordVectors remove(WordVectors vectors, int numDirections) {
    int dimension = vectors.dimension();
    require(
        numDirections < dimension,
        "%d directions cannot be taken out of %d dimensions",
        numDirections,
        dimension);
    if (numDirections == 0) {
      return vectors;
    }
    double[][] moments = moments(vectors);
    List<double[]> directions = new ArrayList<>();
    for (int i = 0; i < numDirections; i++) {
      directions.add(first(moments));
      deflateInPlace(moments, directions.get(i));
    }
    double[][] taken = directions.toArray(double[][]::new);
    WordVectors left =
        WordVectors.of(
            vectors.blocks().map(bytes -> without(VectorBlock.fromBytes(bytes), taken).toBytes()));
    vectors.close();
    return left;
  }

  /** Blocks are added up in their order, so that the sums are the same everywhere. */
  private static double[][] moments(WordVectors vectors) {
    int dimension = vectors.dimension();
    double[][] moments = new double[dimension][dimension];
    for (double[][] products :
        vectors.blocks().map(bytes -> products(VectorBlock.fromBytes(bytes))).collect()) {
      for (int a = 0; a < dimension; a++) {
        for (int b = 0; b < dimension; b++) {
          moments[a][b] += products[a][b];
        }
      }
    }
    return moments;
  }

  private static double[][] products(VectorBlock block) {
    int dimension = block.dimension();
    float[] vectors = block.vectors();
    double[][] products = new double[dimension][dimension];
    for (int at = 0; at < vectors.length; at += dimension) {
      for (int a = 0; a < dimension; a++) {
        for (int b = 0; b < dimension; b++) {
          products[a][b] += (double) vectors[at + a] * vectors[at + b];
        }
      }
    }
    return products;
  }

  /** The first eigenvector of a symmetric matrix, of length one, by the power method. */
  static double[] first(double[][] matrix) {
    int size = matrix.length;
    double[] vector = new double[size];
    for (int i = 0; i < size; i++) {
      vector[i] = 1 + i / (double) size; // no direction that data prefer
    }
    for (int step = 0; step < POWER_STEPS; step++) {
      double[] next = new double[size];
      double square = 0;
      for (int a = 0; a < size; a++) {
        for (int b = 0; b < size; b++) {
          next[a] += matrix[a][b] * vector[b];
        }
        square += next[a] * next[a];
      }
      if (square == 0) {
        break; // nothing differs: any direction will do
      }
      for (int a = 0; a < size; a++) {
        vector[a] = next[a] / Math.sqrt(square);
      }
    }
    return vector;
  }

  private static void deflateInPlace(double[][] matrix, double[] direction) {
    int size = matrix.length;
    double value = 0;
    for (int a = 0; a < size; a++) {
      for (int b = 0; b < size; b++) {
        value += direction[a] * matrix[a][b] * direction[b];
      }
    }
    for (int a = 0; a < size; a++) {
      for (int b = 0; b < size; b++) {
        matrix[a][b] -= value * direction[a] * direction[b];
      }
    }
  }

  private static VectorBlock without(VectorBlock block, double[][] directions) {
    int dimension = block.dimension();
    float[] left = new float[block.vectors().length];
    double[] vector = new double[dimension];
    for (int i = 0; i < block.words().length; i++) {
      for (int d = 0; d < dimension; d++) {
        vector[d] = block.vectors()[i * dimension + d];
      }
      for (double[] direction : directions) {
        double along = 0;
        for (int d = 0; d < dimension; d++) {
          along += vector[d] * direction[d];
        }
        for (int d = 0; d < dimension; d++) {
          vector[d] -= along * direction[d];
        }
      }
      for (int d = 0; d < dimension; d++) {
        left[i * dimension + d] = (float) vector[d];
      }
    }
    return new VectorBlock(block.first(), block.words(), block.counts(), left);
  }
}
