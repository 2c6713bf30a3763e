package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.inference.output.OutputSettings.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a trained model to predictions, by the command line. */
class InferSparkTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String INFER =
      """
      model: FOLDER/run
      input:
        csv: {path: FOLDER/test.csv, features: [x, y, z], label: kind}
      keep: [x, kind, _row]
      output: {format: csv}
      """;

  @TempDir private static Path folder;
  private static Path job;

  @BeforeAll
  static void train() throws IOException {
    Path training = Tables.write(folder, Tables.JOB);
    CommandLineRun run =
        CommandLineRun.braid(
            "train", "" + training, "--master", "local[2]", "--output", "" + folder.resolve("run"));
    assertEquals(0, run.exitCode(), run.err());
    job =
        Files.writeString(folder.resolve("infer.yaml"), INFER.replace("FOLDER", folder.toString()));
  }

  @Test
  void infer_scoresAndSummarises_asTheTrainingDid() throws IOException {
    Path output = folder.resolve("scored");
    CommandLineRun run =
        CommandLineRun.braid(
            "infer", "" + job, "--master", "local[2]", "--output", output.toString());
    assertEquals(0, run.exitCode(), run.err());
    JsonNode summary = JSON.readTree(output.resolve("summary.json").toFile());
    JsonNode training = JSON.readTree(folder.resolve("run/summary.json").toFile());
    assertEquals(80, summary.get("rows").asInt());
    assertEquals(0, summary.get("quarantined").asInt());
    assertEquals(training.get("modelSha256"), summary.get("modelSha256"));
    assertEquals(training.get("accuracy"), summary.get("accuracy"));
    assertTrue(run.out().contains("80 rows, 0 to the quarantine"), run.out());
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(output.resolve("predictions"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".csv")).sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    assertEquals("x,kind,_row,prediction,predictionIndex,probabilities,modelSha256", lines.get(0));
    assertTrue(lines.get(1).matches("[-0-9.]+,near,2,(near|far),[01],\"\\[.*\\]\",[0-9a-f]{64}"));
  }

  @Test
  void infer_ofOtherRowsThanTheTrainings_warnsWithNumbers() throws IOException {
    Path usual = folder.resolve("usual");
    CommandLineRun run = infer(usual);
    assertTrue(!run.out().contains("warning"), run.out());
    JsonNode drift = JSON.readTree(usual.resolve("summary.json").toFile()).get("drift");
    assertEquals(0, drift.get("warnings").size());
    assertTrue(drift.get("predictions").asDouble() < 0.1, drift::toString);

    StringBuilder moved = new StringBuilder("x,y,z,kind\n");
    for (String line : Files.readAllLines(folder.resolve("test.csv")).subList(1, 81)) {
      String[] fields = line.split(",", -1);
      moved.append(Float.parseFloat(fields[0]) + 3).append(',').append(fields[1]);
      moved.append(',').append(fields[2]).append(",far\n");
    }
    Path other = Files.writeString(folder.resolve("other.csv"), moved);
    Path unusual = folder.resolve("unusual");
    run = infer(unusual, "--set", "input.csv.path=" + other);
    drift = JSON.readTree(unusual.resolve("summary.json").toFile()).get("drift");
    assertEquals(2, drift.get("warnings").size(), drift::toString);
    assertTrue(drift.get("inputs").asDouble() > 4, drift::toString); // deviations of about 0.6
    assertTrue(drift.get("predictions").asDouble() > 0.3, drift::toString);
    assertTrue(run.out().contains("warning: the mean of input 1 was 0."), run.out());
    assertTrue(run.out().contains("warning: predictions moved by"), run.out());
  }

  @Test
  void infer_leavesAReport_withReasonsSamplesAndDrift() throws IOException {
    StringBuilder broken = new StringBuilder(Files.readString(folder.resolve("test.csv")));
    broken.append("1,2,x,near\n1,2,y7,near\n1,2\n");
    Path other = Files.writeString(folder.resolve("broken.csv"), broken);
    Path output = folder.resolve("reported");
    CommandLineRun run = infer(output, "--set", "input.csv.path=" + other);
    assertTrue(
        run.out()
            .contains(
                "2 rows were set apart like file:%s, row 82: column 'z' holds 'x'"
                    .formatted(other)),
        run.out());

    String page = Files.readString(output.resolve("report.html"));
    for (String part :
        List.of(
            "<b>3</b><span>set apart</span>",
            "<h2>What the rows were taken for</h2>",
            "<i class=\"c1\"></i>the training's",
            "<h2>How sure the model was</h2>",
            "<td class=\"number\">2</td><td>column '\u2026' holds '\u2026', which is not a number",
            "broken.csv, row 82: column 'z' holds 'x'",
            "<h2>Scores of 80 rows with labels</h2>",
            "<h2>Some rows</h2>")) {
      assertTrue(page.contains(part), part);
    }
  }

  /** Several tasks score them, each with a file of its own at first. */
  @ParameterizedTest
  @EnumSource(Format.class)
  void infer_ofManySmallFiles_leavesOneFileABatch_withItsRowsInOrder(Format format)
      throws IOException {
    Path inputs = Files.createDirectories(folder.resolve("inputs"));
    for (int i = 0; i < 24; i++) {
      Files.writeString(inputs.resolve("%02d.csv".formatted(i)), Tables.table(5, i));
    }
    Path output = folder.resolve("joined-" + format);
    infer(
        output,
        "--set=input.csv.path=" + inputs,
        "--set=keep=[_file, _row]",
        "--set=output.format=" + format.name().toLowerCase(Locale.ROOT));
    List<Path> parts;
    try (Stream<Path> files = Files.list(output.resolve("predictions/batch=0"))) {
      parts = files.filter(file -> file.getFileName().toString().startsWith("part-")).toList();
    }
    assertEquals(1, parts.size(), parts.toString());
    try (SparkSession spark = SparkSession.builder().master("local[1]").getOrCreate()) {
      var reader = spark.read().option("header", true).option("inferSchema", true);
      List<String> places =
          (switch (format) {
                case CSV -> reader.csv("" + parts.get(0));
                case JSON -> reader.json("" + parts.get(0));
                case PARQUET -> reader.parquet("" + parts.get(0));
              })
              .select("_file", "_row").collectAsList().stream()
                  .map(row -> row.getString(0).replaceFirst(".*/", "") + row.get(1))
                  .toList();
      assertEquals(120, places.size());
      assertEquals(places.stream().sorted().toList(), places);
    }
  }

  @Test
  void infer_withNothingNew_leavesTheLastSummary() throws IOException {
    Path output = folder.resolve("again");
    String[] incremental = {"--set=incremental=true", "--set=output.folder=" + output};
    infer(output, incremental);
    String summary = Files.readString(output.resolve("summary.json"));
    assertEquals(80, JSON.readTree(summary).get("rows").asInt());
    infer(output, incremental);
    assertEquals(summary, Files.readString(output.resolve("summary.json")));
  }

  private static CommandLineRun infer(Path output, String... more) {
    List<String> command = new ArrayList<>(List.of("infer", job.toString()));
    command.addAll(List.of("--master", "local[2]", "--output", output.toString()));
    command.addAll(List.of(more));
    CommandLineRun run = CommandLineRun.braid(command.toArray(String[]::new));
    assertEquals(0, run.exitCode(), run.err());
    return run;
  }

  @Test
  void infer_withMistakes_endsWithTwo() {
    assertSays("keep: there is no column 'kinds'; did you mean 'kind'?", "--set", "keep=[kinds]");
    assertSays(
        "input.csv.features: 1 columns are named, but the model was trained with 3: x, y, z",
        "--set",
        "input.csv.features=[x]");
    assertSays(
        "keep: there is no column 'kinds'",
        "--set",
        "output.probabilities=1",
        "--set",
        "keep=[kinds]");
    assertSays("probabilities must be all, none or", "--set", "output.probabilities=some");
    assertSays("output.folder is missing", "--set", "incremental=true");
    assertSays("unknown key 'keeps'", "--set", "keeps=[x]");
  }

  private static void assertSays(String words, String... changes) {
    List<String> command = new ArrayList<>(List.of("infer", job.toString()));
    command.addAll(List.of(changes));
    CommandLineRun run = CommandLineRun.braid(command.toArray(String[]::new));
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(words), run.err());
  }
}
