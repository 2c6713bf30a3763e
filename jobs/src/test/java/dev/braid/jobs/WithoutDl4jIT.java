package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the jar without DL4J has on its classpath is enough for all but DL4J. */
class WithoutDl4jIT {
  private static final int MINUTES = 5;

  @TempDir private Path folder;

  /** Several commands in one JVM, so that it starts but once. */
  static final class Commands {
    private Commands() {}

    public static void main(String[] arguments) {
      String job = arguments[0];
      String run = arguments[1];
      braid("train", job, "--master", "local[2]", "--output", run);
      braid("evaluate", run + "/model.zip", job, "--master", "local[2]");
      braid("describe", run + "/model.zip");
      braid("doctor", "--master", "local[2]", "--output", run);
      braid("train", job, "--set", "engine=dl4j");
      braid("train", job, "--set", "network={zoo: LeNet}");
      braid("train", job, "--set", "network={dl4j: x.zip}");
      braid("convert", run + "/model.zip", "--to", "dl4j", "--output", run + "/dl4j.zip");
      System.exit(0);
    }

    private static void braid(String... arguments) {
      CommandLineRun run = CommandLineRun.braid(arguments);
      System.out.println(arguments[0] + " " + run.exitCode() + "\n" + run.out() + run.err());
    }
  }

  @Test
  void allJobs_work_butThoseOfDl4jAreRefused() throws IOException, InterruptedException {
    Path job = Tables.write(folder, Tables.JOB);
    String said = commands(job, folder.resolve("run"));
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

  private static String commands(Path job, Path run) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add") || flag.startsWith("-Djdk"))
        .forEach(command::add);
    command.addAll(List.of("-cp", withoutDl4j(), Commands.class.getName()));
    command.addAll(List.of(job.toString(), run.toString()));
    Path out = run.resolveSibling("out");
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(out.toFile())
            .start();
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    process.destroyForcibly();
    String said = Files.readString(out);
    assertTrue(ended, said);
    return said;
  }

  private static String withoutDl4j() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(
            entry -> !entry.matches(".*[/\\\\]org[/\\\\](deeplearning4j|nd4j|datavec)[/\\\\].*"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
