package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.format.IdxStream;
import dev.braid.worker.random.SplitMix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Digit and "five or more" of MNIST's pictures by one network, half of the labels missing. */
class MultiTaskSparkTest {
  private static final String JOB =
      """
      data:
        train: {csv: {path: FOLDER/train.csv, INPUTS, OUTPUTS}}
        test: {csv: {path: FOLDER/test.csv, INPUTS, OUTPUTS}}
        validation: 0.1
        batchSize: 20
        normalise: scale
      network:
        layers:
          - dense: {name: trunk, units: 64, activation: relu}
          - output: {name: digit, from: trunk, loss: crossEntropy}
          - output: {name: high, from: trunk, loss: binaryCrossEntropy, weight: 0.5}
      training:
        workers: 2
        localSteps: 5
        epochs: 3
        optimizer: {adam: {learningRate: 0.003}}
      seed: 7
      """
          .replace("INPUTS", "inputs: {picture: {columns: 0..783}}")
          .replace("OUTPUTS", "outputs: {digit: {columns: digit}, high: {columns: high}}");

  private static final String TRANSFER =
      JOB.replace("  normalise: scale\n", "")
          .replaceAll("(?s)network:.*training:", "TRANSFER\ntraining:")
          .replace(
              "TRANSFER",
              """
              transfer:
                model: FOLDER/one
                head:
                  - output: {name: digit, from: trunk, loss: crossEntropy}
                  - output: {name: high, from: trunk, loss: binaryCrossEntropy}
                freeze: {upTo: trunk}
                features: {folder: FOLDER/features}\
              """);

  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    Path mnist = Checkout.shared("data/mnist");
    table(mnist, "train", 2000, 1);
    table(mnist, "t10k", 1000, 2);
    Files.move(folder.resolve("t10k.csv"), folder.resolve("test.csv"));
    CommandLineRun one = run("train", "one", JOB, "--master", "local[1]");
    assertEquals(0, one.exitCode(), one.err());
  }

  private static void table(Path mnist, String part, int size, long key) throws IOException {
    SplitMix random = SplitMix.stream(key);
    byte[] pixels = new byte[784];
    byte[] digit = new byte[1];
    List<String> lines = new ArrayList<>();
    StringBuilder header = new StringBuilder();
    for (int i = 0; i < 784; i++) {
      header.append('p').append(i).append(',');
    }
    lines.add(header + "digit,high");
    Path images = mnist.resolve(part + "-images-idx3-ubyte.gz");
    Path labels = mnist.resolve(part + "-labels-idx1-ubyte.gz");
    try (IdxStream image = new IdxStream(Files.newInputStream(images), "" + images);
        IdxStream label = new IdxStream(Files.newInputStream(labels), "" + labels)) {
      for (int i = 0; i < size; i++) {
        image.read(pixels);
        label.read(digit);
        StringBuilder line = new StringBuilder();
        for (byte pixel : pixels) {
          line.append(pixel & 0xFF).append(',');
        }
        line.append(random.nextInt(2) == 0 ? "" : String.valueOf(digit[0])).append(',');
        line.append(random.nextInt(2) == 0 ? "" : digit[0] >= 5 ? "yes" : "no");
        lines.add(line.toString());
      }
    }
    Files.write(folder.resolve(part + ".csv"), lines);
  }

  private static CommandLineRun run(String command, String output, String job, String... more)
      throws IOException {
    Path file =
        Files.writeString(folder.resolve(output + ".yaml"), job.replace("FOLDER", "" + folder));
    List<String> arguments =
        new ArrayList<>(List.of(command, "" + file, "--output", "" + folder.resolve(output)));
    arguments.addAll(List.of(more));
    return CommandLineRun.braid(arguments.toArray(new String[0]));
  }

  private static JsonNode summary(String run) throws IOException {
    return new JsonMapper().readTree(folder.resolve(run).resolve("summary.json").toFile());
  }

  @Test
  void halfOfTheLabels_teachBothOutputs_theSameOnAnyNumberOfCores() throws IOException {
    CommandLineRun two = run("train", "two", JOB, "--master", "local[2]");
    assertEquals(0, two.exitCode(), two.err());
    JsonNode scores = summary("one");
    assertEquals(scores.get("modelSha256"), summary("two").get("modelSha256"));
    System.out.printf(
        "MNIST, 2,000 pictures, half of the labels missing: digit %.4f, five or more %.4f%n",
        scores.get("digit.accuracy").asDouble(), scores.get("high.accuracy").asDouble());
    assertTrue(scores.get("digit.accuracy").asDouble() > 0.75, scores.toString());
    assertTrue(scores.get("high.accuracy").asDouble() > 0.8, scores.toString());
    String log = Files.readString(folder.resolve("one/metrics.jsonl"));
    assertTrue(log.contains("\"high.accuracy\""), log);
  }

  /** Loss and metrics are of the labels present, however the examples fall into mini-batches. */
  @Test
  void evaluate_scoresEachOutput_alikeInBatchesOfAnySize() throws IOException {
    CommandLineRun scored =
        CommandLineRun.braid(
            "evaluate",
            "" + folder.resolve("one"),
            "" + folder.resolve("one.yaml"),
            "--set",
            "data.batchSize=7",
            "--output",
            "" + folder.resolve("scores"));
    assertEquals(0, scored.exitCode(), scored.err());
    assertTrue(scored.out().contains("output high"), scored.out());
    JsonNode scores = new JsonMapper().readTree(folder.resolve("scores/evaluation.json").toFile());
    assertEquals(
        summary("one").get("digit.accuracy").asDouble(), scores.get("digit.accuracy").asDouble());
    assertEquals(summary("one").get("loss").asDouble(), scores.get("loss").asDouble(), 1e-5);
    int counted = 0;
    for (JsonNode kind : scores.at("/outputs/high/classes")) {
      counted += kind.get("examples").asInt();
    }
    long present =
        Files.readAllLines(folder.resolve("test.csv")).stream()
            .filter(line -> line.endsWith("yes") || line.endsWith("no"))
            .count();
    assertEquals(present, counted);
  }

  @Test
  void headOfSeveralOutputs_learnsOnStoredFeatures() throws IOException {
    for (String name : List.of("head", "again")) {
      CommandLineRun run = run("transfer", name, TRANSFER);
      assertEquals(0, run.exitCode(), run.err());
      assertTrue(
          run.out().contains(name.equals("head") ? "computed once" : "stored before"), run.out());
    }
    assertEquals(summary("head").get("modelSha256"), summary("again").get("modelSha256"));
    assertTrue(summary("head").get("digit.accuracy").asDouble() > 0.75);
    assertTrue(summary("head").get("high.accuracy").asDouble() > 0.8);
  }

  @Test
  void gradients_areChecked_whereLabelsAreThere() throws IOException {
    String job = JOB.replace("units: 64, activation: relu", "units: 4, activation: tanh");
    Path file = Files.writeString(folder.resolve("check.yaml"), job.replace("FOLDER", "" + folder));
    CommandLineRun checked = CommandLineRun.braid("gradcheck", "" + file, "--examples", "16");
    assertEquals(0, checked.exitCode(), checked.err());
    assertTrue(checked.out().contains("all gradients agree"), checked.out());
  }

  @Test
  void outputWithoutAnyLabel_isRefusedBeforeSparkStarts() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(folder.resolve("train.csv")));
    lines.replaceAll(line -> line.startsWith("p0") ? line : line.replaceAll("(yes|no)$", ""));
    Files.write(folder.resolve("none.csv"), lines);
    CommandLineRun run = run("train", "none", JOB.replace("FOLDER/train.csv", "FOLDER/none.csv"));
    assertEquals(2, run.exitCode(), run.out());
    assertTrue(run.err().contains("output 'high' has no label in any row"), run.err());
    assertFalse(Files.exists(folder.resolve("none/job.yaml")));
  }

  /** The model's file knows the columns of its input; those of the labels are named. */
  @Test
  void infer_ofBothOutputs_scoresTheLabelsAsTheTrainingDid() throws IOException {
    String infer =
        """
        model: FOLDER/one
        input:
          csv:
            path: FOLDER/test.csv
            outputs: {digit: {columns: digit}, high: {columns: high}}
        output: {format: csv}
        """;
    CommandLineRun run = run("infer", "answers", infer);
    assertEquals(0, run.exitCode(), run.err());
    JsonNode summary = summary("answers");
    for (String metric : List.of("digit.accuracy", "high.accuracy", "high.rocAuc")) {
      assertEquals(summary("one").get(metric).asDouble(), summary.get(metric).asDouble(), metric);
    }
    assertEquals(10, summary.at("/predictions/digit").size());
    assertEquals(
        1,
        summary.at("/predictions/high/yes").asDouble()
            + summary.at("/predictions/high/no").asDouble(),
        1e-9);
    assertTrue(summary.at("/drift/predictions").asDouble() < 0.2, summary.toString());
    String page = Files.readString(folder.resolve("answers/report.html"));
    assertTrue(page.contains("What the rows were taken for: high"), "the page names the outputs");
    assertTrue(page.contains("digit.label"), "rows are shown with their labels");
  }
}
