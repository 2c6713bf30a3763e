package dev.braid.worker.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.generation.Sampling.Nucleus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTest {
  private static final int NUM_TOKENS = 4;
  private static final int LENGTH = 4;
  private static final int END = 0;
  private static final int NO_END = -1;

  private final TableGenerator generator = new TableGenerator(NUM_TOKENS);

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.7, 1})
  void beam_asWideAsAllSequences_findsThemInTheOrderOfTheirScores(double lengthPower) {
    for (long seed = 0; seed < 20; seed++) {
      List<Hypothesis> all = new ArrayList<>();
      addAll(all, seed, new int[0], 0, lengthPower);
      all.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
      // 3 + 9 + 27 sequences go on at most, 1 + 3 + 9 + 27 end before or with the last token.
      Search search = new Search(new Beam(200, lengthPower), LENGTH, END);
      List<Hypothesis> found = search.run(generator, generator.start(seed), Search.SILENT).get(0);
      assertEquals(all.size(), found.size());
      for (int i = 0; i < all.size(); i++) {
        assertEquals(all.get(i).score(), found.get(i).score(), 1e-12);
      }
      assertArrayEquals(all.get(0).tokens(), found.get(0).tokens());
      assertEquals(all.get(0).ended(), found.get(0).ended());
      assertEquals(all.get(0).logProbability(), found.get(0).logProbability(), 1e-12);
    }
  }

  /** Adds every sequence that ends or is of the full length. */
  private void addAll(
      List<Hypothesis> all, long state, int[] tokens, double logProbability, double lengthPower) {
    boolean ended = tokens.length > 0 && tokens[tokens.length - 1] == END;
    if (ended || tokens.length == LENGTH) {
      double score = logProbability / Math.pow(tokens.length, lengthPower);
      all.add(new Hypothesis(tokens, logProbability, score, ended));
      return;
    }
    float[] scores = generator.scores(state);
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score);
    }
    for (int token = 0; token < NUM_TOKENS; token++) {
      int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
      longer[tokens.length] = token;
      double next = logProbability + scores[token] - Math.log(sum);
      addAll(all, TableGenerator.after(state, token), longer, next, lengthPower);
    }
  }

  @Test
  void beam_widerThanOne_findsWhatGreedyMisses() {
    int better = 0;
    for (long seed = 0; seed < 50; seed++) {
      double greedy = best(new Beam(1, 0), seed).logProbability();
      double wide = best(new Beam(4, 0), seed).logProbability();
      assertTrue(best(new Beam(200, 0), seed).logProbability() >= wide - 1e-12);
      better += wide > greedy + 1e-9 ? 1 : 0;
    }
    assertTrue(better > 5, "better in " + better);
  }

  @Test
  void beam_ofWidthOne_takesTheLikeliestTokenAtEveryStep() {
    for (long seed = 0; seed < 20; seed++) {
      int[] found = best(Choice.GREEDY, seed).tokens();
      long state = seed;
      for (int token : found) {
        float[] scores = generator.scores(state);
        assertEquals(likeliest(scores), token);
        state = TableGenerator.after(state, token);
      }
      assertTrue(found.length == LENGTH || found[found.length - 1] == END);
    }
  }

  private static int likeliest(float[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .max(Comparator.comparingDouble(token -> scores[token]))
        .orElseThrow();
  }

  @Test
  void beam_ofEqualScores_prefersTheEarlierSequenceAndTheLowerToken() {
    Generator<int[]> even = even(3);
    List<Hypothesis> found =
        new Search(new Beam(4, 0), 2, NO_END)
            .run(even, new Next<>(new int[1], new float[3]), Search.SILENT)
            .get(0);
    assertArrayEquals(new int[] {0, 0}, found.get(0).tokens());
    assertArrayEquals(new int[] {0, 1}, found.get(1).tokens());
    assertArrayEquals(new int[] {0, 2}, found.get(2).tokens());
    assertArrayEquals(new int[] {1, 0}, found.get(3).tokens());
  }

  /** All tokens alike, always. */
  private static Generator<int[]> even(int numTokens) {
    return new Generator<>() {
      @Override
      public int numTokens() {
        return numTokens;
      }

      @Override
      public Next<int[]> next(int[] state, int[] tokens) {
        return new Next<>(tokens, new float[tokens.length * numTokens]);
      }

      @Override
      public int[] select(int[] state, int[] rows) {
        return IntStream.of(rows).map(row -> state[row]).toArray();
      }
    };
  }

  @Test
  void temperatureZero_isGreedy() {
    for (long seed = 0; seed < 20; seed++) {
      Sampling cold = new Sampling(1, 0, Nucleus.ALL, 7);
      assertArrayEquals(best(Choice.GREEDY, seed).tokens(), best(cold, seed).tokens());
    }
  }

  @Test
  void sameSeed_givesTheSameText_anotherSeedAnother() {
    Search first = new Search(sampling(3), 50, NO_END);
    Search second = new Search(sampling(4), 50, NO_END);
    assertArrayEquals(tokens(first, 1).get(0), tokens(first, 1).get(0));
    assertFalse(Arrays.equals(tokens(first, 1).get(0), tokens(second, 1).get(0)));
  }

  @Test
  void sequences_areTheSame_whateverIsSearchedBesideThem() {
    for (Choice choice : List.of(sampling(5), new Beam(3, 0.7))) {
      Search search = new Search(choice, 6, END);
      List<List<Hypothesis>> together =
          search.run(generator, generator.start(11, 12, 13), Search.SILENT);
      // The first source alone has the same number, and so the same draws.
      List<Hypothesis> alone = search.run(generator, generator.start(11), Search.SILENT).get(0);
      assertEquals(3, together.size());
      assertEquals(alone.size(), together.get(0).size());
      for (int i = 0; i < alone.size(); i++) {
        assertArrayEquals(alone.get(i).tokens(), together.get(0).get(i).tokens());
        assertEquals(alone.get(i).score(), together.get(0).get(i).score());
      }
    }
  }

  @Test
  void beams_ofSeveralSources_areThoseOfEachAlone() {
    Search search = new Search(new Beam(3, 0.7), 6, END);
    List<List<Hypothesis>> together =
        search.run(generator, generator.start(21, 22, 23, 24), Search.SILENT);
    for (int source = 0; source < 4; source++) {
      List<Hypothesis> alone =
          search.run(generator, generator.start(21 + source), Search.SILENT).get(0);
      for (int i = 0; i < alone.size(); i++) {
        assertArrayEquals(alone.get(i).tokens(), together.get(source).get(i).tokens());
      }
    }
  }

  @Test
  void samples_followTheSoftmax() {
    // Chi-square of 5 degrees of freedom: above 20.5 in one of a thousand seeds.
    TableGenerator six = new TableGenerator(6);
    int count = 20_000;
    for (double temperature : new double[] {0.5, 1, 2}) {
      Sampling sampling = new Sampling(count, temperature, Nucleus.ALL, 17);
      int[] counts = new int[6];
      new Search(sampling, 1, NO_END)
          .run(six, six.start(8), (source, place, token) -> counts[token]++);
      assertTrue(chiSquare(counts, six.scores(8), temperature, count) < 20.5);
    }
  }

  private static double chiSquare(int[] counts, float[] scores, double temperature, int count) {
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score / temperature);
    }
    double chiSquare = 0;
    for (int token = 0; token < counts.length; token++) {
      double expected = count * Math.exp(scores[token] / temperature) / sum;
      chiSquare += Math.pow(counts[token] - expected, 2) / expected;
    }
    return chiSquare;
  }

  @Test
  void samples_laterInTheText_followTheSoftmaxToo() {
    TableGenerator six = new TableGenerator(6);
    int count = 20_000;
    int[][] counts = new int[6][6];
    Sampling sampling = new Sampling(count, 1, Nucleus.ALL, 23);
    for (Hypothesis found :
        new Search(sampling, 2, NO_END).run(six, six.start(8), Search.SILENT).get(0)) {
      counts[found.tokens()[0]][found.tokens()[1]]++;
    }
    for (int first = 0; first < 6; first++) {
      float[] scores = six.scores(TableGenerator.after(8, first));
      int drawn = Arrays.stream(counts[first]).sum();
      assertTrue(chiSquare(counts[first], scores, 1, drawn) < 20.5);
    }
  }

  @Test
  void nucleus_isTheLikeliestTokensByHand() {
    double[] logs = Arrays.stream(new double[] {0.1, 0.4, 0.3, 0.2}).map(Math::log).toArray();
    assertArrayEquals(new int[] {1, 2, 3, 0}, Nucleus.ALL.of(logs));
    assertArrayEquals(new int[] {1, 2}, new Nucleus(2, 1).of(logs));
    assertArrayEquals(new int[] {1}, new Nucleus(9, 0.35).of(logs));
    assertArrayEquals(new int[] {1, 2}, new Nucleus(9, 0.5).of(logs));
    assertArrayEquals(new int[] {1, 2, 3}, new Nucleus(9, 0.8).of(logs));
    // Of the three likeliest, 0.9 together, the first has 0.44 and the first two have 0.78.
    assertArrayEquals(new int[] {1, 2}, new Nucleus(3, 0.75).of(logs));
    assertArrayEquals(new int[] {1, 2, 3}, new Nucleus(3, 0.8).of(logs));
  }

  @Test
  void samples_areOfTheNucleusAlone() {
    float[] scores = generator.scores(3);
    int[] kept = new Nucleus(2, 1).of(LogProbabilities.of(scores, 0, NUM_TOKENS));
    boolean[] seen = new boolean[NUM_TOKENS];
    new Search(new Sampling(500, 1, new Nucleus(2, 1), 1), 1, NO_END)
        .run(generator, generator.start(3), (source, place, token) -> seen[token] = true);
    for (int token = 0; token < NUM_TOKENS; token++) {
      int each = token;
      assertEquals(IntStream.of(kept).anyMatch(one -> one == each), seen[token]);
    }
  }

  @Test
  void token_ofScoreMinusInfinity_isNeverChosen() {
    float never = Float.NEGATIVE_INFINITY;
    Next<int[]> start = new Next<>(new int[1], new float[] {never, 0, never});
    for (Choice choice : List.of(sampling(1), new Sampling(1, 0, Nucleus.ALL, 1), new Beam(3, 0))) {
      List<Hypothesis> found =
          new Search(choice, 1, NO_END).run(even(3), start, Search.SILENT).get(0);
      assertEquals(1, found.get(found.size() - 1).tokens()[0]);
    }
    float[] none = {never, never, never};
    assertThrows(
        IllegalStateException.class,
        () ->
            new Search(sampling(1), 1, NO_END)
                .run(even(3), new Next<>(new int[1], none), Search.SILENT));
  }

  @Test
  void listener_hearsTheTextAsItIsWritten() {
    List<Integer> heard = new ArrayList<>();
    Search search = new Search(new Sampling(1, 1, Nucleus.ALL, 2), 12, NO_END);
    Hypothesis found =
        search
            .run(generator, generator.start(5), (source, place, token) -> heard.add(token))
            .get(0)
            .get(0);
    assertArrayEquals(found.tokens(), heard.stream().mapToInt(Integer::intValue).toArray());
    assertFalse(found.ended());
  }

  @Test
  void settings_outOfRange_areRefused() {
    assertRefused(
        "temperature must be 0 or above, got -0.5", () -> new Sampling(1, -0.5, Nucleus.ALL, 1));
    assertRefused("topK must be at least 1, got 0", () -> new Nucleus(0, 1));
    assertRefused("topP must be above 0 and at most 1, got 1.5", () -> new Nucleus(1, 1.5));
    assertRefused("beams must be at least 1, got 0", () -> new Beam(0, 0));
    assertRefused("lengthPower must be 0 or above, got -1.0", () -> new Beam(1, -1));
    assertRefused("length must be at least 1, got 0", () -> new Search(Choice.GREEDY, 0, END));
  }

  private static void assertRefused(String message, Runnable made) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, made::run).getMessage());
  }

  private static Sampling sampling(long seed) {
    return new Sampling(3, 1, Nucleus.ALL, seed);
  }

  private Hypothesis best(Choice choice, long seed) {
    return new Search(choice, LENGTH, END)
        .run(generator, generator.start(seed), Search.SILENT)
        .get(0)
        .get(0);
  }

  private List<int[]> tokens(Search search, long seed) {
    return search.run(generator, generator.start(seed), Search.SILENT).get(0).stream()
        .map(Hypothesis::tokens)
        .toList();
  }
}
