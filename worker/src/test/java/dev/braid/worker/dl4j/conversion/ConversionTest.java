package dev.braid.worker.dl4j.conversion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.dl4j.network.BatchArrays;
import dev.braid.worker.dl4j.network.Dl4jArchitecture;
import dev.braid.worker.dl4j.network.Dl4jFile;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.dl4j.network.Dl4jPlan;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.layer.Dense;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelDescription.Input;
import dev.braid.worker.model.ModelDescription.Labels;
import dev.braid.worker.model.ModelDescription.Provenance;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.network.Architecture;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import dev.braid.worker.task.Tasks;
import dev.braid.worker.torch.TorchNetwork;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A network is the same in Braid's file and in DL4J's: equal weights, equal answers. */
class ConversionTest {
  /** Two engines add up floats in different orders. */
  private static final float TOLERANCE = 1e-5f;

  private static final Provenance NOWHERE = new Provenance("test", 0, null, 0, 0, 0);

  private static float[] numbers(int n) {
    SplitMix random = SplitMix.stream(n);
    float[] numbers = new float[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static Model model(
      Architecture architecture, Shape shape, Normaliser normaliser, List<String> classes) {
    Blueprint plan =
        architecture.plan(Map.of("input", shape), List.of(Target.ofClasses(classes.size())));
    State state = plan.initialState(5);
    ModelDescription description =
        new ModelDescription(
            architecture,
            List.of(new Input("input", shape, normaliser)),
            List.of(new Labels(Tasks.named("classification"), 1, classes)),
            NOWHERE);
    return new Model(
        description,
        state.params(),
        state.statistics(),
        plan.hasOptimizer() ? plan.initialMemory() : List.of());
  }

  private static byte[] written(Model model) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelFile.write(bytes, model, new Dl4jFormat().beside(model));
    return bytes.toByteArray();
  }

  private static MultiLayerNetwork images() {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(3)
            .updater(new Adam(0.01))
            .activation(Activation.RELU)
            .list()
            .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).build())
            .layer(new BatchNormalization())
            .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
            .layer(new DenseLayer.Builder().nOut(6).build())
            .layer(
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .activation(Activation.SOFTMAX)
                    .nOut(3)
                    .build())
            .setInputType(InputType.convolutional(8, 8, 2))
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    for (int i = 0; i < 3; i++) { // so that running statistics are not those of the beginning
      network.fit(
          Nd4j.create(numbers(4 * 128), new long[] {4, 2, 8, 8}, 'c'), new int[] {0, 1, 2, 1});
    }
    return network;
  }

  private static byte[] zip(org.deeplearning4j.nn.api.Model network) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, bytes, true);
    return bytes.toByteArray();
  }

  @Test
  void modelOfLayers_opensWithPlainDl4j_andAnswersTheSame() throws IOException {
    Network layers =
        Networks.readAs(
            "{layers: [{convolution: {filters: 3, kernel: 3, activation: 'relu'}}, {batchNorm: {}},"
                + " {flatten: {}}, {output: {loss: 'crossEntropy'}}]}",
            Network.class);
    Normaliser normaliser = new Normaliser(new float[] {0.5f, -1}, new float[] {2, 0.25f}, 36);
    Model model = model(layers, Shape.of(2, 6, 6), normaliser, List.of("a", "b", "c"));
    byte[] bytes = written(model);
    assertArrayEquals(bytes, written(model));

    var restored =
        ModelSerializer.restoreComputationGraphAndNormalizer(
            new ByteArrayInputStream(bytes), false);
    INDArray input = Nd4j.create(numbers(5 * 72), new long[] {5, 2, 6, 6}, 'c');
    ((DataNormalization) restored.getSecond()).transform(input);
    float[] theirs = restored.getFirst().output(false, input)[0].dup('c').data().asFloat();

    float[] raw = numbers(5 * 72);
    for (int i = 0; i < 5; i++) {
      normaliser.applyInPlace(raw, i * 72, 72);
    }
    NetworkPlan plan = (NetworkPlan) model.description().plan();
    try (TorchNetwork torch = new TorchNetwork(plan)) {
      torch.loadParams(model.params());
      torch.loadStatistics(model.statistics());
      float[] ours = torch.output(new MiniBatch(5, new float[][] {raw}, null))[0];
      assertArrayEquals(ours, theirs, TOLERANCE);
    }
    Model again = ModelFile.read(new ByteArrayInputStream(bytes), bytes.length);
    assertEquals(model.sha256(), again.sha256());

    ByteArrayOutputStream alone = new ByteArrayOutputStream(); // without DL4J's entries
    ModelFile.write(alone, model);
    Model same = ModelFile.read(new ByteArrayInputStream(alone.toByteArray()), alone.size());
    assertEquals(model.sha256(), same.sha256());
    assertTrue(alone.size() < bytes.length);
  }

  @Test
  void modelOfADl4jNetwork_opensWithPlainDl4j_updaterIncluded() throws IOException {
    MultiLayerNetwork network = images();
    byte[] file = zip(network);
    var start = Dl4jFile.start("net.zip", file);
    State state = start.weights().orElseThrow();
    ModelDescription description =
        new ModelDescription(
            start.network(),
            List.of(new Input("input", Shape.of(2, 8, 8), Normaliser.NONE)),
            List.of(new Labels(Tasks.named("classification"), 1, List.of("a", "b", "c"))),
            NOWHERE);
    byte[] bytes =
        written(new Model(description, state.params(), state.statistics(), state.slots()));
    MultiLayerNetwork restored =
        ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes), true);
    assertEquals(network.params(), restored.params());
    assertEquals(network.updaterState(), restored.updaterState());
    assertEquals(3, restored.getIterationCount());
    Model again = ModelFile.read(new ByteArrayInputStream(bytes), bytes.length);
    assertEquals(network.updaterState().length(), again.memory().get(0).size());
  }

  @Test
  void dl4jNetworks_becomeLayers_withTheSameAnswers() throws IOException {
    MultiLayerNetwork network = images();
    assertSameAnswers(network.toComputationGraph(), zip(network), Shape.of(2, 8, 8));
    ComputationGraph graph = network.toComputationGraph();
    assertSameAnswers(graph, zip(graph), Shape.of(2, 8, 8));
    MultiLayerNetwork sequences =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(4)
                .list()
                .layer(
                    new LastTimeStep(
                        new LSTM.Builder().nIn(3).nOut(5).activation(Activation.TANH).build()))
                .layer(
                    new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nIn(5)
                        .nOut(2)
                        .build())
                .build());
    sequences.init();
    assertSameAnswers(sequences.toComputationGraph(), zip(sequences), Shape.of(4, 3));
  }

  private static void assertSameAnswers(ComputationGraph theirs, byte[] zip, Shape input) {
    Model model = new Dl4jFormat().toLayers("net.zip", zip, input, NOWHERE);
    float[] numbers = numbers(3 * input.size());
    INDArray array =
        new BatchArrays(List.of(new BatchArrays.Input(input, false)), List.of())
            .features(new MiniBatch(3, new float[][] {numbers}, null))[0];
    float[] expected = theirs.output(false, array)[0].dup('c').data().asFloat();
    NetworkPlan plan = (NetworkPlan) model.description().plan();
    try (TorchNetwork torch = new TorchNetwork(plan)) {
      torch.loadParams(model.params());
      torch.loadStatistics(model.statistics());
      float[] ours = torch.output(new MiniBatch(3, new float[][] {numbers}, null))[0];
      assertArrayEquals(expected, ours, TOLERANCE);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"GELU", "HARD_SIGMOID", "EXPONENTIAL"}) // which DL4J has none of
  void activations_comeBackFromDl4jAsTheyWere(dev.braid.worker.function.Activation activation)
      throws IOException {
    Layer output = Networks.of("output: {loss: 'crossEntropy'}").layers().get(0);
    Dense dense = new Dense(4, activation, null, null, "hidden", null);
    Network layers = new Network(null, List.of(dense, output));
    Model model = model(layers, Shape.of(5), Normaliser.NONE, List.of("a", "b"));
    ComputationGraph graph =
        ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(written(model)), false);
    Model back = new Dl4jFormat().toLayers("net.zip", zip(graph), Shape.of(5), NOWHERE);
    Dense same = (Dense) ((Network) back.description().network()).layers().get(0);
    assertEquals(activation, same.activation());
    assertSameAnswers(graph, zip(graph), Shape.of(5));
  }

  @Test
  void layersWithoutCounterpart_areNamed() throws IOException {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(new ConvolutionLayer.Builder(1, 1).nIn(1).nOut(1).build())
                .layer(
                    new CnnLossLayer.Builder(LossFunction.XENT)
                        .activation(Activation.SIGMOID)
                        .build())
                .build());
    network.init();
    byte[] zip = zip(network);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new Dl4jFormat().toLayers("net.zip", zip, Shape.of(1, 4, 4), NOWHERE))
            .getMessage();
    assertTrue(message.contains("'layer1' (CnnLossLayer)"), message);
  }

  @Test
  void missingTimeSteps_areMasked() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(4)
                .list()
                .layer(
                    new LastTimeStep(
                        new LSTM.Builder().nIn(2).nOut(5).activation(Activation.TANH).build()))
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(5)
                        .nOut(2)
                        .build())
                .build());
    network.init();
    Dl4jPlan plan =
        Dl4jArchitecture.of(Dl4jModel.of(network))
            .plan(Map.of("input", Shape.of(3, 2)), List.of(Target.ofClasses(2)));
    float nan = Float.NaN;
    float[] masked = {1, 2, 3, 4, nan, nan};
    float[] whole =
        network.output(Nd4j.create(new float[][][] {{{1, 3}, {2, 4}}})).data().asFloat();
    try (Replica replica = plan.replicas(Optional.empty()).create()) {
      State state = plan.initialState(0);
      State own = Dl4jPlan.stateOf(Dl4jModel.of(network));
      replica.load(new State(own.params(), plan.initialMemory(), state.statistics()));
      float[] answer = replica.output(new MiniBatch(1, new float[][] {masked}, null))[0];
      assertArrayEquals(whole, answer, TOLERANCE);
    }
  }

  @Test
  void sharedWeights_areRefusedByName() {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(4),
            Target.ofClasses(3),
            "dense: {units: 4, name: 'a'}",
            "dense: {units: 4, weights: {of: 'a'}}",
            "output: {loss: 'crossEntropy'}");

    String refusal =
        assertThrows(IllegalArgumentException.class, () -> new Dl4jFormat().requireExpresses(plan))
            .getMessage();

    assertEquals(
        "layer 'dense2' (dense) has the weights of 'a': layers of DL4J do not share weights",
        refusal);
  }

  @Test
  void joins_areDl4jsElementWiseVertices_thereAndBack() throws IOException {
    Network layers =
        Networks.of(
            "dense: {units: 4, name: 'a', activation: 'tanh'}",
            "dense: {units: 4, name: 'b'}",
            "subtract: {name: 'less', from: ['a', 'b']}",
            "maximum: {name: 'more', from: ['less', 'b']}",
            "average: {from: ['more', 'a', 'b']}",
            "output: {loss: 'crossEntropy', name: 'end'}");
    Model model = model(layers, Shape.of(4), Normaliser.NONE, List.of("x", "y", "z"));
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    new Dl4jFormat().write(zip, model);
    float[] input = numbers(20);

    ComputationGraph graph =
        ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(zip.toByteArray()));
    float[] theirs =
        graph
            .output(false, Nd4j.create(input, new long[] {5, 4}, 'c'))[0]
            .dup('c')
            .data()
            .asFloat();
    Model back = new Dl4jFormat().toLayers("net.zip", zip.toByteArray(), Shape.of(4), NOWHERE);

    try (TorchNetwork torch = new TorchNetwork((NetworkPlan) back.description().plan())) {
      torch.loadParams(back.params());
      torch.loadStatistics(back.statistics());
      float[] ours = torch.output(new MiniBatch(5, new float[][] {input}, null))[0];
      assertArrayEquals(ours, theirs, TOLERANCE);
    }
  }
}
