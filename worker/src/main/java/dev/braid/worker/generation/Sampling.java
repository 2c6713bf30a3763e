package dev.braid.worker.generation;

import static dev.braid.worker.Check.require;

import dev.braid.worker.random.RandomStream;
import dev.braid.worker.random.SplitMix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sequences drawn at random, each token by its probability after those before it. A draw is a
 * function of the seed and of where it is made (source, sequence, position), never of what else is
 * drawn beside it.
 *
 * @param count how many sequences are drawn for each source
 * @param temperature of the softmax: 1 as the generator has it, less for likelier tokens; 0 takes
 *     the likeliest always
 * @param nucleus which tokens may be drawn at all
 * @param seed source of every draw
 */
public record Sampling(int count, double temperature, Nucleus nucleus, long seed)
    implements Choice {
  public Sampling {
    require(count >= 1, "the number of samples must be at least 1, got %d", count);
    require(
        temperature >= 0 && Double.isFinite(temperature),
        "temperature must be 0 or above, got %s",
        temperature);
  }

  /**
   * The tokens that may be drawn: of the {@code topK} likeliest as few as have the probability
   * {@code topP} together (Holtzman et al. 2020, https://arxiv.org/abs/1904.09751).
   *
   * @param topK at least 1; any number from that of the tokens on leaves all in
   * @param topP above 0; 1 leaves all in
   */
  public record Nucleus(int topK, double topP) {
    /** All tokens. */
    public static final Nucleus ALL = new Nucleus(Integer.MAX_VALUE, 1);

    public Nucleus {
      require(topK >= 1, "topK must be at least 1, got %d", topK);
      require(topP > 0 && topP <= 1, "topP must be above 0 and at most 1, got %s", topP);
    }

    /** The tokens left, the likeliest first; of equal ones the lower first. */
    int[] of(double[] logProbabilities) {
      int[] ranked =
          IntStream.range(0, logProbabilities.length)
              .filter(token -> logProbabilities[token] > Double.NEGATIVE_INFINITY)
              .boxed()
              .sorted(Comparator.comparingDouble(token -> -logProbabilities[token]))
              .limit(topK)
              .mapToInt(Integer::intValue)
              .toArray();
      double all = mass(logProbabilities, ranked, ranked.length);
      double mass = 0;
      for (int i = 0; i < ranked.length; i++) {
        mass += StrictMath.exp(logProbabilities[ranked[i]]);
        if (mass >= topP * all) {
          return IntStream.of(ranked).limit(i + 1).toArray();
        }
      }
      return ranked;
    }

    private static double mass(double[] logProbabilities, int[] tokens, int count) {
      double mass = 0;
      for (int i = 0; i < count; i++) {
        mass += StrictMath.exp(logProbabilities[tokens[i]]);
      }
      return mass;
    }
  }

  @Override
  public int numPlaces() {
    return count;
  }

  @Override
  public List<Candidate> choose(
      List<Prefix> open, List<double[]> logProbabilities, int numPlaces, Where where) {
    List<Candidate> drawn = new ArrayList<>();
    boolean beginning = open.get(0).length() == 0;
    int numDraws = beginning ? count : open.size();
    for (int i = 0; i < numDraws; i++) {
      int parent = beginning ? 0 : i;
      int place = beginning ? i : open.get(i).place();
      double[] next = logProbabilities.get(parent);
      int token = draw(next, where, place);
      drawn.add(
          new Candidate(place, parent, token, open.get(parent).logProbability() + next[token]));
    }
    return drawn;
  }

  private int draw(double[] logProbabilities, Where where, int place) {
    if (temperature == 0) {
      return new Nucleus(1, 1).of(logProbabilities)[0];
    }
    double[] tempered = LogProbabilities.atTemperature(logProbabilities, temperature);
    int[] tokens = nucleus.of(tempered);
    long key = RandomStream.GENERATION.key(seed, where.source(), place, where.position());
    double left = SplitMix.stream(key).nextDouble() * Nucleus.mass(tempered, tokens, tokens.length);
    for (int i = 0; i < tokens.length - 1; i++) {
      left -= StrictMath.exp(tempered[tokens[i]]);
      if (left < 0) {
        return tokens[i];
      }
    }
    return tokens[tokens.length - 1];
  }

  @Override
  public double score(double logProbability, int length) {
    return logProbability;
  }

  /** {@inheritDoc} As they were drawn. */
  @Override
  public List<Hypothesis> inOrder(List<Hypothesis> byPlace) {
    return byPlace;
  }
}
