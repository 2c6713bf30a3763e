package dev.braid.worker.embedding.skipgram;

import static dev.braid.worker.Check.require;

import dev.braid.worker.embedding.LearningRates;
import dev.braid.worker.embedding.RowBlock;
import java.io.Serializable;

/**
 * Skip-gram, or the continuous bag of words, with negative sampling (Mikolov et al. 2013,
 * arXiv:1310.4546 and arXiv:1301.3781).
 *
 * @param contexts whether the context words of a position are trained one by one or as their mean
 * @param dimension length of a word vector
 * @param window context words to each side at most; each position draws its own 1 .. window
 * @param negatives words drawn by count^0.75 at each position and set against all its contexts
 * @param sample a word of relative frequency f is kept with probability (sqrt(f/sample) + 1) *
 *     sample/f; 0 keeps all
 * @param rates the learning rates at the start and at the end
 * @param saturation how much of what a row can learn from one touch at learning rate 1 it learns:
 *     decides how far rows of several workers go when they merge, see {@link RowBlock#merge}
 */
public record SkipGram(
    Contexts contexts,
    int dimension,
    int window,
    int negatives,
    double sample,
    LearningRates rates,
    double saturation)
    implements Serializable {
  public SkipGram {
    require(dimension >= 1, "dimension must be at least 1, got %d", dimension);
    require(window >= 1 && window <= 1000, "window must be 1 to 1000, got %d", window);
    require(negatives >= 1 && negatives <= 1000, "negatives must be 1 to 1000, got %d", negatives);
    require(sample >= 0, "sample must not be negative, got %s", sample);
    require(rates.first() > 0, "learningRate must be above 0, got %s", rates.first());
    require(
        rates.last() >= 0 && rates.last() <= rates.first(),
        "minLearningRate must be 0 to learningRate %s, got %s",
        rates.first(),
        rates.last());
    require(saturation > 0, "saturation must be above 0, got %s", saturation);
  }

  /** What is set against the targets of a position. */
  public enum Contexts {
    /** Each context word by itself: skip-gram. */
    EACH,
    /** The mean of the context words' rows, whose change goes to each of them: CBOW. */
    MEAN
  }

  /** How much of what a row can learn one touch teaches it, after this part of the training. */
  public double touchRateAt(double progress) {
    return saturation * learningRateAt(progress);
  }

  /** The learning rate after this part (0 to 1) of the whole training. */
  public double learningRateAt(double progress) {
    return Math.max(rates.last(), rates.at(progress));
  }
}
