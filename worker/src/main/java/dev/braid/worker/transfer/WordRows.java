package dev.braid.worker.transfer;

import static dev.braid.worker.Check.require;

import dev.braid.worker.embedding.WordTable;
import dev.braid.worker.layer.Embedding;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.parameter.Parameter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Word vectors as the rows of an embedding layer, for indices as a source of texts gives them: 0 is
 * padding and gets zeros, 1 is a word without a vector and gets the mean of all, word k follows at
 * k + 2.
 *
 * @param table the words with their vectors
 */
public record WordRows(WordTable table) implements LearnedWeights {
  /** Index of what fills a text up to its length. */
  public static final int PADDING = 0;

  /** Index of all words that have no vector. */
  public static final int UNKNOWN = 1;

  /** Index of the first word. */
  public static final int FIRST = 2;

  /** The index of each of these words, which all differ. */
  public static Map<String, Integer> indices(List<String> words) {
    Map<String, Integer> indices = new HashMap<>(2 * words.size());
    for (int k = 0; k < words.size(); k++) {
      Integer other = indices.put(words.get(k), k + FIRST);
      require(other == null, "the word '%s' has two vectors", words.get(k));
    }
    return indices;
  }

  @Override
  public Optional<float[]> of(NetworkPlan plan, LayerPlan layer, Parameter parameter) {
    if (!(layer.layer() instanceof Embedding embedding)) {
      return Optional.empty();
    }
    int numWords = table.words().size();
    int dimension = table.dimension();
    // Who counts the lines of the file counts words that occur twice; their rows are never asked.
    int most = numWords + table.numDuplicates() + FIRST;
    require(
        embedding.dimension() == dimension && embedding.size() <= most,
        "transfer.model: layer '%s' has %d vectors of %d numbers, but the file has %d of %d; set"
            + " its size to %d or fewer (two more than words), its dimension to %d",
        layer.node().name(),
        embedding.size(),
        embedding.dimension(),
        numWords,
        dimension,
        numWords + FIRST,
        dimension);
    int taken = Math.max(0, Math.min(numWords, embedding.size() - FIRST));
    float[] vectors = table.vectors();
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
}
