package dev.braid.jobs.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.cluster.SparkHome.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one jar, submitted to two executors of a Spark that has its own jars and habits. */
@Tag("clusters")
class SubmittedJarIT {
  private static final long MAX_BYTES = 400_000_000;

  @TempDir private static Path folder;
  private static SparkHome home;

  @BeforeAll
  static void install() throws IOException {
    home = SparkHome.in(folder.resolve("spark"));
  }

  @Test
  void jar_bringsNothingInOthersPackages_andItsLicences() throws IOException {
    assertTrue(Files.size(SparkHome.jar()) < MAX_BYTES, "bytes: " + Files.size(SparkHome.jar()));
    try (ZipFile jar = new ZipFile(SparkHome.jar().toFile())) {
      List<String> names =
          jar.stream()
              .filter(entry -> !entry.isDirectory())
              .map(Object::toString)
              .filter(name -> !name.contains("/TaskContextHelper")) // dl4j-spark's own
              .toList();
      for (String foreign :
          List.of(
              "com/fasterxml/",
              "org/yaml/",
              "picocli/",
              "com/google/common/",
              "com/google/gson/",
              "io/netty/",
              "org/apache/commons/io/",
              "org/apache/spark/",
              "org/apache/hadoop/",
              "scala/",
              "org/slf4j/")) {
        assertEquals(
            List.of(), names.stream().filter(n -> n.startsWith(foreign)).limit(3).toList());
      }
      assertTrue(names.contains("META-INF/LICENSE"));
      assertTrue(names.contains("META-INF/NOTICE"));
      assertTrue(names.contains("META-INF/licenses/README.md"));
      String backends = "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";
      String services =
          new String(jar.getInputStream(jar.getEntry(backends)).readAllBytes(), UTF_8);
      assertTrue(services.contains("dev.braid.worker.dl4j.nd4j.CpuBackend"), services);
    }
  }

  @Test
  void otherGuavaJacksonAndNetty_onTheExecutors_changeNothing() throws Exception {
    Path other = SparkHome.root().resolve("jobs/target/other");
    String first;
    try (Stream<Path> jars = Files.list(other)) {
      first =
          jars.filter(jar -> jar.getFileName().toString().matches("(guava|jackson|netty).*"))
              .map(Path::toString)
              .sorted()
              .collect(Collectors.joining(":"));
    }
    assertTrue(first.contains("guava") && first.contains("jackson") && first.contains("netty"));
    String output = folder.resolve("other").toString();
    run(
        List.of(
            "--master",
            "local-cluster[2,1,1024]",
            "--conf",
            "spark.executor.extraClassPath=" + first),
        fashion(output));
    assertEquals(FashionJob.expected(home), FashionJob.sha256(output, new Configuration()));
  }

  @Test
  void allJobs_work_withAuthenticationAndEncryption() throws Exception {
    String output = folder.resolve("secured").toString();
    run(secured(), fashion(output));
    assertEquals(FashionJob.expected(home), FashionJob.sha256(output, new Configuration()));

    List<String> scoring =
        new ArrayList<>(List.of(SparkHome.jar().toString(), "evaluate", output + "/model.zip"));
    List<String> training = fashion(output);
    scoring.add(FashionJob.file().toString());
    scoring.addAll(training.subList(training.indexOf("--set"), training.size()));
    Ended scored = run(secured(), scoring);
    assertTrue(scored.log().contains("accuracy"), scored.log());

    run(secured(), inference(output, "scored"));
    run(List.of("--master", "local[2]"), inference(output, "scored-local"));
    assertEquals(2000, rows("scored").size());
    assertEquals(rows("scored-local"), rows("scored"));

    run(secured(), embedding(folder.resolve("vectors").toString()));
    run(List.of("--master", "local[2]"), embedding(folder.resolve("vectors-local").toString()));
    assertEquals(vectors("vectors-local"), vectors("vectors"));
  }

  /** Submits the jar, which must succeed. */
  private static Ended run(List<String> options, List<String> command) throws Exception {
    Ended run = home.submit(options, command);
    assertEquals(0, run.exitCode(), () -> run.log() + Logs.under(home.folder()));
    return run;
  }

  private static List<String> fashion(String output) throws IOException {
    return FashionJob.command(
        SparkHome.jar().toString(),
        FashionJob.file().toString(),
        FashionJob.samples().toString(),
        output);
  }

  /** The settings of conf/cluster/secured.conf, and a secret. */
  private static List<String> secured() throws IOException {
    Properties profile =
        SparkHome.properties(SparkHome.root().resolve("conf/cluster/secured.conf"));
    assertEquals("true", profile.get("spark.network.crypto.enabled"));
    List<String> options = new ArrayList<>(List.of("--master", "local-cluster[2,1,1024]"));
    profile.remove("spark.master");
    profile.setProperty("spark.authenticate.secret", "known to this test alone");
    for (String key : profile.stringPropertyNames()) {
      options.addAll(List.of("--conf", key + "=" + profile.getProperty(key)));
    }
    return options;
  }

  private static List<String> embedding(String output) throws IOException {
    Path corpus = folder.resolve("corpus.txt");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      text.append("the quick brown fox ").append(i % 7).append(" jumps over lazy dogs ");
      text.append(i % 11).append(i % 50 == 49 ? "\n" : " ");
    }
    Files.writeString(corpus, text);
    Path job =
        Files.writeString(
            folder.resolve("embed.yaml"),
            """
            corpus: {path: %s, minCount: 1}
            skipGram: {dimension: 16}
            training: {epochs: 2, workers: 2}
            output: {formats: [word2vec_text]}
            seed: 1
            """
                .formatted(corpus));
    return List.of(SparkHome.jar().toString(), "embed", job.toString(), "--output", output);
  }

  /** Scores the test images with a model. */
  private static List<String> inference(String model, String output) throws IOException {
    Path job =
        Files.writeString(
            folder.resolve("infer.yaml"),
            """
            model: %s
            input: {idx: {images: %s}}
            keep: [_row]
            output: {format: csv, probabilities: all}
            batchSize: 100
            """
                .formatted(model, FashionJob.samples().resolve("t10k-images-idx3-ubyte.gz")));
    return List.of(
        SparkHome.jar().toString(),
        "infer",
        job.toString(),
        "--output",
        folder.resolve(output).toString());
  }

  /** The rows an inference has written, without the columns' names, sorted. */
  private static List<String> rows(String output) throws IOException {
    List<String> rows = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder.resolve(output))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".csv")).toList()) {
        List<String> lines = Files.readAllLines(file);
        rows.addAll(lines.subList(1, lines.size()));
      }
    }
    return rows.stream().sorted().toList();
  }

  /** The vectors' file of an embedding. */
  private static String vectors(String output) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(output))) {
      Path text =
          files
              .filter(file -> file.getFileName().toString().endsWith(".txt"))
              .findFirst()
              .orElseThrow();
      return Files.readString(text);
    }
  }
}
