package dev.braid.worker.glove;

import static dev.braid.worker.Check.require;

import dev.braid.worker.embedding.LearningRates;
import java.io.Serializable;

/**
 * Global vectors (Pennington, Socher and Manning 2014, "GloVe: Global Vectors for Word
 * Representation"): vectors w and c and biases b and d of every word as row and as column, such
 * that over all cells of the co-occurrence matrix X that are not zero
 *
 * <pre>
 *   loss = sum of f(x_ij) (w_i . c_j + b_i + d_j - ln x_ij)^2 / 2
 *   f(x) = min((x / xMax)^alpha, 1)
 * </pre>
 *
 * is least. What people use is w + c.
 *
 * <p>The authors' loss says nothing of words that never occur together. Here every cell also trains
 * a negative sample (as in skip-gram, Mikolov et al. 2013): its row with a column k drawn at
 * random, and
 *
 * <pre>
 *   loss = negativeWeight ln(1 + exp(w_i . c_k + b_i + d_k))
 * </pre>
 *
 * keeps the count the model expects of them well below one, as Swivel does (Shazeer et al. 2016).
 *
 * @param dimension length of a vector
 * @param window which words occur together
 * @param sample a word of relative frequency f is counted with probability (sqrt(f/sample) + 1) *
 *     sample/f before windows are laid, as in word2vec; 0 counts all, as the authors do
 * @param weighting the f of the loss
 * @param negativeWeight of a negative sample; 0 for none, as the authors do
 * @param rates the learning rates of AdaGrad in the first and in the last pass
 */
public record Glove(
    int dimension,
    Window window,
    double sample,
    Weighting weighting,
    double negativeWeight,
    LearningRates rates)
    implements Serializable {
  private static final int MAX_WINDOW = 1000;
  private static final int MAX_DIMENSION = 65_536;

  public Glove {
    require(
        dimension >= 1 && dimension <= MAX_DIMENSION,
        "dimension must be 1 to %d, got %d",
        MAX_DIMENSION,
        dimension);
    require(sample >= 0 && Double.isFinite(sample), "sample must not be negative, got %s", sample);
    require(
        negativeWeight >= 0 && Double.isFinite(negativeWeight),
        "negativeWeight must not be negative, got %s",
        negativeWeight);
    require(
        rates.first() > 0 && Double.isFinite(rates.first()),
        "learningRate must be above 0, got %s",
        rates.first());
    require(
        rates.last() > 0 && rates.last() <= rates.first(),
        "minLearningRate must be above 0 and not above learningRate %s, got %s",
        rates.first(),
        rates.last());
  }

  /**
   * Which words occur together.
   *
   * @param size words to each side at most
   * @param symmetric whether words on both sides count, or those on the left only
   */
  public record Window(int size, boolean symmetric) implements Serializable {
    public Window {
      require(size >= 1 && size <= MAX_WINDOW, "window must be 1 to %d, got %d", MAX_WINDOW, size);
    }

    /** How many sides of a word count. */
    public int sides() {
      return symmetric ? 2 : 1;
    }
  }

  /**
   * f(x) = min((x / xMax)^alpha, 1).
   *
   * @param xMax co-occurrences above which f is 1
   * @param alpha exponent
   */
  public record Weighting(double xMax, double alpha) implements Serializable {
    public Weighting {
      require(xMax > 0 && Double.isFinite(xMax), "xMax must be above 0, got %s", xMax);
      require(alpha >= 0 && Double.isFinite(alpha), "alpha must not be negative, got %s", alpha);
    }

    /** What a cell counts in the loss: f(x). */
    double weight(double x) {
      return x >= xMax ? 1 : StrictMath.pow(x / xMax, alpha);
    }
  }

  /**
   * The learning rate of a pass.
   *
   * @param pass from 0
   * @param passes in all
   */
  public double learningRateAt(int pass, int passes) {
    return rates.at((double) pass / Math.max(1, passes - 1));
  }

  /**
   * With what probability a word is counted, 1 at most.
   *
   * @param count of the word
   * @param numTokens of the corpus
   */
  double kept(long count, long numTokens) {
    double ratio = sample * numTokens / count;
    return sample == 0 || count == 0 ? 1 : Math.min(1, Math.sqrt(ratio) + ratio);
  }

  /** How many tokens of a word are counted, on average. */
  public double keptTokens(long count, long numTokens) {
    return count * kept(count, numTokens);
  }

  /**
   * Where a word's two biases start: such that the sum of two words' is the logarithm of how often
   * they would occur together by chance. Vectors then need not learn how frequent words are, which
   * would fill their first direction: left to themselves, biases are too slow (docs/embeddings.md).
   *
   * @param count of the word
   * @param numTokens of the corpus
   * @param allKept tokens of all words that are counted
   */
  public float bias(long count, long numTokens, double allKept) {
    double pairs = 0;
    for (int d = 1; d <= window.size(); d++) {
      pairs += (double) window.sides() / d;
    }
    double tokens = Math.max(1, keptTokens(count, numTokens));
    return (float) (StrictMath.log(tokens) + 0.5 * StrictMath.log(pairs / allKept));
  }
}
