package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the jar without DL4J has on its classpath is enough for all but DL4J. */
class WithoutDl4jIT {
  @TempDir private Path folder;

  /** Several commands in one JVM, so that it starts but once. */
  static final class Commands {
    private Commands() {}

    public static void main(String[] arguments) {
      String job = arguments[0];
      String run = arguments[1];
      LeanJvm.braid("train", job, "--master", "local[2]", "--output", run);
      LeanJvm.braid("evaluate", run + "/model.zip", job, "--master", "local[2]");
      LeanJvm.braid("describe", run + "/model.zip");
      LeanJvm.braid("doctor", "--master", "local[2]", "--output", run);
      LeanJvm.braid("train", job, "--set", "engine=dl4j");
      LeanJvm.braid("train", job, "--set", "network={zoo: LeNet}");
      LeanJvm.braid("train", job, "--set", "network={dl4j: x.zip}");
      LeanJvm.braid("convert", run + "/model.zip", "--to", "dl4j", "--output", run + "/dl4j.zip");
      System.exit(0);
    }
  }

  @Test
  void allJobs_work_butThoseOfDl4jAreRefused() throws IOException, InterruptedException {
    Path job = Tables.write(folder, Tables.JOB);
    String said =
        LeanJvm.run(
            List.of("org.deeplearning4j", "org.nd4j", "org.datavec"),
            Commands.class,
            folder,
            "" + job,
            "" + folder.resolve("run"));
    assertTrue(said.contains("train 0\n"), said);
    assertTrue(said.contains("evaluate 0\n"), said);
    assertTrue(said.contains("describe 0\n"), said);
    assertTrue(said.contains("doctor 0\n") && !said.contains("ND4J"), said);
    for (String what : List.of("network.dl4j", "network.zoo", "a file for DL4J")) {
      assertTrue(said.contains(what + " needs DL4J, which this build of Braid is without"), said);
    }
    assertEquals(3, said.split("train 2\n", -1).length - 1, said);
    assertEquals(1, said.split("convert 2\n", -1).length - 1, said);
  }
}
