package dev.braid.driver.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.LocalSpark;
import dev.braid.driver.inference.InferenceRun.Outcome;
import dev.braid.driver.inference.output.Counts;
import dev.braid.driver.inference.output.OutputSettings;
import dev.braid.driver.run.Stop;
import dev.braid.driver.source.Source;
import dev.braid.driver.source.Sources;
import dev.braid.driver.source.Text;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.task.classification.Classification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.Seq;

/** Scorings of models with several inputs and outputs, and of time steps. */
class SeveralSparkTest {

  /**
   * A place of two numbers and a walk of three steps of two; what animal went there, how fast, and
   * what it did at each step.
   */
  private static final String MODEL =
      """
      {"network": {"layers": [
         {"lstm": {"name": "steps", "from": ["walk"], "units": 4, "returnSequences": true}},
         {"globalAveragePooling": {"name": "mean", "from": ["steps"]}},
         {"concatenate": {"name": "both", "from": ["place", "mean"]}},
         {"output": {"name": "animal", "from": ["both"], "loss": "crossEntropy"}},
         {"output": {"name": "speed", "from": ["both"], "loss": "meanSquared"}},
         {"output": {"name": "act", "from": ["steps"], "loss": "crossEntropy"}}]},
       "inputs": [
         {"name": "place", "shape": [2], "normaliser": {"shift": [1], "scale": [2], "inner": 1}},
         {"name": "walk", "shape": [3, 2], "normaliser": {"shift": [0], "scale": [1], "inner": 1}}],
       "labels": [
         {"task": "classification", "width": 1, "classes": ["cat", "dog", "eel"]},
         {"task": "regression", "width": 1, "classes": []},
         {"task": "classification", "width": 3, "classes": ["go", "stay"]}],
       "provenance": {"braid": "test", "seed": 1, "settingsSha256": "00", "epochs": 0, "rounds": 0,
          "examples": 0}}
      """;

  private static final String CSV =
      """
      id,x,y,a1,b1,a2,b2,a3,b3,animal,speed,act1,act2,act3
      p,1,2,0.5,0.25,1,1,0,0.5,eel,1.5,go,stay,go
      q,0,1,0.1,0.2,0.3,0.4,0.5,0.6,cat,2.5,stay,,flee
      r,3,3,1,2,3,4,5,6,ox,,,,
      """;

  private static final Map<String, Object> INPUTS =
      Map.of("walk", Map.of("columns", List.of("a1..b3")), "place", Map.of("columns", "x..y"));

  private static final Map<String, Object> OUTPUTS =
      Map.of(
          "act", Map.of("columns", "act1..act3"),
          "speed", Map.of("columns", "speed"),
          "animal", Map.of("columns", "animal"));

  @TempDir private Path folder;

  private InferenceSettings settings(Source input, OutputSettings.Format format, Path output)
      throws IOException {
    return settings(Scorable.write(folder, MODEL), input, format, output);
  }

  private static InferenceSettings settings(
      String model, Source input, OutputSettings.Format format, Path output) {
    return new InferenceSettings(
        model,
        ForeignSettings.NONE,
        input,
        input instanceof Text ? List.of() : List.of("id"),
        new OutputSettings(output.toString(), format, null, null),
        2,
        false,
        1,
        1.0);
  }

  private static Outcome run(InferenceSettings settings) {
    return InferenceRun.check(settings, settings.output().folder(), new Configuration())
        .run(LocalSpark.session(), new Stop(), progress -> {});
  }

