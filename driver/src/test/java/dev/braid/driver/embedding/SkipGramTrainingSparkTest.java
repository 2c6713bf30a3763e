package dev.braid.driver.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.worker.embedding.SkipGram;
import dev.braid.worker.embedding.SkipGramKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkipGramTrainingSparkTest {
  private static final RowPlacement BROADCAST = new RowPlacement(true, "");
  private static final RowPlacement PARTITIONED = new RowPlacement(false, "");
  private static final SkipGramPlan PLAN = plan(0.05);

  @TempDir static Path folder;
  private static String corpus;

  @BeforeAll
  static void write() {
    corpus = Texts.write(folder, 900);
  }

  @Test
  void sameSeed_givesTheSameBytes_withBothRowSources_onAnyNumberOfCores() {
    SparkSession spark = LocalSpark.session();
    String expected = train(spark, PLAN, BROADCAST, Optional.empty(), false, report -> {});
    assertEquals(expected, train(spark, PLAN, PARTITIONED, Optional.empty(), false, r -> {}));
    assertEquals(
        expected,
        LocalSpark.on(
            "local[1]", one -> train(one, PLAN, BROADCAST, Optional.empty(), false, r -> {})));
    SkipGramPlan other = new SkipGramPlan(PLAN.skipGram(), 2, 3, 0, 8, PLAN.kernel());
    assertNotEquals(
        expected,
        train(LocalSpark.session(), other, BROADCAST, Optional.empty(), false, report -> {}));
  }

  @Test
  void training_lowersTheLoss_andBringsTopicsTogether() {
    List<RoundReport> reports = new ArrayList<>();
    SparkSession spark = LocalSpark.session();
    SkipGramPlan plan = new SkipGramPlan(PLAN.skipGram(), 6, 3, 0, 1, PLAN.kernel());
    train(spark, plan, BROADCAST, Optional.empty(), false, reports::add);
    RoundReport last = reports.get(reports.size() - 1);
    assertTrue(last.loss() < reports.get(0).loss() - 0.2, reports.toString());
    assertEquals(last.totalTokens(), last.doneTokens());
  }

  @Test
  void resumedRun_equalsUnbrokenRun_withBothRowSources(@TempDir Path checkpoints) {
    SparkSession spark = LocalSpark.session();
    String expected = train(spark, PLAN, BROADCAST, Optional.empty(), false, report -> {});
    for (RowPlacement placement : List.of(BROADCAST, PARTITIONED)) {
      Optional<RowCheckpoints> saved =
          Optional.of(
              checkpoints(checkpoints.resolve("" + placement.broadcast()), new ArrayList<>()));
      assertThrows(
          IllegalStateException.class,
          () -> train(spark, PLAN, placement, saved, false, SkipGramTrainingSparkTest::stopLate));
      List<RoundReport> resumed = new ArrayList<>();
      assertEquals(expected, train(spark, PLAN, placement, saved, true, resumed::add));
      assertEquals(2, resumed.get(0).epoch());
    }
  }

  @Test
  void damagedCheckpoint_isNamed_andTheOneBeforeTaken(@TempDir Path checkpoints)
      throws IOException {
    SparkSession spark = LocalSpark.session();
    List<String> warnings = new ArrayList<>();
    Optional<RowCheckpoints> saved = Optional.of(checkpoints(checkpoints, warnings));
    String expected = train(spark, PLAN, BROADCAST, saved, false, report -> {});
    List<Path> all;
    try (Stream<Path> files = Files.list(checkpoints)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    assertEquals(2, all.size());
    Files.writeString(all.get(0).resolve("rows").resolve("part-r-00000"), "damaged");
    assertEquals(expected, train(spark, PLAN, BROADCAST, saved, true, report -> {}));
    assertTrue(warnings.get(0).contains(all.get(0).getFileName().toString()), warnings.toString());
  }

  @Test
  void checkpoint_ofAnotherRun_isRefused(@TempDir Path checkpoints) {
    SparkSession spark = LocalSpark.session();
    train(
        spark,
        PLAN,
        BROADCAST,
        Optional.of(checkpoints(checkpoints, new ArrayList<>())),
        false,
        report -> {});
    Optional<RowCheckpoints> other =
        Optional.of(new RowCheckpoints(checkpoints.toString(), "other", 1, warning -> {}));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> train(spark, PLAN, BROADCAST, other, true, report -> {}));
    assertTrue(refused.getMessage().contains("other settings"), refused.getMessage());
  }

  @Test
  void lossThatIsNoNumber_stopsTheRun_andNamesTheRound() {
    IllegalStateException stopped =
        assertThrows(
            IllegalStateException.class,
            () ->
                train(
                    LocalSpark.session(), plan(1e30), BROADCAST, Optional.empty(), false, r -> {}));
    assertTrue(stopped.getMessage().contains("round 1"), stopped.getMessage());
    assertTrue(stopped.getMessage().contains("learningRate"), stopped.getMessage());
  }

  private static SkipGramPlan plan(double learningRate) {
    SkipGram skipGram = new SkipGram(20, 3, 5, 1e-2, learningRate, 1e-4, 1);
    return new SkipGramPlan(skipGram, 2, 3, 0, 7, SkipGramKernels.choose().name());
  }

  private static RowCheckpoints checkpoints(Path folder, List<String> warnings) {
    return new RowCheckpoints(folder.toString(), "run", 2, warnings::add);
  }

  private static void stopLate(RoundReport report) {
    if (report.epoch() == 2 && report.round() == 3) {
      throw new IllegalStateException("stopped");
    }
  }

  private static String train(
      SparkSession spark,
      SkipGramPlan plan,
      RowPlacement placement,
      Optional<RowCheckpoints> checkpoints,
      boolean resume,
      Consumer<RoundReport> listener) {
    try (Corpus texts = Corpus.read(spark, corpus, "whitespace");
        Vocabulary vocabulary = Vocabulary.count(texts, 5, 1000, 20)) {
      RoundPlan rounds = RoundPlan.of(vocabulary.numTokens(), plan.workers(), 1500);
      try (WordVectors vectors =
          SkipGramTraining.train(
              spark,
              texts,
              vocabulary,
              plan,
              rounds,
              placement,
              Optional.empty(),
              checkpoints,
              resume,
              listener)) {
        return vectors.sha256();
      }
    }
  }
}
