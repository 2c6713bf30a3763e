package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J's networks in job files, from command line to results. */
class Dl4jJobsSparkTest {
  private static final String JOB =
      Tables.JOB
          .replaceAll("(?s)network:.*training:", "network: NETWORK\ntraining:")
          .replace("  normalise: standardise\n", "")
          .replaceAll("  optimizer:\n.*\n", "");

  @TempDir private static Path folder;
  private static MultiLayerNetwork network;

  @BeforeAll
  static void write() throws IOException {
    Tables.write(folder, Tables.JOB);
    network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Adam(0.02))
                .l2(1e-4)
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(8).activation(Activation.TANH).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(8)
                        .nOut(2)
                        .build())
                .build());
    network.init();
    INDArray mean = Nd4j.create(new float[][] {{0.5f, -0.5f, 0}});
    NormalizerStandardize normaliser =
        new NormalizerStandardize(mean, Nd4j.create(new float[][] {{0.6f, 0.6f, 1}}));
    ModelSerializer.writeModel(network.toComputationGraph(), file("graph.zip"), false);
    network.fit(new DataSet(Nd4j.rand(4, 3), Nd4j.eye(2).repeat(0, 2)));
    ModelSerializer.writeModel(network, file("net.zip"), true);
    ModelSerializer.addNormalizerToModel(file("net.zip"), normaliser);
    Files.writeString(file("net.yaml").toPath(), network.getLayerWiseConfigurations().toYaml());
  }

  private static File file(String name) {
    return folder.resolve(name).toFile();
  }

  private static CommandLineRun train(String output, String network, String... more)
      throws IOException {
    String text = JOB.replace("NETWORK", network).replace("FOLDER", "" + folder);
    Path job = Files.writeString(folder.resolve(output + ".yaml"), text);
    List<String> arguments =
        new ArrayList<>(List.of("train", "" + job, "--output", "" + folder.resolve(output)));
    arguments.addAll(List.of(more));
    return CommandLineRun.braid(arguments.toArray(new String[0]));
  }

  private static JsonNode summary(String output) throws IOException {
    return new JsonMapper().readTree(folder.resolve(output).resolve("summary.json").toFile());
  }

  private static void assertTrains(String output, String network, String... more)
      throws IOException {
    CommandLineRun run = train(output, network, more);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(summary(output).get("accuracy").asDouble() > 0.9, run.out());
  }

  private static CommandLineRun evaluate(String output) {
    return CommandLineRun.braid(
        "evaluate", "" + folder.resolve(output), "" + folder.resolve(output + ".yaml"));
  }

  @Test
  void zip_trainsWithItsOwnUpdaterAndNormaliser_andIsScored() throws IOException {
    assertTrains("zip", "{dl4j: FOLDER/net.zip}");
    CommandLineRun scored = evaluate("zip");
    assertEquals(0, scored.exitCode(), scored.err());
    assertTrue(scored.out().startsWith("80 examples\nloss "), scored.out());
  }

  @Test
  void otherFiles_train() throws IOException {
    for (String name : List.of("graph.zip", "net.yaml")) { // without normaliser
      String output = name.replace('.', '-');
      assertTrains(output, "{dl4j: FOLDER/%s}".formatted(name), "--set", "training.epochs=12");
    }
  }

  @Test
  void counters_goOnFromTheFile() throws IOException {
    assertTrains("counted", "{dl4j: FOLDER/net.zip}");
    try (ZipFile zip = new ZipFile(folder.resolve("counted/model.zip").toFile())) {
      JsonNode json =
          new JsonMapper().readTree(zip.getInputStream(zip.getEntry("model.json"))).get("network");
      assertEquals(1 + 3 * 5, json.get("iteration").asInt()); // 5 mini-batches a worker and epoch
      assertEquals(network.getEpochCount() + 3, json.get("epoch").asInt());
    }
  }

  @Test
  void braidsOptimizer_trainsADl4jNetwork() throws IOException {
    assertTrains(
        "rule",
        "{dl4j: FOLDER/net.zip}",
        "--set",
        "training.optimizer={adam: {learningRate: 0.02}}");
  }

  @Test
  void aModelOfIt_goesOn() throws IOException {
    assertTrains("first", "{dl4j: FOLDER/net.zip}");
    String text =
        JOB.replace("network: NETWORK", "model: FOLDER/first").replace("FOLDER", "" + folder);
    Path job = Files.writeString(folder.resolve("on.yaml"), text);
    CommandLineRun more =
        CommandLineRun.braid("train", "" + job, "--output", "" + folder.resolve("on"));
    assertEquals(0, more.exitCode(), more.err());
    double first = summary("first").get("loss").asDouble();
    assertTrue(summary("on").get("loss").asDouble() < first * 1.05, more.out());
  }

  @Test
  void convert_thereAndBack_keepsNetworkAndAnswers() throws IOException {
    assertTrains("there", "{dl4j: FOLDER/net.zip}");
    assertConverts(folder.resolve("there"), "dl4j", "plain.zip");
    assertTrue(ModelSerializer.restoreMultiLayerNetwork(file("plain.zip")).params().length() == 50);
    assertConverts(file("plain.zip").toPath(), "braid", "back.zip");
    CommandLineRun first = evaluate("there");
    Path job = folder.resolve("there.yaml");
    CommandLineRun back =
        CommandLineRun.braid("evaluate", "" + file("back.zip"), "" + numbered(job));
    assertEquals(0, back.exitCode(), back.err());
    assertEquals(accuracy(first.out()), accuracy(back.out()));
  }

  private static void assertConverts(Path from, String kind, String to) {
    CommandLineRun run =
        CommandLineRun.braid("convert", "" + from, "--to", kind, "--output", "" + file(to));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith("50 parameters written to"), run.out());
  }

  /** The job on test examples whose classes are called as in a file of DL4J's: by number. */
  private static Path numbered(Path job) throws IOException {
    String table = Files.readString(folder.resolve("test.csv"));
    Files.writeString(
        folder.resolve("numbered.csv"), table.replace(",far", ",0").replace(",near", ",1"));
    String text = Files.readString(job).replace("test.csv", "numbered.csv");
    return Files.writeString(folder.resolve("numbered.yaml"), text);
  }

  private static String accuracy(String scores) {
    return scores.lines().filter(line -> line.startsWith("accuracy")).findFirst().orElseThrow();
  }

  @Test
  void resumed_equalsUnbroken() throws IOException {
    assertTrains("whole", "{dl4j: FOLDER/net.zip}");
    assertEquals(
        0, train("part", "{dl4j: FOLDER/net.zip}", "--set", "training.epochs=1").exitCode());
    CommandLineRun rest = train("part", "{dl4j: FOLDER/net.zip}", "--resume");
    assertEquals(0, rest.exitCode(), rest.err());
    assertEquals(
        summary("whole").get("modelSha256").asText(), summary("part").get("modelSha256").asText());
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole/model.zip")),
        Files.readAllBytes(folder.resolve("part/model.zip")));
  }

  @Test
  void filesThatDl4jCannotRead_areRefusedWithTheReason() throws IOException {
    String json = network.getLayerWiseConfigurations().toJson();
    String dense = "org.deeplearning4j.nn.conf.layers.DenseLayer";
    assertFileRefused(
        json.replace(dense, "com.example.Mine"),
        "class com.example.Mine is not on the classpath; add its jar");
    assertFileRefused(
        json.replace(dense, dense + "V2"), "the file is of another version; save it with");
    assertFileRefused(
        json.replace("STOCHASTIC_GRADIENT_DESCENT", "QUANTUM_DESCENT"),
        "cannot be read by DL4J 1.0.0-M2");
    byte[] zip = Files.readAllBytes(file("net.zip").toPath());
    Files.write(file("half.zip").toPath(), Arrays.copyOf(zip, zip.length / 2));
    CommandLineRun run = train("half", "{dl4j: FOLDER/half.zip}");
    assertEquals(2, run.exitCode(), run.out());
    assertTrue(run.err().contains("half.zip: the file is cut off or damaged"), run.err());
  }

  private static void assertFileRefused(String json, String reason) throws IOException {
    Files.writeString(file("refused.json").toPath(), json);
    CommandLineRun run = train("refused", "{dl4j: FOLDER/refused.json}");
    assertEquals(2, run.exitCode(), run.out());
    assertTrue(run.err().contains("refused.json: ") && run.err().contains(reason), run.err());
  }

  @Test
  void dl4jsEntries_cannotBeLeftOut() throws IOException {
    CommandLineRun run = train("without", "{dl4j: FOLDER/net.zip}", "--set", "output.dl4j=false");
    assertEquals(2, run.exitCode(), run.out());
    assertTrue(run.err().contains("output.dl4j: false"), run.err());
  }

  @Test
  void engineTorch_isRefused() throws IOException {
    CommandLineRun run = train("torch", "{dl4j: FOLDER/net.zip}", "--set", "engine=torch");
    assertEquals(2, run.exitCode(), run.out());
    assertTrue(run.err().contains("engine: torch runs no DL4J network"), run.err());
  }

  @Test
  void layersOnEngineDl4j_areRefusedWithTheWayOut() throws IOException {
    CommandLineRun run =
        train("layers", "{layers: [output: {loss: crossEntropy}]}", "--set", "engine=dl4j");
    assertEquals(2, run.exitCode(), run.out());
    assertTrue(run.err().contains("engine: dl4j runs DL4J's own networks alone"), run.err());
    assertTrue(run.err().contains("'braid convert RUN --to dl4j'"), run.err());
  }

  @Test
  void classWeights_areRefused() throws IOException {
    CommandLineRun run =
        train(
            "weighed", "{dl4j: FOLDER/net.zip}", "--set", "training.classWeights={auto: balanced}");
    assertEquals(2, run.exitCode(), run.out());
    assertTrue(run.err().contains("weighs classes by its own loss"), run.err());
  }

  @Test
  void wrongWidth_isRefused() throws IOException {
    Files.writeString(
        file("wide.json").toPath(),
        network.getLayerWiseConfigurations().toJson().replace("\"nin\" : 3", "\"nin\" : 4"));
    CommandLineRun run = train("wide", "{dl4j: FOLDER/wide.json}");
    assertEquals(2, run.exitCode(), run.out());
    assertTrue(
        run.err().contains("reads 4 features or channels, but the data gives [3]"), run.err());
  }
}