  private static Path part(Path output) {
    try (Stream<Path> files = Files.walk(output.resolve("predictions"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the network itself says of row p. */
  private float[][] answer() throws IOException {
    byte[] file = Files.readAllBytes(Path.of(Scorable.write(folder, MODEL)));
    try (LoadedModel model = ModelBytes.load(file, ForeignSettings.NONE);
        Predictor predictor = model.predictor()) {
      float[] place = {0, 2}; // (x - 1) * 2
      float[] walk = {0.5f, 0.25f, 1, 1, 0, 0.5f};
      return predictor.answer(MiniBatch.unlabelled(1, place, walk));
    }
  }

  private static float[] floats(List<Float> list) {
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i);
    }
    return values;
  }

  @Test
  void severalInputsAndOutputs_goByName_andStepsGiveClasses() throws IOException {
    Path csv = Files.writeString(folder.resolve("walks.csv"), CSV);
    Path output = folder.resolve("out");
    Outcome outcome =
        run(
            settings(
                Sources.csv(csv, "inputs", INPUTS, "outputs", OUTPUTS),
                OutputSettings.Format.PARQUET,
                output));
    assertEquals(3, outcome.counts().rows());
    List<Row> rows = LocalSpark.session().read().parquet(part(output).toString()).collectAsList();
    Row first = rows.get(0);
    assertEquals(
        List.of(
            "id",
            "animal.prediction",
            "animal.predictionIndex",
            "animal.probabilities",
            "speed.prediction",
            "act.prediction",
            "act.predictionIndex",
            "act.probabilities",
            "modelSha256"),
        List.of(first.schema().fieldNames()));
    float[][] expected = answer();
    assertEquals("p", first.getString(0));
    assertArrayEquals(expected[0], floats(first.getList(3)), 1e-6f);
    assertEquals(expected[1][0], first.getFloat(4), 1e-6f);
    for (int step = 0; step < 3; step++) {
      int index = expected[2][2 * step + 1] > expected[2][2 * step] ? 1 : 0;
      assertEquals(index, first.getList(6).get(step));
      assertEquals(List.of("go", "stay").get(index), first.getList(5).get(step));
      List<Seq<Float>> probabilities = first.getList(7);
      assertEquals(expected[2][2 * step], probabilities.get(step).apply(0), 1e-6f);
    }
  }

  /** Row r has a label nobody knows and none else, row q one that is missing and one unknown. */
  @Test
  void labels_ofEachOutput_countInItsOwnMetrics() throws IOException {
    Path csv = Files.writeString(folder.resolve("walks.csv"), CSV);
    InferenceSettings settings =
        settings(
            Sources.csv(csv, "inputs", INPUTS, "outputs", OUTPUTS),
            OutputSettings.Format.JSON,
            folder.resolve("out"));
    Outcome outcome = run(settings);
    List<JsonNode> said = new ArrayList<>();
    for (String line : Files.readAllLines(part(folder.resolve("out")))) {
      said.add(new JsonMapper().readTree(line));
    }
    ModelFacts facts =
        InferenceRun.check(
                settings(
                    Sources.csv(csv, "inputs", INPUTS),
                    OutputSettings.Format.JSON,
                    folder.resolve("none")),
                folder.resolve("none").toString(),
                new Configuration())
            .facts();
    Map<String, Map<String, Double>> scores = new LinkedHashMap<>();
    outcome
        .counts()
        .scores(facts)
        .forEach((of, metrics) -> scores.put(of.name(), metrics.values()));
    assertEquals(2, outcome.counts().labelled());
    int animals = right(said.get(0), "animal", "eel") + right(said.get(1), "animal", "cat");
    assertEquals(animals / 2.0, scores.get("animal").get("accuracy"));
    double mae =
        (Math.abs(said.get(0).get("speed.prediction").asDouble() - 1.5)
                + Math.abs(said.get(1).get("speed.prediction").asDouble() - 2.5))
            / 2;
    assertEquals(mae, scores.get("speed").get("mae"), 1e-6);
    int acts = 0;
    List<String> given = List.of("go", "stay", "go");
    for (int i = 0; i < 3; i++) {
      acts += said.get(0).get("act.prediction").get(i).asText().equals(given.get(i)) ? 1 : 0;
    }
    acts += said.get(1).get("act.prediction").get(0).asText().equals("stay") ? 1 : 0;
    assertEquals(acts / 4.0, scores.get("act").get("accuracy"));
  }

  private static int right(JsonNode row, String output, String label) {
    return row.get(output + ".prediction").asText().equals(label) ? 1 : 0;
  }

  /** As the file of a run of an earlier version holds it, which knew one output alone. */
  @Test
  void counts_ofOneOutput_areWrittenAsTheyWereOfOldAndRead() throws IOException {
    byte[] metrics = Classification.ofLargest(2, 1).toBytes();
    Counts counts = new Counts(1, 0, 0, 1, new double[] {1, 0}, new double[] {3}, List.of(metrics));
    JsonMapper json = new JsonMapper();
    byte[] written = json.writeValueAsBytes(counts);
    assertArrayEquals(metrics, json.readTree(written).get("metrics").binaryValue());
    assertArrayEquals(metrics, json.readValue(written, Counts.class).metrics().get(0));
  }

  @Test
  void csv_writesListsOfStepsAsJson() throws IOException {
    Path csv = Files.writeString(folder.resolve("walks.csv"), CSV);
    Path output = folder.resolve("out");
    run(settings(Sources.csv(csv, "inputs", INPUTS), OutputSettings.Format.CSV, output));
    Row first =
        LocalSpark.session()
            .read()
            .option("header", true)
            .option("escape", "\\")
            .csv(part(output).toString())
            .first();
    JsonNode acts = new JsonMapper().readTree(first.getString(5));
    assertEquals(3, acts.size());
    assertTrue(List.of("go", "stay").contains(acts.get(0).asText()), acts + "");
    assertEquals(3, new JsonMapper().readTree(first.getString(7)).size());
  }

  @Test
  void whatDoesNotFitTheInputsAndOutputs_isSaidByName() throws IOException {
    String model = Scorable.write(folder, MODEL);
    Path csv = Files.writeString(folder.resolve("walks.csv"), CSV);
    assertSays(
        model,
        Sources.csv(csv, "features", "x..y"),
        "input.csv: the model has the inputs place, walk; name the columns of each by inputs");
    assertSays(
        model,
        Sources.csv(csv, "inputs", Map.of("places", Map.of("columns", "x..y"))),
        "input.csv.inputs: the model has no input 'places'; did you mean 'place'?; it has"
            + " place, walk");
    assertSays(
        model,
        Sources.csv(csv, "inputs", Map.of("place", Map.of("columns", "x..y"))),
        "input.csv.inputs: the model reads 'walk' too, and its file does not say from which"
            + " columns; name them");
    assertSays(
        model,
        Sources.csv(csv, "inputs", INPUTS, "label", "animal"),
        "input.csv.label: the model has the outputs animal, speed, act; name the columns of each by"
            + " outputs");
    assertSays(
        model,
        Sources.csv(csv, "inputs", INPUTS, "outputs", Map.of("beast", Map.of("columns", "animal"))),
        "input.csv.outputs: the model has no output 'beast'");
    Path text = Files.writeString(folder.resolve("walks.txt"), "a cat");
    assertSays(
        model,
        Sources.of("text", "path", text.toString(), "vocabulary", text.toString()),
        "input.text: the model has the inputs place, walk, but rows of this format are one");
  }

  private void assertSays(String model, Source input, String beginning) {
    Path output = folder.resolve("none");
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                InferenceRun.check(
                    settings(model, input, OutputSettings.Format.JSON, output),
                    output.toString(),
                    new Configuration()));
    assertTrue(e.getMessage().startsWith(beginning), e.getMessage());
  }
}
