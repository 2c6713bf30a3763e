package dev.braid.worker.transfer;

import static dev.braid.worker.Check.require;

import dev.braid.worker.layer.Embedding;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Parameter;
import dev.braid.worker.network.NetworkPlan;
import java.util.Arrays;
import java.util.Optional;

/**
 * Word vectors as the rows of an embedding layer, for indices as a source of texts gives them: 0 is
 * padding and gets zeros, 1 is a word without a vector and gets the mean of all, word k follows at
 * k + 2.
 *
 * @param vectors [words, dimension], row after row
 * @param dimension length of a vector
 */
@SuppressWarnings("ArrayRecordComponent") // read, not compared
public record WordRows(float[] vectors, int dimension) implements LearnedWeights {
  /** Index of what fills a text up to its length. */
  public static final int PADDING = 0;

  /** Index of all words that have no vector. */
  public static final int UNKNOWN = 1;

  /** Index of the first word. */
  public static final int FIRST = 2;

  @Override
  public Optional<float[]> of(NetworkPlan plan, LayerPlan layer, Parameter parameter) {
    if (!(layer.layer() instanceof Embedding embedding)) {
      return Optional.empty();
    }
    int numWords = vectors.length / dimension;
    require(
        embedding.dimension() == dimension && embedding.size() <= numWords + FIRST,
        "transfer.model: layer '%s' has %d vectors of %d numbers, but the file has %d of %d; set"
            + " its size to %d or fewer (two more than words), its dimension to %d",
        layer.site().name(),
        embedding.size(),
        embedding.dimension(),
        numWords,
        dimension,
        numWords + FIRST,
        dimension);
    int taken = Math.max(0, embedding.size() - FIRST);
    float[] rows = new float[embedding.size() * dimension];
    System.arraycopy(vectors, 0, rows, FIRST * dimension, taken * dimension);
    double[] mean = new double[dimension];
    for (int i = 0; i < taken * dimension; i++) {
      mean[i % dimension] += vectors[i];
    }
    for (int d = 0; d < dimension && embedding.size() > UNKNOWN; d++) {
      rows[UNKNOWN * dimension + d] = (float) (mean[d] / Math.max(1, taken));
    }
    return Optional.of(rows);
  }

  /** The vectors of the first words alone. */
  public WordRows first(int numWords) {
    return new WordRows(Arrays.copyOf(vectors, numWords * dimension), dimension);
  }
}
