package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as a person calls it: processes of its own, also for executors. */
class LauncherClusterIT {
  private static final int MINUTES = 5;

  @TempDir private static Path folder;
  private static Path job;

  @BeforeAll
  static void writeJob() throws IOException {
    job = Tables.write(folder, Tables.JOB);
  }

  @Test
  void train_onTwoExecutors_givesTheBitsOfOneProcess() throws Exception {
    CommandLineRun embedded = launch("train", "" + job, "--output", "" + folder.resolve("one"));
    assertEquals(0, embedded.exitCode(), embedded.err());
    assertEquals("", embedded.err());
    assertTrue(embedded.out().contains("on local[*]"), embedded.out());
    CommandLineRun cluster =
        launch(
            "train",
            "" + job,
            "--master",
            "local-cluster[2,1,1024]",
            "--output",
            "" + folder.resolve("two"));
    assertEquals(0, cluster.exitCode(), cluster.err());
    assertEquals(sha256("one"), sha256("two"));
  }

  @Test
  void train_withAMistake_endsWithTwo() throws Exception {
    CommandLineRun run = launch("train", "" + job, "--set", "training.workers=0");
    assertEquals(2, run.exitCode());
    assertEquals(
        "braid: " + job + ": training (line 17): workers must be at least 1, got 0\n", run.err());
  }

  @Test
  void braid_unknownProfile_namesTheKnown() throws Exception {
    CommandLineRun run = launch("train", "" + job, "--cluster", "mars");
    assertEquals(2, run.exitCode());
    assertTrue(
        run.err().startsWith("braid: no cluster profile 'mars'; there are: kubernetes local "));
  }

  @Test
  void braid_help_namesTheJobs() throws Exception {
    CommandLineRun run = launch("--help");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("train"), run.out());
  }

  @Test
  void braid_onAJavaThatSparkDoesNotKnow_saysWhichItDoes() throws Exception {
    Path java = Files.createDirectories(folder.resolve("jdk-25/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nexit 1\n");
    assertTrue(java.toFile().setExecutable(true));
    Files.writeString(folder.resolve("jdk-25/release"), "JAVA_VERSION=\"25.0.1\"\n");
    CommandLineRun run =
        launch(Map.of("JAVA_HOME", folder.resolve("jdk-25") + ""), List.of("doctor"));
    assertEquals(1, run.exitCode());
    assertEquals(
        "braid: Spark 3.5 does not run on Java 25, which "
            + java
            + " is; set JAVA_HOME to a JDK 17 or 21\n",
        run.err());
  }

  private static String sha256(String run) throws IOException {
    return new JsonMapper()
        .readTree(folder.resolve(run).resolve("summary.json").toFile())
        .get("modelSha256")
        .asText();
  }

  private static CommandLineRun launch(String... arguments) throws Exception {
    return launch(Map.of(), List.of(arguments));
  }

  private static CommandLineRun launch(Map<String, String> environment, List<String> arguments)
      throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    List<String> command =
        Stream.concat(Stream.of(Checkout.root().resolve("braid").toString()), arguments.stream())
            .toList();
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("SPARK_HOME");
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError(command + " has not ended after " + MINUTES + " minutes");
    }
    return new CommandLineRun(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
