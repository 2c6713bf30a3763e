package dev.braid.driver.embedding.skipgram;

import static dev.braid.driver.embedding.skipgram.SmallTraining.BROADCAST;
import static dev.braid.driver.embedding.skipgram.SmallTraining.PARTITIONED;
import static dev.braid.driver.embedding.skipgram.SmallTraining.PLAN;
import static dev.braid.driver.embedding.skipgram.SmallTraining.saving;
import static dev.braid.driver.embedding.skipgram.SmallTraining.train;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.embedding.EmbeddingListener;
import dev.braid.driver.embedding.EmbeddingReport;
import dev.braid.driver.embedding.Texts;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.Stopped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class SkipGramTrainingSparkTest {
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
    List<SkipGramReport> reports = new ArrayList<>();
    SparkSession spark = LocalSpark.session();
    SkipGramPlan plan = new SkipGramPlan(PLAN.skipGram(), 6, 3, 0, 1, PLAN.kernel(), PLAN.table());
    train(
        RunContext.of(spark),
        corpus,
        plan,
        BROADCAST,
        report -> reports.add((SkipGramReport) report));
    SkipGramReport last = reports.get(reports.size() - 1);
    assertTrue(last.loss() < reports.get(0).loss() - 0.2, reports.toString());
    assertEquals(last.trained().totalTokens(), last.trained().doneTokens());
  }

  @Test
  void resumedRun_equalsUnbrokenRun_withBothRowSources(@TempDir Path checkpoints) {
    SparkSession spark = LocalSpark.session();
    String expected = train(spark, corpus, PLAN, BROADCAST);
    for (RowPlacement placement : List.of(BROADCAST, PARTITIONED)) {
      String folder = "" + checkpoints.resolve("" + placement.broadcast());
      assertThrows(
          IllegalStateException.class,
          () ->
              train(
                  saving(spark, folder, false),
                  corpus,
                  PLAN,
                  placement,
                  SkipGramTrainingSparkTest::breakOff));
      List<String> resumed = new ArrayList<>();
      assertEquals(
          expected,
          train(
              saving(spark, folder, true),
              corpus,
              PLAN,
              placement,
              report -> resumed.add(report.place())));
      assertTrue(resumed.get(0).startsWith("epoch 2"), resumed.toString());
    }
  }

  @Test
  void stoppedRun_saves_andGoesOnToTheSameBytes_withBothRowSources(@TempDir Path checkpoints) {
    SparkSession spark = LocalSpark.session();
    String expected = train(spark, corpus, PLAN, BROADCAST);
    for (RowPlacement placement : List.of(BROADCAST, PARTITIONED)) {
      String folder = "" + checkpoints.resolve("" + placement.broadcast());
      RunContext first = saving(spark, folder, false);
      List<String> before = new ArrayList<>();
      String said =
          assertThrows(
                  Stopped.class,
                  () ->
                      train(
                          first,
                          corpus,
                          PLAN,
                          placement,
                          report -> {
                            before.add(report.place());
                            if (before.size() == 3) {
                              first.stop().request();
                            }
                          }))
              .getMessage();
      assertEquals("stopped after round 3; go on from round 3 with --resume", said);
      List<String> after = new ArrayList<>();
      assertEquals(
          expected,
          train(
              saving(spark, folder, true),
              corpus,
              PLAN,
              placement,
              report -> after.add(report.place())));
      assertNotEquals(before.get(2), after.get(0));
    }
  }

  @Test
  void damagedCheckpoint_isNamed_andTheOneBeforeTaken(@TempDir Path checkpoints)
      throws IOException {
    SparkSession spark = LocalSpark.session();
    String folder = checkpoints.toString();
    String expected = train(saving(spark, folder, false), corpus, PLAN, BROADCAST, report -> {});
    List<Path> all;
    try (Stream<Path> files = Files.list(checkpoints)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    assertEquals(2, all.size());
    Files.writeString(all.get(0).resolve("blocks").resolve("part-r-00000"), "damaged");
    List<String> said = new ArrayList<>();
    EmbeddingListener listener =
        new EmbeddingListener() {
          @Override
          public void reported(EmbeddingReport report) {}

          @Override
          public void said(String sentence) {
            said.add(sentence);
          }
        };
    assertEquals(expected, train(saving(spark, folder, true), corpus, PLAN, BROADCAST, listener));
    String name = all.get(0).getFileName().toString();
    assertTrue(said.get(0).contains(name + " is damaged: "), said.toString());
    assertTrue(said.get(1).contains(all.get(1).getFileName().toString()), said.toString());
  }

  @Test
  void checkpoint_ofAnotherRun_isRefused(@TempDir Path checkpoints) {
    SparkSession spark = LocalSpark.session();
    String folder = checkpoints.toString();
    train(saving(spark, folder, false), corpus, PLAN, BROADCAST, report -> {});
    RunContext other = saving(spark, folder, Map.of("seed", "8"), true);
    String refused =
        assertThrows(
                IllegalArgumentException.class,
                () -> train(other, corpus, PLAN, BROADCAST, report -> {}))
            .getMessage();
    assertTrue(refused.contains("seed was 7 and is 8"), refused);
    RunContext anew = saving(spark, folder, false);
    String inUse =
        assertThrows(
                IllegalArgumentException.class,
                () -> train(anew, corpus, PLAN, BROADCAST, report -> {}))
            .getMessage();
    assertTrue(inUse.contains("go on with --resume, or choose another --output"), inUse);
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

  private static void breakOff(EmbeddingReport report) {
    if (report.place().equals("epoch 2  round 3")) {
      throw new IllegalStateException("broken off");
    }
  }
}
