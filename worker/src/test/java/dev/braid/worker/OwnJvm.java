package dev.braid.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program of the tests in a JVM of its own: it may have other flags or natives, or crash. */
public final class OwnJvm {
  private OwnJvm() {}

  /** What it says, both streams; it must end with zero. */
  public static String run(List<String> flags, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    return run(
        List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
        flags,
        program,
        arguments);
  }

  /**
   * The same in another Java.
   *
   * @param java the words of the command that starts it
   */
  public static String run(
      List<String> java, List<String> flags, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    String classpath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>(java);
    command.addAll(flags);
    command.addAll(List.of("-cp", classpath, program.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
