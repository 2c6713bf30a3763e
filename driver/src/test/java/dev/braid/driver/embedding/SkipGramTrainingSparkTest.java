package dev.braid.driver.embedding;

import static dev.braid.driver.embedding.SmallTraining.BROADCAST;
import static dev.braid.driver.embedding.SmallTraining.PARTITIONED;
import static dev.braid.driver.embedding.SmallTraining.PLAN;
import static dev.braid.driver.embedding.SmallTraining.train;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkipGramTrainingSparkTest {
  @TempDir static Path folder;
  private static String corpus;

  @BeforeAll
  static void write() {
    corpus = Texts.write(folder, 900);
  }

  @Test
  void sameSeed_givesTheSameBytes_withBothRowSources_onAnyNumberOfCores() {
    SparkSession spark = LocalSpark.session();
    String expected = train(spark, corpus, PLAN, BROADCAST);
    assertEquals(expected, train(spark, corpus, PLAN, PARTITIONED));
    LocalSpark.on(
        "local[1]",
        one -> {
          assertEquals(expected, train(one, corpus, PLAN, BROADCAST));
          assertEquals(expected, train(one, corpus, PLAN, PARTITIONED));
          return null;
        });
    SkipGramPlan other = SmallTraining.plan(0.05, 8);
    assertNotEquals(expected, train(LocalSpark.session(), corpus, other, BROADCAST));
  }

  @Test
  void training_lowersTheLoss_andBringsTopicsTogether() {
    List<RoundReport> reports = new ArrayList<>();
    SparkSession spark = LocalSpark.session();
    SkipGramPlan plan = new SkipGramPlan(PLAN.skipGram(), 6, 3, 0, 1, PLAN.kernel());
    train(spark, corpus, plan, BROADCAST, Optional.empty(), false, reports::add);
    RoundReport last = reports.get(reports.size() - 1);
    assertTrue(last.loss() < reports.get(0).loss() - 0.2, reports.toString());
    assertEquals(last.totalTokens(), last.doneTokens());
  }

  @Test
  void resumedRun_equalsUnbrokenRun_withBothRowSources(@TempDir Path checkpoints) {
    SparkSession spark = LocalSpark.session();
    String expected = train(spark, corpus, PLAN, BROADCAST);
    for (RowPlacement placement : List.of(BROADCAST, PARTITIONED)) {
      Optional<RowCheckpoints> saved =
          Optional.of(
              checkpoints(checkpoints.resolve("" + placement.broadcast()), new ArrayList<>()));
      assertThrows(
          IllegalStateException.class,
          () ->
              train(
                  spark,
                  corpus,
                  PLAN,
                  placement,
                  saved,
                  false,
                  SkipGramTrainingSparkTest::stopLate));
      List<RoundReport> resumed = new ArrayList<>();
      assertEquals(expected, train(spark, corpus, PLAN, placement, saved, true, resumed::add));
      assertEquals(2, resumed.get(0).epoch());
    }
  }

  @Test
  void damagedCheckpoint_isNamed_andTheOneBeforeTaken(@TempDir Path checkpoints)
      throws IOException {
    SparkSession spark = LocalSpark.session();
    List<String> warnings = new ArrayList<>();
    Optional<RowCheckpoints> saved = Optional.of(checkpoints(checkpoints, warnings));
    String expected = train(spark, corpus, PLAN, BROADCAST, saved, false, report -> {});
    List<Path> all;
    try (Stream<Path> files = Files.list(checkpoints)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    assertEquals(2, all.size());
    Files.writeString(all.get(0).resolve("rows").resolve("part-r-00000"), "damaged");
    assertEquals(expected, train(spark, corpus, PLAN, BROADCAST, saved, true, report -> {}));
    assertTrue(warnings.get(0).contains(all.get(0).getFileName().toString()), warnings.toString());
  }

  @Test
  void checkpoint_ofAnotherRun_isRefused(@TempDir Path checkpoints) {
    SparkSession spark = LocalSpark.session();
    train(
        spark,
        corpus,
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
            () -> train(spark, corpus, PLAN, BROADCAST, other, true, report -> {}));
    assertTrue(refused.getMessage().contains("other settings"), refused.getMessage());
  }

  @Test
  void lossThatIsNoNumber_stopsTheRun_andNamesTheRound() {
    IllegalStateException stopped =
        assertThrows(
            IllegalStateException.class,
            () -> train(LocalSpark.session(), corpus, SmallTraining.plan(1e30, 7), BROADCAST));
    assertTrue(stopped.getMessage().contains("round 1"), stopped.getMessage());
    assertTrue(stopped.getMessage().contains("learningRate"), stopped.getMessage());
  }

  private static RowCheckpoints checkpoints(Path folder, List<String> warnings) {
    return new RowCheckpoints(folder.toString(), "run", 2, warnings::add);
  }

  private static void stopLate(RoundReport report) {
    if (report.epoch() == 2 && report.round() == 3) {
      throw new IllegalStateException("stopped");
    }
  }
}
