package dev.braid.jobs;

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

/** Commands in a JVM of their own that has less on its classpath, as a jar of a lean build has. */
final class LeanJvm {
  private static final int MINUTES = 5;

  private LeanJvm() {}

  /**
   * What a program of the tests says.
   *
   * @param absent groups of libraries that it is without
   * @param program runs several commands, so that the JVM starts but once
   * @param folder for its output
   */
  static String run(List<String> absent, Class<?> program, Path folder, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add") || flag.startsWith("-Djdk"))
        .forEach(command::add);
    command.addAll(List.of("-cp", without(absent), program.getName()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
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

  private static String without(List<String> absent) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> absent.stream().noneMatch(group -> isOf(group, entry)))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean isOf(String group, String entry) {
    return entry.replace('\\', '/').contains("/" + group.replace('.', '/') + "/");
  }

  /** Runs a command and prints its name, exit code and what it says. */
  static void braid(String... arguments) {
    CommandLineRun run = CommandLineRun.braid(arguments);
    System.out.println(arguments[0] + " " + run.exitCode() + "\n" + run.out() + run.err());
  }
}
