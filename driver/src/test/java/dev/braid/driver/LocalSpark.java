package dev.braid.driver;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;

/** The Spark that tests share: {@code local[2]}, started by the first who asks. */
public final class LocalSpark {
  private LocalSpark() {}

  /** The shared session; whoever uses it leaves nothing cached behind and does not stop it. */
  public static SparkSession session() {
    return start("local[2]", Map.of());
  }

  /** A result from another master: the shared session gives way and comes back when asked for. */
  public static <T> T on(String master, Function<SparkSession, T> work) {
    return on(master, Map.of(), work);
  }

  /**
   * A result from another master with settings of its own. {@code local-cluster[n,cores,MB]} and
   * {@code spark://} have executors in JVMs of their own, with this JVM's classpath.
   */
  public static <T> T on(
      String master, Map<String, String> settings, Function<SparkSession, T> work) {
    session().stop();
    try (SparkSession session = start(master, settings)) {
      return work.apply(session);
    }
  }

  private static SparkSession start(String master, Map<String, String> settings) {
    SparkSession.Builder builder =
        SparkSession.builder()
            .master(master)
            .appName("tests")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 2);
    if (!master.startsWith("local[")) {
      prepareSparkHome();
      builder.config("spark.executor.extraClassPath", classPath());
    }
    settings.forEach(builder::config);
    return builder.getOrCreate();
  }

  /** Absolute: executors run in folders of their own. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Spark looks for jars of its own in SPARK_HOME, which the build sets; the classpath has all. */
  private static void prepareSparkHome() {
    try {
      Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
