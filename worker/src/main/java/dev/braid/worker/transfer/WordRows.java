package dev.braid.worker.transfer;

import static dev.braid.worker.Check.require;

import dev.braid.worker.embedding.WordTable;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.encoding.TokenIds;
import dev.braid.worker.layer.Embedding;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.shape.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Word vectors as the rows of an embedding layer, for indices as a source of texts gives them: 0 is
 * padding and gets zeros, 1 is a word without a vector and gets the mean of all, word k follows at
 * k + 2.
 *
 * <p>Where a layer reads texts of any length, whose words have ids of their own, each word has its
 * vector by its text, and one without a vector the mean of all.
 *
 * @param table the words with their vectors
 * @param texts by the name of an input, how its words become ids; empty where none is known
 */
public record WordRows(WordTable table, Map<String, TextEncoding> texts) implements LearnedWeights {
  /** Index of what fills a text up to its length. */
  public static final int PADDING = 0;

  /** Index of all words that have no vector. */
  public static final int UNKNOWN = 1;

  /** Index of the first word. */
  public static final int FIRST = 2;

  /** Without a text that is known. */
  public WordRows(WordTable table) {
    this(table, Map.of());
  }

  @Override
  public LearnedWeights knowing(Map<String, TextEncoding> known) {
    return new WordRows(table, known);
  }

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
    if (textOf(plan, layer) instanceof TokenIds tokens) {
      return Optional.of(byWord(layer, embedding, tokens));
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

  /** The text that a layer reads, whatever the network calls its only input; null for none. */
  private TextEncoding textOf(NetworkPlan plan, LayerPlan layer) {
    Node.Source source = layer.node().sources().get(0);
    boolean only = plan.inputs().size() == 1 && texts.size() == 1 && source.index() == 0;
    return only ? texts.values().iterator().next() : texts.get(source.name());
  }

  /** The rows of the words of a vocabulary. */
  private float[] byWord(LayerPlan layer, Embedding embedding, TokenIds tokens) {
    int dimension = table.dimension();
    require(
        embedding.dimension() == dimension && embedding.size() >= tokens.numIds(),
        "transfer.model: layer '%s' has %d vectors of %d numbers, but the texts have %d ids and the"
            + " file's vectors %d numbers; leave its size out, and set its dimension to %d",
        layer.node().name(),
        embedding.size(),
        embedding.dimension(),
        tokens.numIds(),
        dimension,
        dimension);
    Map<String, Integer> places = new HashMap<>(2 * table.words().size());
    for (int i = 0; i < table.words().size(); i++) {
      places.putIfAbsent(table.words().get(i), i);
    }
    float[] mean = mean();
    float[] rows = new float[embedding.size() * dimension];
    for (int id = UNKNOWN; id < embedding.size(); id++) {
      Integer place = id < tokens.numIds() ? places.get(tokens.vocabulary().word(id)) : null;
      float[] from = place == null ? mean : table.vectors();
      int at = place == null ? 0 : place * dimension;
      System.arraycopy(from, at, rows, id * dimension, dimension);
    }
    return rows;
  }

  private float[] mean() {
    int dimension = table.dimension();
    double[] sum = new double[dimension];
    float[] vectors = table.vectors();
    for (int i = 0; i < vectors.length; i++) {
      sum[i % dimension] += vectors[i];
    }
    float[] mean = new float[dimension];
    for (int d = 0; d < dimension; d++) {
      mean[d] = (float) (sum[d] / Math.max(1, table.words().size()));
    }
    return mean;
  }
}
