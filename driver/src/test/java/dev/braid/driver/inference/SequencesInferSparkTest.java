package dev.braid.driver.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.LocalSpark;
import dev.braid.driver.inference.InferenceRun.Outcome;
import dev.braid.driver.inference.output.OutputSettings;
import dev.braid.driver.run.Stop;
import dev.braid.driver.source.Source;
import dev.braid.driver.source.Sources;
import dev.braid.driver.source.row.Item;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.Lengths;
import dev.braid.worker.encoding.TokenIds;
import dev.braid.worker.encoding.Vocabulary;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.random.SplitMix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scorings of sequences of any length. */
class SequencesInferSparkTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> WORDS = List.of("the", "cat", "sat", "on", "mat", "dog");
  private static final int SPECIAL = Vocabulary.SPECIAL.size();

  /** Of texts: how each is meant, and whether each word is a name. */
  private static final String MODEL =
      """
      {"network": {"layers": [
         {"embedding": {"name": "vectors", "size": 10, "dimension": 3}},
         {"bidirectional": {"name": "both", "layer": {"gru": {"units": 3, "returnSequences": true}}}},
         {"globalMaxPooling": {"name": "whole", "from": ["both"]}},
         {"output": {"name": "tone", "from": ["whole"], "loss": "crossEntropy"}},
         {"output": {"name": "name", "from": ["both"], "loss": "crossEntropy"}}]},
       "inputs": [
         {"name": "input", "shape": ["time"], "encoding": ENCODING,
          "normaliser": {"shift": [0], "scale": [1], "inner": 1}}],
       "labels": [
         {"task": "classification", "width": 1, "classes": ["bad", "good"]},
         {"task": {"classification": {"alongTime": true}}, "width": 1, "classes": ["no", "yes"]}],
       "provenance": {"braid": "test", "seed": 1, "settingsSha256": "00", "epochs": 0, "rounds": 0,
          "examples": 0}}
      """;

  /** What comes next in a text. */
  private static final String LANGUAGE =
      MODEL
          .replaceAll(
              "(?s)\\{\"bidirectional\".*?\"from\": \\[\"both\"\\], ",
              "{\"gru\":"
                  + " {\"units\": 3, \"returnSequences\": true}}, {\"output\": {\"units\": 10, ")
          .replaceAll(
              "(?s)\"labels\": \\[.*?\\]\\}\\],",
              "\"labels\": [{\"task\":"
                  + " \"languageModel\", \"width\": 1, \"classes\": [\"<pad>\", \"<unk>\", \"<s>\","
                  + " \"</s>\", \"the\", \"cat\", \"sat\", \"on\", \"mat\", \"dog\"]}],");

  @TempDir private Path folder;

  private String model(String description, Lengths lengths) throws IOException {
    return model(description, "text", lengths);
  }

  private String model(String description, String column, Lengths lengths) throws IOException {
    TokenIds texts = new TokenIds("whitespace", Vocabulary.of(WORDS), lengths);
    InputEncoding encoding = new InputEncoding(List.of(new EncodedColumn(column, texts, null)), 0);
    return Scorable.write(
        folder, description.replace("ENCODING", JSON.writeValueAsString(encoding)));
  }

  private static List<String> texts(int count) {
    SplitMix random = SplitMix.stream(5);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = 1 + random.nextInt(i % 10 == 0 ? 40 : 6);
      texts.add(
          String.join(
              " ",
              IntStream.range(0, length).mapToObj(k -> WORDS.get(random.nextInt(6))).toList()));
    }
    return texts;
  }

  private List<JsonNode> scored(String model, Source input, int batchSize, String out)
      throws IOException {
    outcome(model, input, batchSize, out);
    List<JsonNode> rows = new ArrayList<>();
    for (Path part : parts(out, "predictions")) {
      for (String line : Files.readAllLines(part)) {
        rows.add(JSON.readTree(line));
      }
    }
    return rows;
  }

  private Outcome outcome(String model, Source input, int batchSize, String out) {
    Path output = folder.resolve(out);
    InferenceSettings settings =
        new InferenceSettings(
            model,
            ForeignSettings.NONE,
            input,
            List.of("text"),
            new OutputSettings(output.toString(), OutputSettings.Format.JSON, null, null),
            batchSize,
            false,
            1,
            1.0);
    return InferenceRun.check(settings, output.toString(), new Configuration())
        .run(LocalSpark.session(), new Stop(), progress -> {});
  }

  private List<Path> parts(String out, String kind) throws IOException {
    Path root = folder.resolve(out).resolve(kind);
    if (!Files.exists(root)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .sorted()
          .toList();
    }
  }

  private static float[] ids(String text) {
    String[] words = text.split(" ", -1);
    float[] ids = new float[words.length];
    for (int i = 0; i < ids.length; i++) {
      int known = WORDS.indexOf(words[i]);
      ids[i] = known < 0 ? Vocabulary.UNKNOWN : SPECIAL + known;
    }
    return ids;
  }

  private static float[] floats(JsonNode list) {
    float[] numbers = new float[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) list.get(i).asDouble();
    }
    return numbers;
  }

  /** The texts are those of a file of lines, and nothing but the model's file says their words. */
  @Test
  void texts_haveTheAnswersThatEachHasAlone_inTheirOrder_inBatchesOfAnySize() throws IOException {
    String model = model(MODEL, Lengths.ANY);
    List<String> texts = texts(60);
    Path file = Files.write(folder.resolve("texts.txt"), texts);
    List<JsonNode> small = scored(model, Sources.text(file), 2, "small");
    List<JsonNode> large = scored(model, Sources.text(file), 64, "large");
    assertEquals(60, small.size());
    try (LoadedModel loaded =
            ModelBytes.load(Files.readAllBytes(Path.of(model)), ForeignSettings.NONE);
        Predictor predictor = loaded.predictor()) {
      for (int i = 0; i < texts.size(); i++) {
        float[] ids = ids(texts.get(i));
        float[][] alone = predictor.answer(MiniBatch.unlabelled(new float[][][] {{ids}}, 1));
        for (List<JsonNode> rows : List.of(small, large)) {
          JsonNode row = rows.get(i);
          assertEquals(texts.get(i), row.get("text").asText());
          assertArrayEquals(alone[0], floats(row.get("tone.probabilities")), 1e-6f);
          assertEquals(ids.length, row.get("name.prediction").size());
          for (int step = 0; step < ids.length; step++) {
            float[] probabilities = floats(row.get("name.probabilities").get(step));
            assertEquals(alone[1][2 * step], probabilities[0], 1e-6f);
            String said = probabilities[1] > probabilities[0] ? "yes" : "no";
            assertEquals(said, row.get("name.prediction").get(step).asText());
          }
        }
      }
    }
  }

  /** In a table; a label along time is a list, and one that is too short counts nothing. */
  @Test
  void labelsAlongTime_countStepByStep_andWordsComeFromTheModelAlone() throws IOException {
    String model = model(MODEL, Lengths.ANY);
    Path table =
        Files.writeString(
            folder.resolve("texts.jsonl"),
            """
            {"text": "the cat sat", "names": ["no", "yes", "no"], "kind": "good"}
            {"text": "an ox", "names": ["no", null], "kind": "bad"}
            {"text": "the dog sat on", "names": ["no"], "kind": null}
            """);
    Source input =
        Sources.of(
            "json",
            "path",
            table.toString(),
            "outputs",
            Map.of("name", Map.of("columns", "names"), "tone", Map.of("columns", "kind")));
    Outcome outcome = outcome(model, input, 3, "labelled");
    JsonNode[] rows = new JsonNode[3];
    List<String> lines = Files.readAllLines(parts("labelled", "predictions").get(0));
    for (int i = 0; i < 3; i++) {
      rows[i] = JSON.readTree(lines.get(i));
    }
    int right = 0;
    List<String> names = List.of("no", "yes", "no");
    for (int i = 0; i < 3; i++) {
      right += rows[0].get("name.prediction").get(i).asText().equals(names.get(i)) ? 1 : 0;
    }
    right += rows[1].get("name.prediction").get(0).asText().equals("no") ? 1 : 0;
    assertEquals(2, outcome.counts().labelled());
    InferenceRun run =
        InferenceRun.check(
            new InferenceSettings(
                model, null, input, null, OutputSettings.of("unused"), 1, null, null, null),
            folder.resolve("none").toString(),
            new Configuration());
    Map<String, Double> scores =
        outcome.counts().scores(run.facts()).get(run.facts().outputs().get(1)).values();
    assertEquals(right / 4.0, scores.get("accuracy"));
  }

  @Test
  void sequencesThatAreEmptyOrTooLong_goToTheQuarantine_withTheirReasons() throws IOException {
    String model = model(MODEL, new Lengths(3, Lengths.Longer.QUARANTINE, null));
    Path table =
        Files.writeString(
            folder.resolve("texts.jsonl"),
            """
            {"text": "the cat sat"}
            {"text": ""}
            {"text": "the cat sat on"}
            """);
    Outcome outcome = outcome(model, Sources.json(table.toString()), 8, "quarantined");
    assertEquals(1, outcome.counts().rows());
    List<String> reasons = new ArrayList<>();
    for (Path part : parts("quarantined", "quarantine")) {
      for (String line : Files.readAllLines(part)) {
        reasons.add(JSON.readTree(line).get("reason").asText());
      }
    }
    assertEquals(2, reasons.size());
    assertTrue(reasons.get(0).contains("empty"), reasons + "");
    assertEquals("column 'text' is a sequence of 4 steps, and maxLength is 3", reasons.get(1));
  }

  /** As a tagger reads words and their letters; the column's name is the format's default. */
  @Test
  void severalInputsOfOneColumn_areKnownFromTheModel() throws IOException {
    String second =
        "{\"name\": \"again\", \"shape\": [\"time\"], \"encoding\": ENCODING,"
            + " \"normaliser\": {\"shift\": [0], \"scale\": [1], \"inner\": 1}}],";
    String model =
        model(
            MODEL
                .replace("\"inner\": 1}}],", "\"inner\": 1}}, " + second)
                .replace("\"vectors\", ", "\"vectors\", \"from\": [\"input\"], ")
                .replace(
                    "{\"globalMaxPooling\": {\"name\": \"whole\", \"from\": [\"both\"]}}",
                    "{\"embedding\": {\"name\": \"more\", \"from\": [\"again\"], \"size\": 10,"
                        + " \"dimension\": 2}}, {\"globalMaxPooling\": {\"name\": \"whole\"}}")
                .replace("\"text\"", "\"tokens\""),
            "tokens",
            Lengths.ANY);
    Path file =
        Files.writeString(folder.resolve("words.conll"), "the O\ncat O\n\na O\ndog O\nsat O\n");
    Source conll =
        Sources.of(
            "conll", "path", file.toString(), "outputs", Map.of("name", Map.of("columns", "tags")));
    InferenceRun run =
        InferenceRun.check(
            new InferenceSettings(
                model, null, conll, null, OutputSettings.of("unused"), 1, null, null, null),
            folder.resolve("none").toString(),
            new Configuration());
    assertEquals(List.of("input", "again"), run.facts().inputNames());
  }

  /** Against its own probabilities, a step at a time. */
  @Test
  void languageModel_tellsHowWellItForetellsEachText() throws IOException {
    String model = model(LANGUAGE, Lengths.ANY);
    List<String> texts = List.of("the cat sat on the mat", "dog", "the dog");
    Path file = Files.write(folder.resolve("texts.txt"), texts);
    List<JsonNode> rows = scored(model, Sources.text(file), 3, "language");
    try (LoadedModel loaded =
            ModelBytes.load(Files.readAllBytes(Path.of(model)), ForeignSettings.NONE);
        Predictor predictor = loaded.predictor()) {
      for (int i = 0; i < texts.size(); i++) {
        float[] ids = ids(texts.get(i));
        float[] answer = predictor.answer(MiniBatch.unlabelled(new float[][][] {{ids}}, 1))[0];
        double nats = 0;
        for (int step = 0; step + 1 < ids.length; step++) {
          nats -= Math.log(answer[10 * step + (int) ids[step + 1]]) / (ids.length - 1);
        }
        if (ids.length == 1) {
          assertTrue(rows.get(i).path("nats").isMissingNode(), "nothing is foretold of one word");
        } else {
          assertEquals(nats, rows.get(i).get("nats").asDouble(), 1e-5);
          assertEquals(Math.exp(nats), rows.get(i).get("perplexity").asDouble(), 1e-4);
        }
      }
    }
  }

  @Test
  void batches_areOfNearLengths_andOfAboutAsManySteps() throws IOException {
    String model = model(MODEL, Lengths.ANY);
    try (LoadedModel loaded =
        ModelBytes.load(Files.readAllBytes(Path.of(model)), ForeignSettings.NONE)) {
      NearLengths near = new NearLengths(loaded.facts(), 3);
      List<Item> rows =
          Stream.of(5, 2, 500, 2, 90, 5, 1)
              .map(steps -> new Item(new float[][] {new float[steps]}, null, null))
              .toList();
      assertEquals(
          List.of(List.of(6, 1, 3), List.of(0, 5), List.of(4), List.of(2)).toString(),
          near.batches(rows).toString());
      assertEquals(48, near.window());
    }
  }
}
