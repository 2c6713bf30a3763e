package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.random.SplitMix;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks of several inputs and outputs, and sequences of different lengths, in job files. */
class SeveralInputsSparkTest {
  private static final int STEPS = 5;

  private static final String BOTH =
      """
      data:
        train:
          csv: {path: FOLDER/both-train.csv, INPUTS, OUTPUTS}
        test:
          csv: {path: FOLDER/both-test.csv, INPUTS, OUTPUTS}
        batchSize: 16
      network: NETWORK
      training: {workers: 2, localSteps: 4, epochs: 8}
      seed: 7
      """
          .replace(
              "OUTPUTS",
              "outputs: {kind: {columns: kind}, size: {columns: size, task: regression}}")
          .replace("INPUTS", "inputs: {left: {columns: a..c}, right: {columns: [d, e]}}");

  private static final String SEQUENCES =
      """
      data:
        train:
          csv: {path: FOLDER/NAME-train.csv, label: LABEL, INPUTS}
        test:
          csv: {path: FOLDER/NAME-test.csv, label: LABEL, INPUTS}
        batchSize: 16
        normalise: standardise
        task: classification
      network: NETWORK
      training: {workers: 2, localSteps: 4, epochs: 12}
      seed: 7
      """
          .replace("INPUTS", "inputs: {signal: {columns: x0..y4, shape: [5, 2], masked: true}}");

  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    for (String part : List.of("train", "test")) {
      int size = part.equals("train") ? 240 : 80;
      Files.writeString(folder.resolve("both-" + part + ".csv"), both(size, size));
      Files.writeString(folder.resolve("last-" + part + ".csv"), sequences(size, size, false));
      Files.writeString(folder.resolve("each-" + part + ".csv"), sequences(size, size, true));
    }
    ModelSerializer.writeModel(twoInputs(), file("both.zip"), true);
    ModelSerializer.writeModel(
        recurrent(new LastTimeStep(lstm()), new OutputLayer.Builder(LossFunction.MCXENT)),
        file("last.zip"),
        true);
    ModelSerializer.writeModel(
        recurrent(lstm(), new RnnOutputLayer.Builder(LossFunction.MCXENT)), file("each.zip"), true);
  }

  private static File file(String name) {
    return folder.resolve(name).toFile();
  }

  /** The kind follows from the first input and the size from the second. */
  private static String both(int size, long key) {
    SplitMix random = SplitMix.stream(key);
    StringBuilder text = new StringBuilder("a,b,c,d,e,kind,size\n");
    for (int i = 0; i < size; i++) {
      double[] x = new double[5];
      java.util.Arrays.setAll(x, k -> 2 * random.nextDouble() - 1);
      text.append(
          String.format(
              Locale.ROOT,
              "%.4f,%.4f,%.4f,%.4f,%.4f,%s,%.4f%n",
              x[0],
              x[1],
              x[2],
              x[3],
              x[4],
              x[0] + x[1] > 0 ? "up" : "down",
              x[3] - x[4]));
    }
    return text.toString();
  }

  /**
   * Sequences of 2 to 5 steps of two numbers; a step's class is whether the first of them is above
   * 10. What is to be told is the class of the last step, or of each.
   */
  private static String sequences(int size, long key, boolean each) {
    SplitMix random = SplitMix.stream(key);
    StringBuilder text = new StringBuilder("x0,y0,x1,y1,x2,y2,x3,y3,x4,y4");
    text.append(each ? ",k0,k1,k2,k3,k4\n" : ",k\n");
    for (int i = 0; i < size; i++) {
      int length = 2 + random.nextInt(STEPS - 1);
      StringBuilder classes = new StringBuilder();
      String last = "";
      for (int t = 0; t < STEPS; t++) {
        double x = 10 + random.nextGaussian();
        boolean there = t < length;
        last = there ? (x > 10 ? "high" : "low") : last;
        text.append(
            there ? String.format(Locale.ROOT, "%.4f,%.4f,", x, 5 * random.nextGaussian()) : ",,");
        classes.append(there ? last : "").append(t + 1 < STEPS ? "," : "");
      }
      text.append(each ? classes : last).append('\n');
    }
    return text.toString();
  }

  private static ComputationGraph twoInputs() {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Adam(0.02))
                .activation(Activation.TANH)
                .graphBuilder()
                .addInputs("left", "right")
                .addLayer("a", new DenseLayer.Builder().nIn(3).nOut(8).build(), "left")
                .addLayer("b", new DenseLayer.Builder().nIn(2).nOut(8).build(), "right")
                .addLayer(
                    "kind",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(16)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "a",
                    "b")
                .addLayer(
                    "size",
                    new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(8)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build(),
                    "b")
                .setOutputs("kind", "size")
                .build());
    graph.init();
    return graph;
  }

  private static LSTM lstm() {
    return new LSTM.Builder().nIn(2).nOut(8).activation(Activation.TANH).build();
  }

  private static MultiLayerNetwork recurrent(
      org.deeplearning4j.nn.conf.layers.Layer first,
      org.deeplearning4j.nn.conf.layers.BaseOutputLayer.Builder<?> output) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Adam(0.02))
                .list()
                .layer(first)
                .layer(output.nIn(8).nOut(2).activation(Activation.SOFTMAX).build())
                .build());
    network.init();
    return network;
  }

  private static CommandLineRun train(String output, String job, String... more)
      throws IOException {
    Path file =
        Files.writeString(folder.resolve(output + ".yaml"), job.replace("FOLDER", "" + folder));
    List<String> arguments =
        new java.util.ArrayList<>(
            List.of("train", "" + file, "--output", "" + folder.resolve(output)));
    arguments.addAll(List.of(more));
    return CommandLineRun.braid(arguments.toArray(new String[0]));
  }

  private static JsonNode summary(String output) throws IOException {
    return new JsonMapper().readTree(folder.resolve(output).resolve("summary.json").toFile());
  }

  private static void assertTrainsBoth(String output, CommandLineRun run) throws IOException {
    assertEquals(0, run.exitCode(), run.err());
    JsonNode scores = summary(output);
    assertTrue(scores.get("kind.accuracy").asDouble() > 0.9, scores.toString());
    assertTrue(scores.get("size.r2").asDouble() > 0.8, scores.toString());
    CommandLineRun scored =
        CommandLineRun.braid(
            "evaluate", "" + folder.resolve(output), "" + folder.resolve(output + ".yaml"));
    assertEquals(0, scored.exitCode(), scored.err());
    assertTrue(scored.out().contains("size.r2"), scored.out());
  }

  @Test
  void graphOfTwoInputsAndOutputs_trainsFromNamedColumns() throws IOException {
    String job = BOTH.replace("NETWORK", "{dl4j: FOLDER/both.zip}");
    assertTrainsBoth("both", train("both", job));
    ComputationGraph plain = ModelSerializer.restoreComputationGraph(file("both/model.zip"), true);
    INDArray left = Nd4j.create(new float[][] {{0.9f, 0.9f, 0}, {-0.9f, -0.9f, 0}});
    INDArray right = Nd4j.create(new float[][] {{0.5f, -0.5f}, {-0.5f, 0.5f}});
    INDArray[] answers = plain.output(left, right);
    assertTrue(answers[0].getDouble(0, 1) > 0.5 && answers[0].getDouble(1, 0) > 0.5, "up, down");
    assertTrue(answers[1].getDouble(0) > 0.5 && answers[1].getDouble(1) < -0.5, "sizes");
  }

  @Test
  void layersOfTwoInputsAndOutputs_trainFromNamedColumns() throws IOException {
    String layers =
        """
        {layers: [
            {dense: {name: a, from: left, units: 8, activation: tanh}},
            {dense: {name: b, from: right, units: 8, activation: tanh}},
            {output: {name: kind, from: a, loss: crossEntropy}},
            {output: {name: size, from: b, loss: meanSquared}}]}\
        """
            .replace("from: left", "from: [left]")
            .replace("from: right", "from: [right]")
            .replace("from: a", "from: [a]")
            .replace("from: b", "from: [b]");
    String job =
        BOTH.replace("NETWORK", layers)
            .replace("epochs: 8", "epochs: 8, optimizer: {adam: {learningRate: 0.02}}");
    assertTrainsBoth("torch", train("torch", job));
  }

  @Test
  void otherNames_orAnotherOrder_areRefused() throws IOException {
    String job = BOTH.replace("NETWORK", "{dl4j: FOLDER/both.zip}");
    CommandLineRun inputs = train("swapped", job.replace("left:", "l:").replace("right:", "left:"));
    assertEquals(2, inputs.exitCode(), inputs.out());
    assertTrue(
        inputs
            .err()
            .contains("the network's inputs are called [left, right], the data's [l, left]"),
        inputs.err());
    CommandLineRun outputs = train("renamed", job.replace("size: {", "length: {"));
    assertEquals(2, outputs.exitCode(), outputs.out());
    assertTrue(outputs.err().contains("outputs are called [kind, length]"), outputs.err());
    CommandLineRun twice = train("twice", job.replace("right: {", "label: kind, right: {"));
    assertEquals(2, twice.exitCode(), twice.out());
  }

  @Test
  void sequencesOfDifferentLengths_trainWithMasks_andScoreAsInPlainDl4j() throws IOException {
    String job =
        SEQUENCES
            .replace("NAME", "last")
            .replace("LABEL", "k")
            .replace("NETWORK", "{dl4j: FOLDER/last.zip}");
    CommandLineRun run = train("last", job);
    assertEquals(0, run.exitCode(), run.err());
    double accuracy = summary("last").get("accuracy").asDouble();
    assertTrue(accuracy > 0.9, run.out());
    assertEquals(accuracy, plainAccuracy(), 1e-9);
  }

  /** Of the model's file in plain DL4J on the test sequences, with masks made by hand. */
  private static double plainAccuracy() throws IOException {
    var restored =
        ModelSerializer.restoreMultiLayerNetworkAndNormalizer(file("last/model.zip"), false);
    DataNormalization normaliser = (DataNormalization) restored.getSecond();
    List<String> rows = Files.readAllLines(folder.resolve("last-test.csv"));
    int right = 0;
    for (String row : rows.subList(1, rows.size())) {
      String[] fields = row.split(",", -1);
      INDArray features = Nd4j.zeros(1, 2, STEPS);
      INDArray mask = Nd4j.zeros(1, STEPS);
      for (int t = 0; t < STEPS; t++) {
        if (!fields[2 * t].isEmpty()) {
          features.putScalar(0, 0, t, Double.parseDouble(fields[2 * t]));
          features.putScalar(0, 1, t, Double.parseDouble(fields[2 * t + 1]));
          mask.putScalar(0, t, 1);
        }
      }
      normaliser.transform(features, mask);
      INDArray answer = restored.getFirst().output(features, false, mask, null);
      String told = answer.getDouble(0, 0) > 0.5 ? "high" : "low"; // in the order of their names
      right += told.equals(fields[2 * STEPS]) ? 1 : 0;
    }
    return right / (rows.size() - 1.0);
  }

  @Test
  void labelsOfEachStep_mayBeMissingWithTheStep() throws IOException {
    String job =
        SEQUENCES
            .replace("NAME", "each")
            .replace("LABEL", "k0..k4")
            .replace("NETWORK", "{dl4j: FOLDER/each.zip}");
    CommandLineRun run = train("each", job);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(summary("each").get("accuracy").asDouble() > 0.95, run.out());
  }

  @Test
  void missingSteps_areRefusedWhereNothingLeavesThemOut() throws IOException {
    String job = SEQUENCES.replace("NAME", "last").replace("LABEL", "k");
    CommandLineRun layers =
        train(
            "unmasked",
            job.replace(
                    "NETWORK",
                    "{layers: [{lstm: {units: 4, returnSequences: false}}, {output: {loss:"
                        + " crossEntropy}}]}")
                .replace("epochs: 12", "optimizer: {sgd: {learningRate: 0.1}}"));
    assertEquals(2, layers.exitCode(), layers.out());
    assertTrue(layers.err().contains("input 'signal' is masked: true"), layers.err());
    CommandLineRun plain =
        train(
            "plain",
            job.replace("NETWORK", "{dl4j: FOLDER/last.zip}").replace(", masked: true", ""));
    assertEquals(2, plain.exitCode(), plain.out());
    assertTrue(plain.err().contains("is empty"), plain.err());
  }
}
