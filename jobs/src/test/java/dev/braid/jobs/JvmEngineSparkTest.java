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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is trained, scored and applied in plain Java is what libtorch would say, and back. */
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
  void model_isTheSameOnAnyCores_andJvmIsTheEngineWhereNoneIsNamed() throws IOException {
    train("two", "engine=jvm", "local[2]");
    train("one", "engine=jvm", "local[1]");
    train("unnamed", "engine=null", "local[2]");
    assertEquals(sha256("two"), sha256("one"));
    assertEquals(sha256("two"), sha256("unnamed"));
  }

  private static Path train(String name, String engine, String master) {
    Path model = folder.resolve(name);
    braid("train", job + "", "--output", model + "", "--master", master, "--set", engine);
    return model;
  }

  private static JsonNode sha256(String run) throws IOException {
    return json(folder.resolve(run).resolve("summary.json")).get("modelSha256");
  }

  /** 1e-5: what rounding leaves between two orders of a sum of floats, in a small network. */
  @ParameterizedTest
  @CsvSource({"jvm, torch", "torch, jvm"})
  void model_ofOneEngine_saysOnTheOtherWhatItSaysItself(String trained, String other)
      throws IOException {
    Path model = train("of-" + trained, "engine=" + trained, "local[2]");
    Path onOther = folder.resolve("evaluated-on-" + other);
    braid("evaluate", model + "", job + "", "--set", "engine=" + other, "--output", onOther + "");
    assertEquals(
        json(model.resolve("summary.json")).get("loss").asDouble(),
        json(onOther.resolve("evaluation.json")).get("loss").asDouble(),
        1e-5);

    for (String engine : List.of("jvm", "torch")) {
      Path scoring =
          Files.writeString(
              folder.resolve(engine + ".yaml"),
              SCORING
                  .replace("MODEL", model + "")
                  .replace("ENGINE", engine)
                  .replace("FOLDER", folder + ""));
      braid("infer", scoring + "", "--output", scored(trained, engine) + "");
    }
    List<JsonNode> own = answers(scored(trained, trained));
    List<JsonNode> theirs = answers(scored(trained, other));
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

  private static Path scored(String trained, String engine) {
    return folder.resolve("scored-of-" + trained + "-on-" + engine);
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
