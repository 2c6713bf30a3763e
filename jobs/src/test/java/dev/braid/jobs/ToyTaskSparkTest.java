package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.jobs.task.DirectionTask;
import dev.braid.worker.random.SplitMix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task of the test's own, with labels, loss, decoder, metric and picture, through all jobs. */
class ToyTaskSparkTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static final String DATA =
      """
      data:
        train: {csv: {path: FOLDER/train.csv, features: [x, y], label: wind}}
        test: {csv: {path: FOLDER/test.csv, features: [x, y], label: wind}}
        validation: {csv: {path: FOLDER/test.csv, features: [x, y], label: wind}}
        task: {direction: {points: 8}}
        batchSize: 10
      """;

  private static final String TRAINING =
      """
      training:
        workers: 2
        localSteps: 2
        epochs: 6
        optimizer: {adam: {learningRate: 0.03}}
        earlyStopping: {metric: degreesOff, patience: 6}
        checkpoint: {everyRounds: 1}
      seed: 3
      """;

  private static final String JOB =
      DATA
          + """
          network:
            layers:
              - dense: {name: trunk, units: 16, activation: tanh}
              - output: {loss: direction}
          """
          + TRAINING;

  private static final String TRANSFER =
      DATA
          + """
          transfer:
            model: FOLDER/run
            head:
              - output: {loss: direction, name: fresh}
            freeze: {upTo: trunk}
          """
          + TRAINING;

  private static final String INFER =
      """
      model: FOLDER/run
      input:
        csv: {path: FOLDER/test.csv, features: [x, y], label: wind}
      keep: [wind]
      output: {format: csv}
      """;

  @TempDir private static Path folder;

  @BeforeAll
  static void train() throws IOException {
    write("train.csv", 200, 1);
    write("test.csv", 60, 2);
    done("train", "run", JOB);
  }

  /** Points on a circle, and from where the wind blows there. */
  private static void write(String name, int count, long key) throws IOException {
    SplitMix random = SplitMix.stream(key);
    List<String> compass = List.of("E", "NE", "N", "NW", "W", "SW", "S", "SE");
    StringBuilder lines = new StringBuilder("x,y,wind\n");
    for (int i = 0; i < count; i++) {
      double angle = (random.nextDouble() - 0.5) * 1.5 * Math.PI;
      int point = Math.floorMod(Math.round(angle / Math.PI * 4), 8);
      lines.append(
          "%.4f,%.4f,%s%n".formatted(Math.cos(angle), Math.sin(angle), compass.get(point)));
    }
    Files.writeString(folder.resolve(name), lines);
  }

  private static CommandLineRun done(String command, String output, String job, String... more)
      throws IOException {
    Path file =
        Files.writeString(folder.resolve(output + ".yaml"), job.replace("FOLDER", "" + folder));
    List<String> arguments =
        new ArrayList<>(List.of(command, "" + file, "--output", "" + folder.resolve(output)));
    arguments.addAll(List.of(more));
    CommandLineRun run = CommandLineRun.braid(arguments.toArray(new String[0]));
    assertEquals(0, run.exitCode(), run.err());
    return run;
  }

  private static JsonNode json(String file) throws IOException {
    return JSON.readTree(folder.resolve(file).toFile());
  }

  @Test
  void training_learnsTheTask_scoresByItsMetric_andKeepsItsSettings() throws IOException {
    double off = json("run/summary.json").get("degreesOff").asDouble();
    assertTrue(off < 25, "off by " + off + " degrees"); // the labels themselves by 11 in the mean
    assertTrue(Files.readString(folder.resolve("run/report.html")).contains("<h2>A compass</h2>"));
    assertEquals(
        new DirectionTask(8),
        Models.read("" + folder.resolve("run"), new Configuration())
            .description()
            .labels()
            .get(0)
            .task());
  }

  @Test
  void evaluation_countsWhatTheTrainingCounted_andShowsThePicture() throws IOException {
    Path job =
        Files.writeString(folder.resolve("evaluate.yaml"), JOB.replace("FOLDER", "" + folder));
    CommandLineRun run = CommandLineRun.braid("evaluate", "" + folder.resolve("run"), "" + job);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("a compass"), run.out());
    double off = json("run/summary.json").get("degreesOff").asDouble();
    assertTrue(run.out().contains("degreesOff               %.4f".formatted(off)), run.out());
  }

  @Test
  void inference_answersInTheTasksColumns_andCountsLabels() throws IOException {
    done("infer", "scored", INFER);
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder.resolve("scored/predictions"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".csv")).sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    assertEquals("wind,compass,degrees,modelSha256", lines.get(0));
    assertTrue(
        lines.get(1).matches("[NSEW]{1,2},[NSEW]{1,2},-?[0-9.]+,[0-9a-f]{64}"), lines.get(1));
    assertEquals(
        json("run/summary.json").get("degreesOff").asDouble(),
        json("scored/summary.json").get("degreesOff").asDouble(),
        1e-9);
  }

  @Test
  void transfer_putsANewHead_ofTheTasksOwnLoss() throws IOException {
    done("transfer", "moved", TRANSFER);
    assertTrue(json("moved/summary.json").get("degreesOff").asDouble() < 40);
  }

  @Test
  void resumedRun_equalsTheUnbrokenOne() throws IOException {
    done("train", "broken", JOB, "--set", "training.epochs=2");
    done("train", "broken", JOB, "--resume");
    assertEquals(
        json("run/summary.json").get("modelSha256"),
        json("broken/summary.json").get("modelSha256"));
  }

  @Test
  void label_thatIsNone_isRefusedInTheTasksWords() throws IOException {
    Files.writeString(folder.resolve("wrong.csv"), "x,y,wind\n1,0,E\n0,1,up\n");
    Path job =
        Files.writeString(
            folder.resolve("wrong.yaml"),
            JOB.replace("train.csv", "wrong.csv").replace("FOLDER", "" + folder));
    CommandLineRun run =
        CommandLineRun.braid("train", "" + job, "--output", "" + folder.resolve("wrong"));
    assertEquals(2, run.exitCode(), run.out());
    assertTrue(run.err().contains("row 3: column 'wind': label 'up' is no direction"), run.err());
  }
}
