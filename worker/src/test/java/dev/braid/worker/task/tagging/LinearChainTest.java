package dev.braid.worker.task.tagging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.random.SplitMix;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chain is held to what all paths through it say one by one. */
class LinearChainTest {
  private static final int[][] TAGS = {{0, 1, 2, 1, 0}, {0, -1, 2, -1, -1}, {-1, -1, -1, -1, -1}};

  /** One network output, its length and the parameters. */
  @SuppressWarnings("ArrayRecordComponent") // read, not compared
  private record Case(int numTags, int steps, double[] scores, double[] params, boolean[][] bans) {

    static Case random(int numTags, int steps, long seed, double scale, boolean banned) {
      SplitMix random = SplitMix.stream(SplitMix.key(seed, numTags, steps));
      double[] scores = random(random, numTags * steps, scale);
      double[] params = random(random, LinearChain.numParams(numTags), scale);
      return new Case(numTags, steps, scores, params, banned ? bans(numTags) : null);
    }

    private static double[] random(SplitMix random, int size, double scale) {
      double[] values = new double[size];
      Arrays.setAll(values, i -> scale * random.nextGaussian());
      return values;
    }

    /** The last tag neither begins nor follows the first, and the first is not the end. */
    private static boolean[][] bans(int numTags) {
      boolean[][] bans = new boolean[numTags + 1][numTags + 1];
      bans[numTags][numTags - 1] = true;
      bans[0][numTags - 1] = true;
      bans[0][numTags] = numTags > 1;
      return bans;
    }

    LinearChain chain() {
      return new LinearChain(numTags, bans);
    }

    int numPaths() {
      return (int) Math.pow(numTags, steps);
    }

    int[] path(int number) {
      int[] path = new int[steps];
      int rest = number;
      for (int t = 0; t < steps; t++) {
        path[t] = rest % numTags;
        rest /= numTags;
      }
      return path;
    }

    /** exp of it is how much the path weighs; minus infinity where it is banned. */
    double score(int[] path) {
      if (isBanned(path)) {
        return Double.NEGATIVE_INFINITY;
      }
      int start = numTags * numTags;
      double sum = params[start + path[0]] + params[start + numTags + path[steps - 1]];
      for (int t = 0; t < steps; t++) {
        sum += scores[t * numTags + path[t]];
        sum += t == 0 ? 0 : params[path[t - 1] * numTags + path[t]];
      }
      return sum;
    }

    private boolean isBanned(int[] path) {
      boolean banned = bans != null && (bans[numTags][path[0]] || bans[path[steps - 1]][numTags]);
      for (int t = 1; t < steps; t++) {
        banned |= bans != null && bans[path[t - 1]][path[t]];
      }
      return banned;
    }

    double loss(int[] tags) {
      double all = 0;
      double right = 0;
      for (int i = 0; i < numPaths(); i++) {
        int[] path = path(i);
        double weight = Math.exp(score(path));
        all += weight;
        right += agrees(path, tags) ? weight : 0;
      }
      return Math.log(all) - Math.log(right);
    }

    private static boolean agrees(int[] path, int[] tags) {
      for (int t = 0; t < path.length; t++) {
        if (tags[t] != LinearChain.ANY && tags[t] != path[t]) {
          return false;
        }
      }
      return true;
    }

    double chainLoss(int[] tags) {
      return chain()
          .loss(
              scores, steps, tags, params, new double[steps * numTags], new double[params.length]);
    }
  }

