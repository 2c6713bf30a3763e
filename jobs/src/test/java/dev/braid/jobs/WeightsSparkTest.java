package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples that weigh count as often as their weight says, in what is learned and in scores. */
class WeightsSparkTest {
  private static final String JOB =
      """
      data:
        train: {csv: {path: FOLDER/weighted.csv, label: kind}}
        test: {csv: {path: FOLDER/weighted.csv, label: kind}}
        weight: often
        batchSize: 1000
      metrics: {weighted: true}
      network:
        layers:
          - dense: {units: 5, activation: tanh}
          - output: {loss: crossEntropy}
      training: {workers: 1, localSteps: 1, epochs: 8, optimizer: {sgd: {learningRate: 0.5}}}
      seed: 3
      """;

  @TempDir private static Path folder;
  private static Path job;

  @BeforeAll
  static void write() throws IOException {
    Random random = new Random(4);
    StringBuilder weighted = new StringBuilder("x,y,kind,often\n");
    StringBuilder repeated = new StringBuilder("x,y,kind\n");
    for (int i = 0; i < 40; i++) {
      int often = random.nextInt(4);
      String row =
          String.format(
              Locale.ROOT,
              "%.3f,%.3f,%s",
              random.nextGaussian(),
              random.nextGaussian(),
              random.nextBoolean() ? "a" : "b");
      weighted.append(row).append(',').append(often / 4.0).append('\n');
      Collections.nCopies(often, row).forEach(r -> repeated.append(r).append('\n'));
    }
    Files.writeString(folder.resolve("weighted.csv"), weighted);
    Files.writeString(folder.resolve("repeated.csv"), repeated);
    job = Files.writeString(folder.resolve("job.yaml"), JOB.replace("FOLDER", folder.toString()));
  }

  private static CommandLineRun braid(String command, List<String> arguments, String... set) {
    return CommandLineRun.braid(
        Stream.of(
                Stream.of(command),
                arguments.stream(),
                Stream.of(set).flatMap(each -> Stream.of("--set", each)))
            .flatMap(part -> part)
            .toArray(String[]::new));
  }

  private static String[] repeated() {
    String csv = "={csv: {path: %s/repeated.csv, label: kind}}".formatted(folder);
    return new String[] {
      "data.train" + csv, "data.test" + csv, "data.weight=null", "metrics.weighted=false"
    };
  }

  private static JsonNode json(String file) throws IOException {
    return new JsonMapper().readTree(folder.resolve(file).toFile());
  }

  @Test
  void weights_countAsOftenAsTheySay_inLossAndMetrics() throws IOException {
    CommandLineRun weighted =
        braid("train", List.of(job + "", "--output", folder.resolve("weighted") + ""));
    assertEquals(0, weighted.exitCode(), weighted.out() + weighted.err());
    CommandLineRun repeated =
        braid("train", List.of(job + "", "--output", folder.resolve("repeated") + ""), repeated());
    assertEquals(0, repeated.exitCode(), repeated.out() + repeated.err());
    JsonNode one = json("weighted/summary.json");
    JsonNode other = json("repeated/summary.json");
    for (String name : List.of("loss", "accuracy", "macroF1", "rocAuc")) {
      assertEquals(other.get(name).asDouble(), one.get(name).asDouble(), 1e-5, name);
    }

    String model = folder.resolve("weighted") + "";
    assertEquals(
        0,
        braid("evaluate", List.of(model, job + "", "--output", folder.resolve("w") + ""))
            .exitCode());
    assertEquals(
        0,
        braid(
                "evaluate",
                List.of(model, job + "", "--output", folder.resolve("r") + ""),
                repeated())
            .exitCode());
    for (String name : List.of("loss", "accuracy", "weightedRecall", "rocAuc")) {
      assertEquals(
          json("r/evaluation.json").get(name).asDouble(),
          json("w/evaluation.json").get(name).asDouble(),
          1e-6,
          name);
    }
  }

  @Test
  void weights_thatAreNone_areToldWithTheirRow() throws IOException {
    Files.writeString(folder.resolve("bad.csv"), "x,y,kind,often\n1,2,a,1\n3,4,b,-1\n");
    CommandLineRun bad =
        braid(
            "train",
            List.of(job + "", "--output", folder.resolve("bad") + ""),
            "data.train.csv.path=" + folder.resolve("bad.csv"));
    assertTrue(
        bad.err()
            .contains("bad.csv, row 3: column 'often': a weight is a number of at least 0, not"),
        bad.err());
    CommandLineRun none =
        braid(
            "train",
            List.of(job + "", "--output", folder.resolve("none") + ""),
            "data.weight=ofen");
    assertEquals(2, none.exitCode());
    assertTrue(
        none.err().contains("data.weight: there is no column 'ofen'; did you mean 'often'?"),
        none.err());
    CommandLineRun unweighted =
        braid(
            "train",
            List.of(job + "", "--output", folder.resolve("none") + ""),
            "data.test.csv.path=" + folder.resolve("repeated.csv"));
    assertEquals(2, unweighted.exitCode());
    assertTrue(
        unweighted.err().contains("metrics.weighted: the examples of data.test have no weights"),
        unweighted.err());
  }
}
