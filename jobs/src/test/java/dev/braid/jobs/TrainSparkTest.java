package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.checkpoint.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs from command line to results, on an embedded Spark. */
class TrainSparkTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private static Path folder;
  private static Path job;
  private static CommandLineRun run;

  @BeforeAll
  static void train() throws IOException {
    job = Tables.write(folder, Tables.JOB);
    run = train("run");
  }

  @Test
  void train_printsProgressAndTheResult() {
    assertEquals(0, run.exitCode(), run.err());
    List<String> lines = run.out().lines().toList();
    assertTrue(
        lines
            .get(0)
            .startsWith("job: 160 training examples, 50 parameters, 2 workers, on local[2]"),
        run.out());
    assertEquals(3, lines.stream().filter(line -> line.matches("epoch \\d  loss .*")).count());
    assertTrue(lines.get(lines.size() - 2).matches("test accuracy 0\\.9\\d+|test accuracy 1\\.0+"));
    assertEquals("results in " + folder.resolve("run"), lines.get(lines.size() - 1));
  }

  @Test
  void train_leavesAllResults() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("run"))) {
      assertEquals(
          List.of(
              "checkpoints",
              "job.yaml",
              "metrics.jsonl",
              "model.zip",
              "report.html",
              "summary.json"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    assertEquals(Files.readString(job), Files.readString(folder.resolve("run/job.yaml")));
    assertTrue(Files.readString(folder.resolve("run/report.html")).contains("far taken for near"));
  }

  @Test
  void report_countsTheTrainingExamplesOfEachClass() throws IOException {
    String page = Files.readString(folder.resolve("run/report.html"));
    long sum = 0;
    for (String kind : List.of("near", "far")) {
      Matcher count =
          Pattern.compile(
                  "<th>" + kind + "</th><td class=\"bars\">.*?<td class=\"number\">(\\d+)</td>")
              .matcher(page);
      assertTrue(count.find(), kind);
      long examples = Long.parseLong(count.group(1));
      assertTrue(examples > 60 && examples <= 100, kind + ": " + examples); // of 100 each
      sum += examples;
    }
    assertEquals(160, sum); // a fifth of 200 is kept aside
  }

  @Test
  void train_summarises() throws IOException {
    JsonNode summary = summary("run");
    assertTrue(summary.get("accuracy").asDouble() > 0.9);
    assertTrue(summary.get("loss").asDouble() < 0.5);
    assertEquals("test", summary.get("scoredOn").asText());
    assertEquals(3, summary.get("epochs").asInt());
    assertEquals(6, summary.get("rounds").asInt()); // 5 mini-batches a worker: 4 steps, then 1
    assertEquals(30, summary.get("steps").asInt());
    assertEquals(480, summary.get("examples").asInt());
    assertEquals(50, summary.get("parameters").asInt());
    assertTrue(summary.get("examplesPerSecond").asDouble() > 0);
    assertTrue(summary.get("seconds").asDouble() > summary.get("trainingSeconds").asDouble());
    assertTrue(summary.get("modelSha256").asText().matches("[0-9a-f]{64}"));
  }

  @Test
  void train_logsRoundsAndEpochs() throws IOException {
    List<JsonNode> lines =
        Files.readAllLines(folder.resolve("run/metrics.jsonl")).stream()
            .map(TrainSparkTest::parse)
            .toList();
    assertEquals(
        List.of("round", "round", "epoch", "round", "round", "epoch", "round", "round", "epoch"),
        lines.stream().map(line -> line.get("event").asText()).toList());
    assertEquals(128, lines.get(0).get("examples").asInt());
    assertEquals(0.05, lines.get(0).get("learningRate").asDouble());
    assertTrue(lines.get(8).get("validation").get("accuracy").asDouble() > 0.8);
    assertTrue(lines.get(8).get("training").get("accuracy").asDouble() > 0.8);
    assertEquals(1.5, lines.get(3).get("epochs").asDouble());
    assertEquals(2, lines.get(4).get("epochs").asDouble());
  }

  @Test
  void train_again_givesTheSameModel() throws IOException {
    Path again = folder.resolve("again");
    CommandLineRun.braid("train", "" + job, "--master", "local[1]", "--output", "" + again);
    assertEquals(sha256("run"), sha256("again"));
  }

  @Test
  void train_intoAFolderInUse_namesTheOther_andLeavesItAlone() throws IOException {
    Path used = folder.resolve("used");
    CommandLineRun second =
        FolderLock.holding(used + "", "train first", new Configuration(), () -> train("used"));
    assertEquals(1, second.exitCode());
    assertTrue(second.err().contains("/used is in use by 'train first' of "), second.err());
    assertFalse(Files.exists(used));
  }

  @Test
  void train_withSet_usesAndKeepsTheValue() throws IOException {
    assertEquals(0, train("set", "--set", "training.epochs=1").exitCode());
    assertEquals(1, summary("set").get("epochs").asInt());
    assertTrue(Files.readString(folder.resolve("set/job.yaml")).contains("epochs: 1\n"));
  }

  @Test
  void evaluate_givesTheScoresOfTheTraining() throws IOException {
    CommandLineRun scored =
        CommandLineRun.braid(
            "evaluate",
            folder.resolve("run").toString(),
            job.toString(),
            "--output",
            folder.resolve("scored").toString());
    assertEquals(0, scored.exitCode(), scored.err());
    assertTrue(scored.out().startsWith("80 examples\nloss "), scored.out());
    assertTrue(scored.out().contains("near "), scored.out());
    assertTrue(
        scored.out().endsWith("  data.test: classes of all 80 examples: far 40, near 40\n"),
        scored.out());
    JsonNode scores = parse(Files.readString(folder.resolve("scored/evaluation.json")));
    assertEquals(summary("run").get("accuracy").asDouble(), scores.get("accuracy").asDouble());
    assertEquals(summary("run").get("loss").asDouble(), scores.get("loss").asDouble(), 1e-6);
    assertEquals(2, scores.get("outputs").get("output1").get("confusion").size());
  }

  @Test
  void evaluate_withoutTestExamples_pointsToTheOtherParts() {
    CommandLineRun refused =
        CommandLineRun.braid(
            "evaluate",
            folder.resolve("run").toString(),
            job.toString(),
            "--set",
            "data.test=null");
    assertEquals(2, refused.exitCode(), refused.err());
    assertTrue(
        refused
            .err()
            .contains(
                "data.test is missing: where the examples to score lie; to score other examples of"
                    + " the job file say --part train"),
        refused.err());
  }

  private static CommandLineRun evaluate(String... more) {
    return CommandLineRun.braid(
        Stream.concat(Stream.of("evaluate", folder.resolve("run") + "", job + ""), Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void evaluate_aPart_scoresItAsItWasHeldOut() throws IOException {
    CommandLineRun train = evaluate("--part", "train");
    assertTrue(train.out().startsWith("160 examples\n"), train.out() + train.err());
    CommandLineRun validation =
        evaluate("--part", "validation", "--output", folder.resolve("held") + "");
    assertTrue(validation.out().startsWith("40 examples\n"), validation.out() + validation.err());
    JsonNode scores = parse(Files.readString(folder.resolve("held/evaluation.json")));
    List<String> lines = Files.readAllLines(folder.resolve("run/metrics.jsonl"));
    JsonNode last = parse(lines.get(lines.size() - 1)).get("validation");
    assertEquals(last.get("loss").asDouble(), scores.get("loss").asDouble(), 1e-6);
    assertEquals(last.get("accuracy").asDouble(), scores.get("accuracy").asDouble());

    CommandLineRun otherSeed = evaluate("--part", "validation", "--set", "seed=8");
    assertEquals(2, otherSeed.exitCode());
    assertTrue(otherSeed.err().contains("the model was trained with 7, not 8"), otherSeed.err());
  }

  @Test
  void evaluate_aPartThatOtherSettingsDraw_isRefused() {
    for (String set : List.of("data.validation=0.3", "data.weight=x")) {
      CommandLineRun refused = evaluate("--part", "validation", "--set", set);
      assertEquals(2, refused.exitCode(), refused.out());
      assertTrue(
          refused
              .err()
              .contains(
                  "data.validation: the parts of the model's training are 'dev 0.2, train 0.8',"
                      + " these '"),
          refused.err());
    }
  }

  @Test
  void train_namedParts_areScoredSideBySide_andEachAgainAsItWasHeldOut() throws IOException {
    String parts = "data.parts={of: {csv: {path: %s/train.csv, label: kind}},".formatted(folder);
    String split = " split: {train: 0.6, trainDev: 0.1, dev: 0.2, test: 0.1}, stratified: true}";
    String[] set = {
      "--set",
      "data.train=null",
      "--set",
      "data.test=null",
      "--set",
      "data.validation=null",
      "--set",
      parts + split
    };
    CommandLineRun run = train("parts", set);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("\naccuracy: train "), run.out());
    JsonNode scores = summary("parts").get("parts");
    List<String> names = new ArrayList<>();
    scores.fieldNames().forEachRemaining(names::add);
    assertEquals(List.of("train", "trainDev", "dev", "test"), names);
    assertEquals(
        summary("parts").get("loss").asDouble(), scores.get("test").get("loss").asDouble());
    Map<String, Integer> sizes = Map.of("trainDev", 20, "dev", 40, "test", 20);
    for (Map.Entry<String, Integer> size : sizes.entrySet()) {
      Path held = folder.resolve("held-" + size.getKey());
      CommandLineRun scored =
          CommandLineRun.braid(
              Stream.concat(
                      Stream.of(
                          "evaluate",
                          folder.resolve("parts") + "",
                          job + "",
                          "--part",
                          size.getKey(),
                          "--output",
                          held + ""),
                      Stream.of(set))
                  .toArray(String[]::new));
      assertTrue(
          scored.out().startsWith(size.getValue() + " examples\n"), scored.out() + scored.err());
      JsonNode again = parse(Files.readString(held.resolve("evaluation.json")));
      assertEquals(
          scores.get(size.getKey()).get("loss").asDouble(), again.get("loss").asDouble(), 1e-6);
    }
    String report = Files.readString(folder.resolve("parts/report.html"));
    assertTrue(report.contains("<h2>Scores of the parts</h2>"), report);
  }

  @Test
  void train_goingOnFromAModel_beginsWithItsWeights() throws IOException {
    String goOn =
        Tables.JOB
            .replaceAll("(?s)network:.*training:", "model: FOLDER/run/model.zip\ntraining:")
            .replace("  normalise: standardise\n", "")
            .replace("epochs: 3", "epochs: 1");
    Path file = Files.writeString(folder.resolve("on.yaml"), goOn.replace("FOLDER", "" + folder));
    CommandLineRun more =
        CommandLineRun.braid("train", "" + file, "--output", "" + folder.resolve("on"));
    assertEquals(0, more.exitCode(), more.err());
    JsonNode first = parse(Files.readAllLines(folder.resolve("on/metrics.jsonl")).get(0));
    JsonNode fresh = parse(Files.readAllLines(folder.resolve("run/metrics.jsonl")).get(0));
    assertTrue(first.get("loss").asDouble() < fresh.get("loss").asDouble() / 2);
  }

  @Test
  void model_holdsDl4jsEntries_onlyWhereTheyAreAskedFor() throws IOException {
    assertEquals(0, train("both", "--set", "output.dl4j=true").exitCode());
    ComputationGraph graph =
        ModelSerializer.restoreComputationGraph(folder.resolve("both/model.zip").toFile());
    assertEquals(50, graph.numParams());
    assertEquals(sha256("run"), sha256("both"));
    try (ZipFile alone = new ZipFile(folder.resolve("run/model.zip").toFile())) {
      assertEquals(
          List.of("model.json", "weights.safetensors"),
          alone.stream().map(ZipEntry::getName).toList());
    }
    CommandLineRun gru =
        train(
            "gru",
            "--set",
            "output.dl4j=true",
            "--set",
            "network.layers.0={dense: {units: 8, activation: gelu}}");
    assertEquals(2, gru.exitCode());
    assertTrue(gru.err().contains("output.dl4j: true, but DL4J cannot express"), gru.err());
  }

  @Test
  void train_whenTheLossIsNotANumber_stopsAndSaysWhere() {
    CommandLineRun diverged =
        train(
            "nan",
            "--set",
            "network.layers.0.dense.activation=relu",
            "--set",
            "training.optimizer={sgd: {learningRate: 1e30}}");
    assertEquals(1, diverged.exitCode());
    assertTrue(
        diverged
            .err()
            .matches(
                "(?s)braid: (loss|the parameters) became NaN.* in round \\d, worker"
                    + " \\d.*1\\.0E30.*"),
        diverged.err());
    assertEquals(2, diverged.err().lines().count(), diverged.err());
  }

  @Test
  void train_whenTheLossExplodes_warns_failsAndKeepsACheckpointAlone() {
    CommandLineRun diverged =
        train(
            "exploded",
            "--set",
            "network.layers.1.output.loss=meanSquared",
            "--set",
            "training.epochs=1",
            "--set",
            "training.optimizer={sgd: {learningRate: 2}}");
    assertEquals(1, diverged.exitCode());
    assertTrue(diverged.out().contains("warning: the loss is "), diverged.out());
    assertTrue(
        diverged
            .err()
            .matches(
                "(?s)braid: the training has diverged: the loss is .*, more than a hundred times"
                    + " what it was in the first step .*; the state after round 2 is kept in .*"),
        diverged.err());
    assertTrue(Files.exists(folder.resolve("exploded/checkpoints")));
    assertFalse(Files.exists(folder.resolve("exploded/model.zip")));
    assertFalse(Files.exists(folder.resolve("exploded/summary.json")));
  }

  @Test
  void train_withAMovingAverage_saysThatTheModelIsOne() throws IOException {
    CommandLineRun averaged = train("averaged", "--set", "training.movingAverage.decay=0.9");
    assertEquals(0, averaged.exitCode(), averaged.err());
    String words = "moving average of the parameters, decay 0.9";
    assertEquals(words, summary("averaged").get("movingAverage").asText());
    assertTrue(averaged.out().contains("the model is the " + words + "\n"), averaged.out());
    assertTrue(Files.readString(folder.resolve("averaged/report.html")).contains(words));
    assertFalse(summary("run").has("movingAverage"));
    assertNotEquals(sha256("run"), sha256("averaged"));
  }

  @Test
  void train_withEarlyStopping_saysWhichEpochWasBest() throws IOException {
    CommandLineRun stopped =
        train(
            "stopped",
            "--set",
            "training.epochs=40",
            "--set",
            "training.earlyStopping={metric: accuracy, patience: 2}");
    assertEquals(0, stopped.exitCode(), stopped.err());
    JsonNode summary = summary("stopped");
    int epochs = summary.get("epochs").asInt();
    assertTrue(summary.get("stoppedEarly").asBoolean());
    assertEquals(epochs - 2, summary.get("bestEpoch").asInt());
    assertTrue(
        stopped
            .out()
            .contains("stopped at epoch %d, best was epoch %d\n".formatted(epochs, epochs - 2)),
        stopped.out());
    assertFalse(summary("run").has("bestEpoch"));
  }

  @Test
  void train_resumedForMoreEpochs_keepsTheAxis() throws IOException {
    train("longer");
    Files.delete(folder.resolve("longer/summary.json"));
    CommandLineRun more = train("longer", "--resume", "--set", "training.epochs=6");
    assertEquals(0, more.exitCode(), more.err());
    List<Double> epochs =
        Files.readAllLines(folder.resolve("longer/metrics.jsonl")).stream()
            .map(TrainSparkTest::parse)
            .filter(line -> line.get("event").asText().equals("round"))
            .map(line -> line.get("epochs").asDouble())
            .toList();
    assertEquals(12, epochs.size());
    for (int i = 0; i < 6; i++) {
      assertEquals(i + 1, epochs.get(2 * i + 1), "the second round ends an epoch");
    }
  }

  @Test
  void train_withWeightsOfClasses_leansTowardsTheHeavyOne() throws IOException {
    String[] more = {"--set", "training.epochs=1", "--set"};
    assertEquals(0, train("even", more[0], more[1], more[2], "seed=7").exitCode());
    CommandLineRun far =
        train("far", more[0], more[1], more[2], "training.classWeights={far: 200}");
    assertEquals(0, far.exitCode(), far.err());
    CommandLineRun balanced =
        train("balanced", more[0], more[1], more[2], "training.classWeights={auto: balanced}");
    assertEquals(0, balanced.exitCode(), balanced.err());
    CommandLineRun unknown =
        train("unknown", more[0], more[1], more[2], "training.classWeights={fra: 200}");
    assertEquals(2, unknown.exitCode());
    assertTrue(
        unknown.err().contains("'fra' is none of the 2 classes; did you mean 'far'?"),
        unknown.err());
    assertTrue(recallOfFar("far") > recallOfFar("even"));
  }

  /** How many of the examples of class far are found. */
  private static double recallOfFar(String run) throws IOException {
    CommandLineRun.braid(
        "evaluate",
        folder.resolve(run) + "",
        job + "",
        "--output",
        folder.resolve(run + "-scored") + "");
    JsonNode confusion =
        parse(Files.readString(folder.resolve(run + "-scored/evaluation.json")))
            .get("outputs")
            .get("output1")
            .get("confusion");
    JsonNode far = confusion.get(0); // classes are in the order of their names
    return far.get(0).asDouble() / (far.get(0).asDouble() + far.get(1).asDouble());
  }

  @Test
  void metrics_topK_isCheckedBeforeSparkStarts() {
    CommandLineRun always = train("always", "--set", "metrics={topK: 5}");
    assertEquals(2, always.exitCode());
    assertTrue(always.err().contains("of 2 classes the right one is always among 5"), always.err());
  }

  @ParameterizedTest
  @CsvSource({"torch, 1e-07", "jvm, 1e-05"})
  void gradcheck_agrees(String engine, String tolerance) {
    CommandLineRun checked =
        CommandLineRun.braid("gradcheck", job.toString(), "--set", "engine=" + engine);
    assertEquals(0, checked.exitCode(), checked.err());
    assertTrue(checked.out().contains("dense1.weight"), checked.out());
    assertTrue(checked.out().endsWith("within " + tolerance + "\n"), checked.out());
  }

  private static CommandLineRun train(String output, String... more) {
    return CommandLineRun.braid(
        Stream.concat(
                Stream.of(
                    "train",
                    job.toString(),
                    "--master",
                    "local[2]",
                    "--output",
                    folder.resolve(output).toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private static String sha256(String output) throws IOException {
    return summary(output).get("modelSha256").asText();
  }

  private static JsonNode summary(String output) throws IOException {
    return parse(Files.readString(folder.resolve(output).resolve("summary.json")));
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new AssertionError(json, e);
    }
  }
}
