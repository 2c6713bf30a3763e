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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is trained, scored and applied in plain Java is what libtorch would say. */
class JvmEngineSparkTest {
  private static final String JOB =
      """
      seed: 5
      engine: jvm
      data:
        train: {csv: {path: FOLDER/points.csv, label: kind}}
        test: {csv: {path: FOLDER/points.csv, label: kind}}
        batchSize: 16
      network:
        layers:
          - dense: {units: 9, activation: tanh}
          - batchNorm: {}
          - dropout: {rate: 0.2}
          - output: {loss: crossEntropy}
      training: {workers: 2, localSteps: 2, epochs: 3, optimizer: {adam: {learningRate: 0.02}}}
      """;

  private static final String SCORING =
      """
      model: MODEL
      engine: ENGINE
      input: {csv: {path: FOLDER/points.csv}}
      output: {format: json}
      """;

  @TempDir private static Path folder;
  private static Path job;

  @BeforeAll
  static void write() throws IOException {
    Random random = new Random(8);
    StringBuilder points = new StringBuilder("x,y,z,kind\n");
    for (int i = 0; i < 120; i++) {
      float x = (float) random.nextGaussian();
      float y = (float) random.nextGaussian();
      points.append(x).append(',').append(y).append(',').append((float) random.nextGaussian());
      points.append(',').append(x * y > 0 ? "same" : "other").append('\n');
    }
    Files.writeString(folder.resolve("points.csv"), points);
    job = Files.writeString(folder.resolve("job.yaml"), JOB.replace("FOLDER", folder.toString()));
  }

  private static CommandLineRun braid(String... arguments) {
    CommandLineRun run = CommandLineRun.braid(arguments);
    assertEquals(0, run.exitCode(), run.out() + run.err());
    return run;
  }

  private static JsonNode json(Path file) throws IOException {
    return new JsonMapper().readTree(file.toFile());
  }

  private static List<JsonNode> answers(Path scored) throws IOException {
    try (Stream<Path> files = Files.walk(scored)) {
      Path answers =
          files
              .filter(file -> file.toString().endsWith(".json"))
              .filter(file -> file.getFileName().toString().startsWith("part"))
              .findFirst()
              .orElseThrow();
      return new JsonMapper()
          .readerFor(JsonNode.class)
          .<JsonNode>readValues(answers.toFile())
          .readAll();
    }
  }

  @Test
  void model_ofTheJvmEngine_isTheSameOnAnyCores_andSaysOnTorchWhatItSaysItself()
      throws IOException {
    Path model = folder.resolve("two");
    braid("train", job + "", "--output", model + "", "--master", "local[2]");
    braid("train", job + "", "--output", folder.resolve("one") + "", "--master", "local[1]");
    JsonNode summary = json(model.resolve("summary.json"));
    assertEquals(
        summary.get("modelSha256"), json(folder.resolve("one/summary.json")).get("modelSha256"));

    Path onTorch = folder.resolve("evaluated");
    braid("evaluate", model + "", job + "", "--set", "engine=torch", "--output", onTorch + "");
    assertEquals(
        summary.get("loss").asDouble(),
        json(onTorch.resolve("evaluation.json")).get("loss").asDouble(),
        1e-5);

    for (String engine : List.of("jvm", "torch")) {
      Path scoring =
          Files.writeString(
              folder.resolve(engine + ".yaml"),
              SCORING
                  .replace("MODEL", model + "")
                  .replace("ENGINE", engine)
                  .replace("FOLDER", folder + ""));
      braid("infer", scoring + "", "--output", folder.resolve("scored-" + engine) + "");
    }
    List<JsonNode> own = answers(folder.resolve("scored-jvm"));
    List<JsonNode> theirs = answers(folder.resolve("scored-torch"));
    assertEquals(120, own.size());
    for (int i = 0; i < own.size(); i++) {
      assertEquals(theirs.get(i).get("prediction"), own.get(i).get("prediction"));
      for (int unit = 0; unit < 2; unit++) {
        assertEquals(
            theirs.get(i).get("probabilities").get(unit).asDouble(),
            own.get(i).get("probabilities").get(unit).asDouble(),
            1e-5);
      }
    }
  }

  @Test
  void infer_onAnEngineThatDoesNotApplyTheModel_saysSo() throws IOException {
    Path model = folder.resolve("small");
    braid("train", job + "", "--output", model + "", "--set", "training.epochs=1");
    Path scoring =
        Files.writeString(
            folder.resolve("dl4j.yaml"),
            SCORING
                .replace("MODEL", model + "")
                .replace("ENGINE", "dl4j")
                .replace("FOLDER", folder + ""));
    CommandLineRun run =
        CommandLineRun.braid("infer", scoring + "", "--output", folder.resolve("none") + "");
    assertEquals(2, run.exitCode());
    assertTrue(
        run.err()
            .contains("engine: dl4j does not apply networks like the model's; leave engine out"),
        run.err());
  }
}