  private static int[] tags(Case one, int kind) {
    int[] tags = new int[one.steps()];
    Arrays.setAll(tags, t -> Math.min(TAGS[kind][t], one.numTags() - 1));
    return tags;
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,4", "2,1", "3,2", "3,5", "4,5"})
  void loss_isWhatAllPathsSay(int numTags, int steps) {
    for (int kind = 0; kind < TAGS.length; kind++) {
      Case one = Case.random(numTags, steps, kind, 2, false);
      int[] tags = tags(one, kind);
      assertEquals(one.loss(tags), one.chainLoss(tags), 1e-12);
    }
  }

  @Test
  void loss_withBans_isWhatTheOtherPathsSay() {
    Case one = Case.random(3, 5, 7, 2, true);
    int[] tags = {1, 2, 0, 0, 1};
    assertEquals(one.loss(tags), one.chainLoss(tags), 1e-12);
  }

  @Test
  void loss_ofBannedTags_isRefused() {
    Case one = Case.random(3, 5, 7, 2, true);
    assertThrows(WrongSettings.class, () -> one.chainLoss(new int[] {2, 1, 1, 1, 1}));
  }

  @Test
  void loss_ofHugeScores_isExact() {
    Case one = Case.random(3, 5, 3, 1e5, false);
    int[] best = one.chain().best(one.scores(), one.steps(), one.params());
    assertEquals(0, one.chainLoss(best), 0);
    assertTrue(Double.isNaN(Case.random(2, 3, 1, Double.NaN, false).chainLoss(new int[3])));
  }

  @Test
  void gradient_matchesFiniteDifferences() {
    for (int kind = 0; kind < TAGS.length; kind++) {
      Case one = Case.random(3, 5, 11 + kind, 1, kind == 0);
      int[] tags = kind == 0 ? new int[] {0, 1, 2, 0, 1} : tags(one, kind);
      double[] gradient = new double[15];
      double[] paramsGradient = new double[one.params().length];
      one.chain().loss(one.scores(), 5, tags, one.params(), gradient, paramsGradient);
      assertArrayEquals(differences(one.scores(), one, tags), gradient, 1e-8);
      assertArrayEquals(differences(one.params(), one, tags), paramsGradient, 1e-8);
    }
  }

  /** Two-sided differences of the loss in each of some numbers that belong to the case. */
  private static double[] differences(double[] numbers, Case one, int[] tags) {
    double step = 1e-5;
    double[] differences = new double[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      double own = numbers[i];
      numbers[i] = own + step;
      double above = one.loss(tags);
      numbers[i] = own - step;
      double below = one.loss(tags);
      numbers[i] = own;
      differences[i] = (above - below) / (2 * step);
    }
    return differences;
  }

  @Test
  void gradient_ofParameters_isAdded() {
    Case one = Case.random(3, 5, 5, 1, false);
    double[] once = new double[one.params().length];
    double[] twice = new double[one.params().length];
    LinearChain chain = one.chain();
    chain.loss(one.scores(), 5, TAGS[0], one.params(), new double[15], once);
    for (int i = 0; i < 2; i++) {
      chain.loss(one.scores(), 5, TAGS[0], one.params(), new double[15], twice);
    }
    assertArrayEquals(Arrays.stream(once).map(x -> 2 * x).toArray(), twice, 1e-12);
  }

  @ParameterizedTest
  @CsvSource({"1,3,false", "2,1,false", "3,5,false", "3,5,true", "4,5,true"})
  void best_isTheBestOfAllPaths(int numTags, int steps, boolean banned) {
    for (int seed = 0; seed < 10; seed++) {
      Case one = Case.random(numTags, steps, seed, 1, banned);
      int[] best = one.path(0);
      for (int i = 1; i < one.numPaths(); i++) {
        best = one.score(one.path(i)) > one.score(best) ? one.path(i) : best;
      }
      assertArrayEquals(best, one.chain().best(one.scores(), steps, one.params()));
    }
  }

  @Test
  void chain_forShorterSentencesAfterLonger_isAsANewOne() {
    Case longer = Case.random(3, 5, 1, 1, false);
    Case shorter = Case.random(3, 2, 1, 1, false);
    LinearChain chain = longer.chain();
    double[] scores = Arrays.copyOf(shorter.scores(), 15);
    double[] gradient = new double[15];
    chain.loss(longer.scores(), 5, TAGS[0], longer.params(), gradient, new double[15]);
    double loss = chain.loss(scores, 2, TAGS[0], shorter.params(), gradient, new double[15]);
    assertEquals(shorter.chainLoss(TAGS[0]), loss, 0);
  }
}
