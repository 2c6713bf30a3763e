package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Language models from the job file to the text they write. */
class LanguageModelSparkTest {
  private static final String STREAM =
      """
      data:
        task: languageModel
        parts:
          train: {stream: {path: FOLDER/text.txt, length: 50, part: {to: 0.8}}}
          dev: {stream: {path: FOLDER/text.txt, length: 50, part: {from: 0.8}}}
        batchSize: 4
      network:
        layers: [{embedding: {dimension: 8}}, {gru: {units: 32}}, {output: {loss: crossEntropy}}]
      training: {workers: 2, epochs: 12, truncate: 20, optimizer: {adam: {learningRate: 0.02}}}
      seed: 3
      """;

  private static final String LINES =
      """
      data:
        task: languageModel
        train: {text: {path: FOLDER/lines.txt, tokenizer: characters, marks: true}}
        batchSize: 8
      network:
        layers: [{embedding: {dimension: 8}}, {lstm: {units: 24}}, {output: {loss: crossEntropy}}]
      training: {epochs: 12, optimizer: {adam: {learningRate: 0.02}}}
      seed: 3
      """;

  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    Files.writeString(folder.resolve("text.txt"), "abcdefgh".repeat(400));
    Files.writeString(folder.resolve("lines.txt"), "anna\notto\n".repeat(60));
    Files.writeString(folder.resolve("short.txt"), "a");
    Files.writeString(folder.resolve("table.csv"), "x,y\n1,a\n2,b\n3,a\n4,b\n");
  }

  private static CommandLineRun train(String name, String job, String... more) throws IOException {
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(file, job.replace("FOLDER", folder.toString()));
    List<String> arguments =
        new ArrayList<>(List.of("train", "" + file, "--output", "" + folder.resolve(name)));
    arguments.addAll(List.of(more));
    return CommandLineRun.braid(arguments.toArray(new String[0]));
  }

  private static CommandLineRun sample(String name, String... more) {
    List<String> arguments = new ArrayList<>(List.of("sample", "" + folder.resolve(name)));
    arguments.addAll(List.of(more));
    return CommandLineRun.braid(arguments.toArray(new String[0]));
  }

  @Test
  void stream_isLearnedInWindows_goneOnWith_scoredAlike_andWrittenOn() throws IOException {
    CommandLineRun run = train("stream", STREAM);
    assertEquals(0, run.exitCode(), run.err());
    JsonNode summary = new JsonMapper().readTree(folder.resolve("stream/summary.json").toFile());
    double nats = summary.get("nats").asDouble();
    assertTrue(nats < 0.1, "a text of eight letters in turns: " + nats);
    assertEquals(
        "abcdefghabcdefghab\n",
        sample("stream", "--start", "abcd", "--length", "14", "--temperature", "0").out());
    assertEquals(
        "efghab\n", sample("stream", "--start", "efgh", "--length", "2", "--beams", "3").out());
    String drawn = sample("stream", "--start", "a", "--temperature", "3", "--seed", "5").out();
    assertEquals(
        drawn, sample("stream", "--start", "a", "--temperature", "3", "--seed", "5").out());

    String report = Files.readString(folder.resolve("stream/report.html"));
    assertTrue(report.contains("<h2>What the model writes</h2>"), report);
    assertTrue(report.matches("(?s).*<pre>[a-h]{400}.*"), report);
    assertTrue(report.contains("<h2>What was foreseen least of the validation texts</h2>"), report);

    assertEquals(0, train("again", STREAM, "--set", "training.epochs=5").exitCode());
    CommandLineRun again = train("again", STREAM, "--resume", "--master", "local[1]");
    assertEquals(0, again.exitCode(), again.err());
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("stream/model.zip")),
        Files.readAllBytes(folder.resolve("again/model.zip")));

    CommandLineRun scored =
        CommandLineRun.braid(
            "evaluate",
            "" + folder.resolve("stream"),
            "" + folder.resolve("stream.yaml"),
            "--part",
            "dev");
    assertEquals(0, scored.exitCode(), scored.err());
    assertTrue(scored.out().matches("(?s).*\\nnats +%.4f\n.*".formatted(nats)), scored.out());
  }

  @Test
  void lines_begin_andEnd() throws IOException {
    CommandLineRun run = train("lines", LINES);
    assertEquals(0, run.exitCode(), run.err());
    String report = Files.readString(folder.resolve("lines/report.html"));
    assertTrue(report.contains("<pre>anna</pre>") && report.contains("<pre>otto</pre>"), report);
    String name = sample("lines", "--seed", "1").out();
    assertTrue(List.of("anna\n", "otto\n").contains(name), name);
    for (String engine : List.of("torch", "jvm")) {
      assertEquals(
          "otto\n",
          sample("lines", "--start", "o", "--temperature", "0", "--engine", engine).out());
    }
    CommandLineRun none = sample("lines", "--engine", "dl4j");
    assertEquals(2, none.exitCode());
    assertTrue(none.err().contains("engine: dl4j"), none.err());
  }

  @Test
  void texts_thatCannotBeBegun_areRefused() throws IOException {
    assertEquals(0, train("refusing", LINES, "--set", "training.epochs=1").exitCode());
    CommandLineRun unknown = sample("refusing", "--start", "anné");
    assertEquals(2, unknown.exitCode());
    assertEquals("", unknown.out());
    assertTrue(unknown.err().contains("does not know 'é'"), unknown.err());
    CommandLineRun both = sample("refusing", "--beams", "2", "--temperature", "1");
    assertEquals(2, both.exitCode());
    assertTrue(both.err().contains("leave out --temperature"), both.err());
  }

  @Test
  void model_ofAnotherTask_writesNoText() throws IOException {
    String table =
        """
        data: {train: {csv: {path: FOLDER/table.csv, label: y}}}
        network: {layers: [{output: {loss: crossEntropy}}]}
        training: {optimizer: {sgd: {learningRate: 0.1}}}
        """;
    assertEquals(0, train("table", table).exitCode());
    CommandLineRun run = sample("table");
    assertEquals(2, run.exitCode());
    assertTrue(
        run.err().contains("no language model: it was trained for classification"), run.err());
  }

  @Test
  void settings_thatDoNotFit_areRefusedBeforeSparkStarts() throws IOException {
    assertRefused(
        STREAM.replace("task: languageModel", "task: classification"),
        "set data.task: languageModel, and not classification");
    assertRefused(STREAM.replace("text.txt", "short.txt"), "shorter than one step");
    assertRefused(
        STREAM.replace("{gru: {units: 32}}", "{bidirectional: {layer: {gru: {units: 8}}}}"),
        "training.truncate: ");
    assertRefused(
        LINES.replace(
            "train: {text: {path: FOLDER/lines.txt, tokenizer: characters, marks: true}}",
            "train: {csv: {path: FOLDER/table.csv, features: [x]}}"),
        "what comes next is told of one text");
  }

  private static void assertRefused(String job, String words) throws IOException {
    CommandLineRun run = train("refused", job);
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(words), run.err());
  }
}
