package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.Check;
import dev.braid.worker.WrongSettings;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    assertEquals(2, ExitCode.of(new WrongSettings("damaged", new ZipException("no end"))));
  }

  @Test
  void of_whatALibraryComplainsOf_isAFailedRun() {
    assertEquals(1, ExitCode.of(thrownBy(() -> assertEquals(1, Integer.parseInt("x")))));
    assertEquals(1, ExitCode.of(new IllegalArgumentException("an argument of our own making")));
    assertEquals(1, ExitCode.of(new IllegalStateException("a round failed")));
  }

  @Test
  void check_thatFailsByAFaultOfOurs_isAFailedRun_withItsCause() {
    SettingsFile file = SettingsFile.of("job.yaml", "seed: 1", List.of());
    Exception fault = thrownBy(() -> file.check(() -> Integer.parseInt("seven")));
    assertEquals(NumberFormatException.class, fault.getClass());
    assertEquals(1, ExitCode.of(fault));
    Exception refusal =
        thrownBy(
            () ->
                file.check(
                    () -> {
                      Check.require(false, "seed is odd");
                      return 0;
                    }));
    assertEquals("job.yaml: seed is odd", refusal.getMessage());
    assertEquals(2, ExitCode.of(refusal));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--set=data.train.csv.path=a:b", "--set=model=a:b", "--output=a:b", "--output="})
  void train_withAPathThatIsNone_isWrongSettings(String option, @TempDir Path folder)
      throws IOException {
    String text = Tables.JOB;
    if (option.contains("model")) {
      text = text.replaceAll("(?s)network:.*training:", "training:");
    }
    Path job = Tables.write(folder, text);
    CommandLineRun run = CommandLineRun.braid("train", "" + job, option);
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains("is no path: write FOLDER/FILE"), run.err());
  }

  /** A record that does sums on its settings. */
  record Parsing(String number) {
    Parsing {
      Integer.parseInt(number);
    }
  }

  @Test
  void settings_whoseRecordFailsByAFaultOfOurs_areAFailedRun_withItsCause() {
    SettingsFile file = SettingsFile.of("job.yaml", "number: seven", List.of());
    Exception fault = thrownBy(() -> file.as(Parsing.class));
    assertEquals(1, ExitCode.of(fault));
    assertTrue(fault.getMessage().contains("NumberFormatException: For input string: \"seven\""));
  }

  /** The classpath of these tests, but for ONNX Runtime, which not every classpath has. */
  private static final class WithoutOnnx extends URLClassLoader {
    WithoutOnnx() {
      super(
          Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
              .map(entry -> url(Path.of(entry)))
              .toArray(URL[]::new),
          ClassLoader.getPlatformClassLoader());
    }

    private static URL url(Path entry) {
      try {
        return entry.toUri().toURL();
      } catch (MalformedURLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("ai.onnxruntime.")) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }
  }

  @Test
  void infer_whereAClassIsMissing_failsAndNamesIt(@TempDir Path folder) throws Exception {
    Path models =
        Checkout.root().resolve("worker/src/test/resources/dev/braid/worker/onnx/onnx-models.zip");
    try (ZipFile zip = new ZipFile(models.toFile())) {
      Files.copy(zip.getInputStream(zip.getEntry("float.onnx")), folder.resolve("float.onnx"));
    }
    Files.writeString(folder.resolve("rows.csv"), "a,b,c,d\n1,2,3,4\n");
    Path job =
        Files.writeString(
            folder.resolve("infer.yaml"),
            "model: FOLDER/float.onnx\ninput: {csv: {path: FOLDER/rows.csv}}\n"
                .replace("FOLDER", "" + folder));
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (WithoutOnnx classes = new WithoutOnnx()) {
      Thread.currentThread().setContextClassLoader(classes);
      Class<?> there = classes.loadClass(CommandLineRun.class.getName());
      String[] arguments = {"infer", "" + job, "--output", "" + folder.resolve("scored")};
      Object run = there.getMethod("braid", String[].class).invoke(null, (Object) arguments);
      String err = (String) there.getMethod("err").invoke(run);
      assertEquals(1, there.getMethod("exitCode").invoke(run), err);
      assertTrue(err.startsWith("braid: a class or a native library is missing"), err);
      assertTrue(err.contains("ai/onnxruntime/"), err);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
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
    Exception e = new WrongSettings("data.train cannot be read", trouble);
    assertEquals(1, ExitCode.of(e));
    assertEquals(1, ExitCode.of(new WrongSettings("job.yaml: data", e)));
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
