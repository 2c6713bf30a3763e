package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanSparkTest {
  @TempDir private static Path folder;
  private static String job;

  @BeforeAll
  static void writeJob() throws IOException {
    job = Tables.write(folder, Tables.JOB).toString();
  }

  @Test
  void aSmallNet_averagedAfterEachStep_isBetterOffOnOneMachine() {
    CommandLineRun run =
        CommandLineRun.braid("plan", job, "--master", "local[2]", "--set", "training.localSteps=1");
    assertEquals(0, run.exitCode(), run.err());
    String said = run.out();
    assertTrue(said.contains("parameters 50, a state of 1 MiB"), said);
    assertTrue(
        said.contains("one machine is faster, use local mode: ./braid train job.yaml"), said);
    for (int executors : new int[] {1, 2, 4, 8, 16, 32, 64}) {
      String row = "(?s).*\\n +" + executors + " +" + 2 * executors + " .*x\\n.*";
      assertTrue(said.matches(row), executors + " executors in\n" + said);
    }
  }

  @Test
  void whatCannotFit_isRefused_beforeSparkStarts_withTheLines() {
    String wide = "network.layers.0.dense.units=100000000";
    for (String command : new String[] {"plan", "train"}) {
      CommandLineRun run =
          CommandLineRun.braid(
              command,
              job,
              "--master",
              "yarn",
              "--conf",
              "spark.executor.memory=1g",
              "--set",
              wide);
      assertEquals(2, run.exitCode(), run.out() + run.err());
      String said = run.out() + run.err();
      assertTrue(said.contains("--conf spark.executor.memory="), said);
      assertTrue(said.contains("--conf spark.executor.memoryOverhead="), said);
      assertTrue(said.contains("--conf spark.driver.memory="), said);
    }
  }
}
