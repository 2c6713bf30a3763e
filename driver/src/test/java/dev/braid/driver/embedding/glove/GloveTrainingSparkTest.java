package dev.braid.driver.embedding.glove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.embedding.EmbeddingListener;
import dev.braid.driver.embedding.Texts;
import dev.braid.driver.embedding.corpus.Corpus;
import dev.braid.driver.embedding.corpus.CorpusVocabulary;
import dev.braid.driver.embedding.corpus.CountedCorpus;
import dev.braid.driver.embedding.skipgram.SmallTraining;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.Stopped;
import dev.braid.worker.embedding.LearningRates;
import dev.braid.worker.glove.Glove;
import dev.braid.worker.glove.GloveKernel;
import dev.braid.worker.kernel.Kernels;
import dev.braid.worker.random.RandomStream;
import dev.braid.worker.random.SplitMix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class GloveTrainingSparkTest {
  private static final int DIMENSION = 12;
  private static final int MIN_COUNT = 5;

  @TempDir static Path folder;
  private static String corpus;

  @BeforeAll
  static void write() {
    corpus = Texts.write(folder, 600);
  }

  /** The cells are counted from the text files, the training written out in double precision. */
  @Test
  void loss_equalsADirectComputationInOneThread() throws IOException {
    for (GlovePlan plan :
        List.of(
            plan(4, 3, true, 7),
            plan(4, 3, false, 7),
            plan(
                4,
                new Glove(
                    DIMENSION,
                    new Glove.Window(5, true),
                    0.01,
                    new Glove.Weighting(10, 0.5),
                    0.3,
                    new LearningRates(0.05, 0.01))))) {
      List<GlovePass> passes = new ArrayList<>();
      train(RunContext.of(LocalSpark.session()), plan, pass -> passes.add((GlovePass) pass));
      double[] direct = directLosses(plan);
      assertEquals(4, passes.size());
      for (int pass = 0; pass < 4; pass++) {
        // Braid computes in single precision.
        assertEquals(direct[pass], passes.get(pass).loss(), 1e-5 * direct[pass]);
      }
      assertTrue(direct[3] < 0.8 * direct[0], Arrays.toString(direct));
    }
  }

  @Test
  void sameSeed_givesTheSameBytes_onAnyNumberOfCores() {
    GlovePlan plan = plan(2, 3, true, 7);
    String expected = train(LocalSpark.session(), plan);
    assertEquals(expected, LocalSpark.on("local[1]", one -> train(one, plan)));
    assertNotEquals(expected, train(LocalSpark.session(), plan(2, 3, true, 8)));
  }

  @Test
  void resumedRun_equalsUnbrokenRun(@TempDir Path checkpoints) {
    GlovePlan plan = plan(5, 3, true, 7);
    String expected = train(LocalSpark.session(), plan);
    String folder = checkpoints.toString();
    assertThrows(
        IllegalStateException.class,
        () ->
            train(
                SmallTraining.saving(LocalSpark.session(), folder, false),
                plan,
                pass -> {
                  if (pass.place().equals("pass 3")) {
                    throw new IllegalStateException("broken off");
                  }
                }));
    assertEquals(expected, goOn(folder, plan, "pass 3"));
  }

  @Test
  void stoppedRun_saves_andGoesOnToTheSameBytes(@TempDir Path checkpoints) {
    GlovePlan plan = plan(4, 3, true, 7);
    String expected = train(LocalSpark.session(), plan);
    String folder = checkpoints.toString();
    RunContext run = SmallTraining.saving(LocalSpark.session(), folder, false);
    String said =
        assertThrows(Stopped.class, () -> train(run, plan, pass -> run.stop().request()))
            .getMessage();
    assertEquals("stopped after round 1; go on from round 1 with --resume", said);
    assertEquals(expected, goOn(folder, plan, "pass 2"));
  }

  private static String goOn(String checkpoints, GlovePlan plan, String first) {
    List<String> passes = new ArrayList<>();
    String sha256 =
        train(
            SmallTraining.saving(LocalSpark.session(), checkpoints, true),
            plan,
            pass -> passes.add(pass.place()));
    assertEquals(first, passes.get(0));
    return sha256;
  }

  @Test
  void lossThatIsNoNumber_stopsTheRun_andNamesTheSetting() {
    Glove glove =
        new Glove(
            DIMENSION,
            new Glove.Window(5, true),
            0,
            new Glove.Weighting(10, 0.75),
            0,
            new LearningRates(1e30, 1e30));
    GlovePlan plan = new GlovePlan(glove, 2, 2, 1, 7, "plain", 1);
    String message =
        assertThrows(IllegalStateException.class, () -> train(LocalSpark.session(), plan))
            .getMessage();
    assertTrue(message.contains("in pass 1 (learningRate 1.0E30)"), message);
  }

  @Test
  void meetings_arePermutations_andCoverAllPairs() {
    GlovePlan plan = plan(1, 5, true, 7);
    TreeSet<Integer> pairs = new TreeSet<>();
    for (int[] meeting : plan.meetings(0)) {
      assertEquals(5, Arrays.stream(meeting).distinct().count());
      for (int row = 0; row < 5; row++) {
        pairs.add(5 * row + meeting[row]);
      }
    }
    assertEquals(25, pairs.size());
    assertNotEquals(Arrays.deepToString(plan.meetings(0)), Arrays.deepToString(plan.meetings(1)));
  }

  @Test
  void blocks_areChosenByTheCorpus_andFewerThanWords() {
    GlovePlan unset = plan(1, 0, true, 7);
    assertEquals(8, unset.forCorpus(23_000_000, 40_000).blocks());
    assertEquals(4, unset.forCorpus(1000, 40_000).blocks());
    assertEquals(3, unset.forCorpus(1000, 3).blocks());
    assertThrows(IllegalArgumentException.class, () -> plan(1, 5, true, 7).forCorpus(1000, 3));
  }

  private static GlovePlan plan(int passes, int blocks, boolean symmetric, long seed) {
    Glove glove =
        new Glove(
            DIMENSION,
            new Glove.Window(5, symmetric),
            0,
            new Glove.Weighting(10, 0.75),
            0,
            new LearningRates(0.05, 0.01));
    return new GlovePlan(
        glove, passes, blocks, 1, seed, Kernels.choose(GloveKernel.class).name(), 1);
  }

  private static GlovePlan plan(int passes, Glove glove) {
    return new GlovePlan(glove, passes, 3, 1, 7, Kernels.choose(GloveKernel.class).name(), 1);
  }

  private static String train(SparkSession spark, GlovePlan plan) {
    return train(RunContext.of(spark), plan, pass -> {});
  }

  private static String train(RunContext run, GlovePlan plan, EmbeddingListener listener) {
    try (Corpus texts = Corpus.read(run.spark(), corpus, "whitespace");
        CorpusVocabulary vocabulary =
            CorpusVocabulary.count(texts, MIN_COUNT, 1000, DIMENSION, Optional.empty());
        WordVectors vectors =
            GloveTraining.train(
                run, new CountedCorpus(texts, vocabulary, Optional.empty()), plan, listener)) {
      return vectors.sha256();
    }
  }

  /** Mean loss of each pass. */
  private static double[] directLosses(GlovePlan plan) throws IOException {
    List<String[]> texts = new ArrayList<>();
    for (int part = 0; part < 3; part++) {
      for (String line : Files.readAllLines(folder.resolve("part-" + part + ".txt"))) {
        texts.add(line.trim().split(" ", -1));
      }
    }
    Map<String, Integer> ids = vocabulary(texts);
    int n = ids.size();
    double[] counts = new double[n];
    for (String[] text : texts) {
      Arrays.stream(text).filter(ids::containsKey).forEach(word -> counts[ids.get(word)]++);
    }
    double[] kept = kept(counts, plan.glove());
    double[] biases = biases(counts, kept, plan.glove());
    SplitMix sampling = SplitMix.stream(plan.key(RandomStream.GLOVE_SAMPLE, 0));
    List<int[]> sampled =
        texts.stream()
            .map(
                text ->
                    Arrays.stream(text)
                        .filter(ids::containsKey)
                        .mapToInt(ids::get)
                        .filter(
                            id -> plan.glove().sample() == 0 || sampling.nextDouble() < kept[id])
                        .toArray())
            .toList();
    int left = sampled.stream().mapToInt(text -> text.length).sum();
    assertEquals(plan.glove().sample() > 0, left < Arrays.stream(counts).sum());
    double[][] x = coOccurrences(sampled, n, plan.glove());
    double[][][] parameters = {
      initial(biases, plan.key(RandomStream.GLOVE_ROWS)),
      initial(biases, plan.key(RandomStream.GLOVE_COLUMNS))
    };
    double[][][] squares = new double[2][n][DIMENSION + 1];
    Arrays.stream(squares).flatMap(Arrays::stream).forEach(row -> Arrays.fill(row, 1));
    double[] losses = new double[plan.passes()];
    for (int pass = 0; pass < losses.length; pass++) {
      int numCells = 0;
      double rate = 0.05 - 0.04 * pass / (losses.length - 1); // from 0.05 to 0.01
      int[][] meetings = plan.meetings(pass);
      for (int subRound = 0; subRound < meetings.length; subRound++) {
        for (int row = 0; row < plan.blocks(); row++) {
          int column = meetings[subRound][row];
          List<int[]> cells = cells(x, plan, row, column);
          SplitMix draws =
              SplitMix.stream(plan.key(RandomStream.GLOVE_NEGATIVES, pass, subRound, column));
          for (int[] cell : cells) {
            double count = x[cell[0]][cell[1]];
            losses[pass] += step(plan.glove(), rate, parameters, squares, cell[0], cell[1], count);
            if (plan.glove().negativeWeight() > 0) {
              int other = cells.get(draws.nextInt(cells.size()))[1];
              losses[pass] += step(plan.glove(), rate, parameters, squares, cell[0], other, 0);
            }
            numCells++;
          }
        }
      }
      losses[pass] /= numCells;
    }
    return losses;
  }

  private static Map<String, Integer> vocabulary(List<String[]> texts) {
    Map<String, Integer> counts = new TreeMap<>();
    texts.forEach(text -> Arrays.stream(text).forEach(word -> counts.merge(word, 1, Integer::sum)));
    List<String> words =
        counts.keySet().stream()
            .filter(word -> counts.get(word) >= MIN_COUNT)
            .sorted((a, b) -> counts.get(b) - counts.get(a)) // stable: then by word
            .toList();
    Map<String, Integer> ids = new HashMap<>();
    words.forEach(word -> ids.put(word, ids.size()));
    return ids;
  }

  private static double[][] coOccurrences(List<int[]> texts, int numWords, Glove glove) {
    double[][] x = new double[numWords][numWords];
    for (int[] known : texts) {
      for (int i = 0; i < known.length; i++) {
        for (int j = Math.max(0, i - glove.window().size()); j < i; j++) {
          x[known[i]][known[j]] += 1.0 / (i - j);
          if (glove.window().symmetric()) {
            x[known[j]][known[i]] += 1.0 / (i - j);
          }
        }
      }
    }
    return x;
  }

  /** With what probability each word counts. */
  private static double[] kept(double[] counts, Glove glove) {
    double threshold = glove.sample() * Arrays.stream(counts).sum();
    return Arrays.stream(counts)
        .map(n -> threshold == 0 ? 1 : Math.min(1, Math.sqrt(threshold / n) + threshold / n))
        .toArray();
  }

  /** ln(tokens of the word) + ln(pairs per word / all tokens) / 2, of tokens that are kept. */
  private static double[] biases(double[] counts, double[] kept, Glove glove) {
    double[] tokens = new double[counts.length];
    Arrays.setAll(tokens, id -> counts[id] * kept[id]);
    double pairs = 1 + 1 / 2.0 + 1 / 3.0 + 1 / 4.0 + 1 / 5.0;
    double all = Arrays.stream(tokens).sum() / glove.window().sides();
    return Arrays.stream(tokens).map(n -> Math.log(n) + Math.log(pairs / all) / 2).toArray();
  }

  private static double[][] initial(double[] biases, long key) {
    double[][] rows = new double[biases.length][DIMENSION + 1];
    for (int word = 0; word < biases.length; word++) {
      SplitMix random = SplitMix.stream(SplitMix.key(key, word));
      for (int d = 0; d < DIMENSION; d++) {
        rows[word][d] = (float) ((random.nextDouble() - 0.5) / (DIMENSION + 1));
      }
      rows[word][DIMENSION] = (float) biases[word];
    }
    return rows;
  }

  /** The cells of a block in the order in which they are trained. */
  private static List<int[]> cells(double[][] x, GlovePlan plan, int row, int column) {
    int numBlocks = plan.blocks();
    List<int[]> sorted = new ArrayList<>();
    for (int i = row; i < x.length; i += numBlocks) {
      for (int j = column; j < x.length; j += numBlocks) {
        if (x[i][j] > 0) {
          sorted.add(new int[] {i, j});
        }
      }
    }
    long key = plan.key(RandomStream.GLOVE_CELLS, (long) row * numBlocks + column);
    return Arrays.stream(SplitMix.permutation(sorted.size(), key)).mapToObj(sorted::get).toList();
  }

  private static double step(
      Glove glove,
      double rate,
      double[][][] parameters,
      double[][][] squares,
      int i,
      int j,
      double x) {
    double[] w = parameters[0][i];
    double[] c = parameters[1][j];
    double score = w[DIMENSION] + c[DIMENSION];
    for (int d = 0; d < DIMENSION; d++) {
      score += w[d] * c[d];
    }
    double f = Math.min(1, Math.pow(x / glove.weighting().xMax(), glove.weighting().alpha()));
    double error = score - Math.log(x);
    double loss = 0.5 * f * error * error;
    double gradient = f * error;
    if (x == 0) { // a negative sample
      loss = glove.negativeWeight() * Math.log1p(Math.exp(score));
      gradient = glove.negativeWeight() / (1 + Math.exp(-score));
    }
    for (int d = 0; d <= DIMENSION; d++) {
      double ofRow = rate * gradient * (d == DIMENSION ? 1 : c[d]);
      double ofColumn = rate * gradient * (d == DIMENSION ? 1 : w[d]);
      w[d] -= ofRow / Math.sqrt(squares[0][i][d]);
      c[d] -= ofColumn / Math.sqrt(squares[1][j][d]);
      squares[0][i][d] += ofRow * ofRow;
      squares[1][j][d] += ofColumn * ofColumn;
    }
    return loss;
  }
}
