package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sentences with names, from a file of words and tags to a model that marks them. */
class TaggingSparkTest {
  private static final String JOB =
      """
      seed: 1
      data:
        task: tagging
        parts:
          of:
            conll:
              path: FOLDER/words.conll
              inputs:
                words: {columns: tokens, as: {text: {form: lower, maxWords: 6}}}
                letters: {columns: tokens, as: {text: {letters: 5}}}
          split: {train: 0.6, dev: 0.2, test: 0.2}
          by: document
        batchSize: 8
      network:
        layers:
          - embedding: {name: word, from: words, dimension: 6, padding: true}
          - timeDistributed:
              name: spelling
              from: letters
              layers:
                - embedding: {dimension: 6, padding: true}
                - convolution: {filters: 6, kernel: 2, padding: same, activation: relu}
                - globalMaxPooling: {}
          - concatenate: {from: [word, spelling]}
          - convolution: {filters: 12, kernel: 3, padding: same, activation: relu}
          - output: {loss: crf}
      training: {epochs: 12, optimizer: {adam: {learningRate: 0.03}}, earlyStopping: {metric: f1, patience: 9}}
      """;

  @TempDir private static Path folder;

  /** Names begin with a capital and have one word or two; what follows "in" is a place. */
  @BeforeAll
  static void write() throws IOException {
    Random random = new Random(3);
    List<String> names = List.of("Ann", "Bo", "Cleo", "Dag", "Eve", "Finn", "Gus", "Hal", "Ida");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 90; i++) {
      text.append(i % 3 == 0 ? "-DOCSTART- O\n\n" : "");
      text.append(names.get(random.nextInt(9))).append(" B-person\n");
      if (random.nextBoolean()) {
        text.append(names.get(random.nextInt(9))).append(" I-person\n");
      }
      text.append(random.nextBoolean() ? "slept O\n" : "and O\nwho O\nate O\n");
      text.append("in O\n").append(names.get(random.nextInt(9))).append(" B-place\n\n");
    }
    Files.writeString(folder.resolve("words.conll"), text);
    Files.writeString(folder.resolve("job.yaml"), JOB.replace("FOLDER", folder.toString()));
  }

  private static CommandLineRun braid(String... arguments) {
    CommandLineRun run = CommandLineRun.braid(arguments);
    assertEquals(0, run.exitCode(), run.out() + run.err());
    return run;
  }

  private static JsonNode json(String file) throws IOException {
    return new JsonMapper().readTree(folder.resolve(file).toFile());
  }

  @Test
  void train_onWordsAndLetters_marksNames_andScoresThemAgain() throws IOException {
    String job = folder.resolve("job.yaml").toString();
    braid("train", job, "--output", folder.resolve("run").toString());
    JsonNode test = json("run/summary.json").get("parts").get("test");
    assertTrue(test.get("f1").asDouble() > 0.9, test.toString());
    String page = Files.readString(folder.resolve("run/report.html"));
    assertTrue(page.contains("<td>place</td>"), "no row for a type");
    assertTrue(page.contains("no entity"), "no confusions");
    CommandLineRun scored =
        braid(
            "evaluate", folder.resolve("run") + "", job, "--output", folder.resolve("again") + "");
    assertTrue(scored.out().contains("place"), scored.out());
    assertEquals(test.get("f1"), json("again/evaluation.json").get("f1"));
    Files.writeString(folder.resolve("new.conll"), "Ann\nslept\nin\nIda\n");
    Files.writeString(
        folder.resolve("infer.yaml"),
        "{model: FOLDER/run, input: {conll: {path: FOLDER/new.conll}}, output: {folder: FOLDER/out, format: json}}"
            .replace("FOLDER", folder.toString()));
    CommandLineRun inferred = braid("infer", folder.resolve("infer.yaml").toString());
    assertTrue(inferred.out().contains("1 row"), inferred.out());
  }

  @Test
  void train_onTagsThatBreakTheirScheme_namesTheLine() throws IOException {
    Files.writeString(folder.resolve("broken.conll"), "Ann B-person\nran O\nBo I-person\n");
    CommandLineRun run =
        CommandLineRun.braid(
            "train",
            folder.resolve("job.yaml").toString(),
            "--set",
            "data.parts.of.conll.path=" + folder.resolve("broken.conll"));
    assertEquals(2, run.exitCode());
    assertTrue(
        run.err().contains("line 3: tag 'I-person' must not follow 'O' under scheme BIO"),
        run.err());
  }
}
