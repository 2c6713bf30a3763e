package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.session.StopOnSignal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that ends itself has no training to wait for. */
class StopOnSignalIT {
  /** Well below the ten minutes that a training is given to write its checkpoint. */
  private static final int MINUTES = 3;

  @TempDir private Path folder;

  /** Ends as Spark ends a process whose master is gone: before a training, or in its midst. */
  static final class SelfEnding {
    private SelfEnding() {}

    public static void main(String[] arguments) {
      StopOnSignal signal =
          new StopOnSignal(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
      if (arguments[0].equals("before")) {
        System.exit(3);
      }
      signal.sayWhenStopped(
          () -> {
            System.exit(3);
            return null;
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "within"})
  void aProcessThatEndsItself_isNotKept(String moment) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElse("java"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    SelfEnding.class.getName(),
                    moment))
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    process.destroyForcibly();
    assertTrue(ended, () -> "the process still waits: " + out);
    assertEquals(3, process.exitValue(), Files.readString(out));
  }
}
