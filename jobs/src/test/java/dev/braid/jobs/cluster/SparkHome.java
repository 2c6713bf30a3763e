package dev.braid.jobs.cluster;

import dev.braid.jobs.Checkout;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Spark as one is installed: a folder of its jars and nothing of Braid's, from which processes
 * are started that submit the one jar.
 */
final class SparkHome {
  private static final int MINUTES = 9;

  /** Libraries that Spark brings and Braid names, too: they are Spark's. */
  private static final Set<String> SHARED =
      Set.of("jackson-core", "jackson-databind", "jackson-annotations", "commons-io");

  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();

  /**
   * What a process has come to.
   *
   * @param log stdout and stderr
   */
  record Ended(int exitCode, String log) {}

  private SparkHome(Path folder) {
    this.folder = folder;
    environment.put("SPARK_HOME", folder.toString());
    environment.put("SPARK_SCALA_VERSION", "2.12");
    environment.put("SPARK_LOCAL_IP", "127.0.0.1");
  }

  /** Makes one of links to the jars this JVM runs on. */
  static SparkHome in(Path folder) throws IOException {
    Path jars = Files.createDirectories(folder.resolve("jars"));
    Set<String> braids =
        Stream.of(
                Files.readString(root().resolve("jobs/target/classpath/application"))
                    .split(":", -1))
            .map(jar -> Path.of(jar).getFileName().toString())
            .collect(Collectors.toSet());
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path jar = Path.of(entry);
      String name = jar.getFileName().toString();
      boolean shared = SHARED.contains(name.replaceFirst("-[0-9][0-9.]*\\.jar$", ""));
      if (name.endsWith(".jar") && !isTool(name) && (shared || !braids.contains(name))) {
        Files.createSymbolicLink(jars.resolve(name), jar.toAbsolutePath());
      }
    }
    return new SparkHome(folder);
  }

  private static boolean isTool(String name) {
    return name.matches(
        "(junit|archunit|opentest4j|apiguardian|jmh|jopt|bcp|surefire|braid|hadoop-client-minicluster).*");
  }

  /** The root of the repository. */
  static Path root() {
    return Checkout.root();
  }

  /** The one jar. */
  static Path jar() throws IOException {
    try (Stream<Path> files = Files.list(root().resolve("jobs/target"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("braid-[0-9].*\\.jar"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no jar of Braid in jobs/target; mvn package"));
    }
  }

  Path folder() {
    return folder;
  }

  /** A variable of the processes that are started from now on. */
  SparkHome with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Starts one of Spark's daemons, with the flags its own scripts give. */
  Process start(Path log, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(java(List.of(command)));
    builder.environment().putAll(environment);
    return builder
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /**
   * Submits a job as {@code spark-submit --properties-file conf/spark-defaults.conf} does.
   *
   * @param options of spark-submit
   * @param application the jar, and what it is called with
   */
  Ended submit(List<String> options, List<String> application) throws Exception {
    List<String> command = new ArrayList<>();
    command.add("org.apache.spark.deploy.SparkSubmit");
    command.addAll(List.of("--class", "dev.braid.jobs.Braid", "--properties-file"));
    command.add(root().resolve("conf/spark-defaults.conf").toString());
    command.addAll(options);
    command.addAll(application);
    Path log = Files.createTempFile(folder, "submit", ".log");
    Process process = start(log, command.toArray(String[]::new));
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError(
          command + " has not ended after " + MINUTES + " minutes:\n" + Files.readString(log));
    }
    return new Ended(process.exitValue(), Files.readString(log));
  }

  /** A JVM with the flags that the project's own settings give to drivers. */
  private List<String> java(List<String> command) throws IOException {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(List.of(defaults().getProperty("spark.driver.extraJavaOptions").split(" ", -1)));
    java.add("-Xmx1g");
    String hadoop = environment.getOrDefault("HADOOP_CONF_DIR", "");
    java.addAll(List.of("-cp", hadoop + File.pathSeparator + folder.resolve("jars") + "/*"));
    java.addAll(command);
    return java;
  }

  /** conf/spark-defaults.conf, read as Spark reads it. */
  static Properties defaults() throws IOException {
    return properties(root().resolve("conf/spark-defaults.conf"));
  }

  static Properties properties(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(in);
    }
    return properties;
  }
}
