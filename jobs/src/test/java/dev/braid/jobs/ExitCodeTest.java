package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.Check;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExitCodeTest {
  private static Exception thrownBy(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      return e;
    }
    throw new AssertionError("nothing was thrown");
  }

  @Test
  void of_whatBraidRefuses_isWrongSettings() {
    assertEquals(2, ExitCode.of(thrownBy(() -> Check.require(false, "workers is %d", 0))));
    assertEquals(
        2, ExitCode.of(new IllegalArgumentException("damaged", new ZipException("no end"))));
  }

  @Test
  void of_whatALibraryComplainsOf_isAFailedRun() {
    assertEquals(1, ExitCode.of(thrownBy(() -> assertEquals(1, Integer.parseInt("x")))));
    assertEquals(1, ExitCode.of(new IllegalStateException("a round failed")));
  }

  static Stream<IOException> troubles() {
    return Stream.of(
        new ConnectException("refused"),
        new UnknownHostException("nowhere"),
        new AccessControlException("not yours"),
        new FileNotFoundException("vanished"));
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void of_anEnvironmentThatFails_isAFailedRun(IOException trouble) {
    Exception e = new IllegalArgumentException("data.train cannot be read", trouble);
    assertEquals(1, ExitCode.of(e));
    assertEquals(1, ExitCode.of(new IllegalArgumentException("job.yaml: data", e)));
  }

  @Test
  void train_onAFileSystemThatIsDown_fails(@TempDir Path folder) throws IOException {
    Path job = Tables.write(folder, Tables.JOB);
    String setting = "data.train.csv.path=hdfs://localhost:1/train.csv";
    System.setProperty("spark.hadoop.ipc.client.connect.max.retries", "0");
    try {
      CommandLineRun run = CommandLineRun.braid("train", job + "", "--set", setting);
      assertEquals(1, run.exitCode(), run.err());
      assertTrue(run.err().contains("hdfs://localhost:1"), run.err());
    } finally {
      System.clearProperty("spark.hadoop.ipc.client.connect.max.retries");
    }
  }
}
