package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.cluster.RoundModel;
import dev.braid.driver.cluster.RoundModel.Measured;
import dev.braid.jobs.cluster.Forecast;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code braid plan} advises, given what it has measured. */
class PlanAdviceTest {
  /** A perceptron on two executors: steps of 1.3 ms, 20 ms beyond them. */
  private static final RoundModel PERCEPTRON = model(0.0013, 0.0014);

  /** A LeNet there: steps of 23 ms. */
  private static final RoundModel LENET = model(0.0230, 0.0236);

  @TempDir private static Path folder;

  /** Of rounds with 10 local steps that take 16 ms and 2 ms a worker beyond their steps. */
  private static RoundModel model(double alone, double together) {
    return RoundModel.of(
        new Measured(1, 2, 10, alone, 0.018 + 10 * alone),
        new Measured(2, 2, 10, together, 0.020 + 10 * together));
  }

  @BeforeAll
  static void writeData() throws IOException {
    Tables.write(folder, Tables.JOB);
  }

  private static String said(RoundModel model, int localSteps) {
    SettingsFile file =
        SettingsFile.read(folder.resolve("job.yaml"), List.of("training.localSteps=" + localSteps));
    JobFile job = file.as(JobFile.class);
    SparkConf conf = new SparkConf().setMaster("local-cluster[2,1,1024]");
    return Forecast.of(Preparation.check(file, job, Session.hadoop()), job, conf, "job")
        .rounds(model, 2);
  }

  @Test
  void perceptron_averagedAfterEachStep_belongsOnOneMachine() {
    String said = said(PERCEPTRON, 1);
    // 2 x 1.3 ms of work in a round of 21.4 ms
    assertTrue(said.contains("0.12x"), said);
    assertTrue(said.contains("one machine is faster, use local mode: ./braid train job"), said);
    // 20 ms are a fifth of 100 ms; 80 ms are 57.1 steps of 1.4 ms
    assertTrue(said.contains("--set training.localSteps=58 makes it 1.49 x one core"), said);
  }

  @Test
  void lenet_averagedEveryTenSteps_gainsFromASecondExecutor() {
    String said = said(LENET, 10);
    // 2 x 230 ms of work in a round of 256 ms
    assertTrue(said.contains("1.80x"), said);
    assertFalse(said.contains("one machine is faster"), said);
    assertEquals(1, said.lines().filter(line -> line.startsWith("advice")).count(), said);
    assertTrue(said.contains("--set training.workers=2, as many as cores"), said);
  }

  @Test
  void moreExecutors_areForetold_upTo64() {
    String said = said(LENET, 10);
    // 64 workers: 16 ms + 64 x 2 ms + 236 ms, and 64 x 230 ms of work
    assertTrue(said.matches("(?s).*\\n +64 +64 +380\\.0 .* 38\\.74x\\n.*"), said);
  }
}
