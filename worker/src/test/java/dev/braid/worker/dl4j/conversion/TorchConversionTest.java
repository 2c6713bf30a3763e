package dev.braid.worker.dl4j.conversion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.dl4j.nd4j.DataSets;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** libtorch trains a DL4J network as DL4J itself does. */
class TorchConversionTest {
  /** Relative to 1 or to the number itself: two engines add up floats in different orders. */
  private static final double TOLERANCE = 1e-5;

  private static final int STEPS = 6;

  /** A network with its mini-batches. */
  private record Case(String name, Dl4jModel model, List<byte[]> batches) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
    return new NeuralNetConfiguration.Builder().seed(3).updater(updater);
  }

  private static Dl4jModel initialised(MultiLayerConfiguration configuration) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return Dl4jModel.of(network);
  }

  private static Dl4jModel initialised(ComputationGraphConfiguration configuration) {
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    return Dl4jModel.of(network);
  }

  private static OutputLayer classes(int count) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .activation(Activation.SOFTMAX)
        .nOut(count)
        .build();
  }

  private static MultiLayerConfiguration dense(NeuralNetConfiguration.Builder builder) {
    return builder
        .list()
        .layer(new DenseLayer.Builder().nOut(9).activation(Activation.TANH).build())
        .layer(new DenseLayer.Builder().nOut(6).activation(Activation.SOFTPLUS).build())
        .layer(classes(3))
        .setInputType(InputType.feedForward(5))
        .build();
  }

  private static MultiLayerConfiguration images(IUpdater updater, boolean logDeviations) {
    return builder(updater)
        .list()
        .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.RELU).build())
        .layer(new BatchNormalization.Builder().useLogStd(logDeviations).build())
        .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
        // With a relu, a unit that is on in all examples has a gradient of rounding alone.
        .layer(new DenseLayer.Builder().nOut(7).activation(Activation.TANH).build())
        .layer(new BatchNormalization.Builder().useLogStd(logDeviations).build())
        .layer(classes(3))
        .setInputType(InputType.convolutionalFlat(8, 8, 2))
        .build();
  }

  private static ComputationGraphConfiguration residual(IUpdater updater) {
    return builder(updater)
        .graphBuilder()
        .addInputs("image")
        .setInputTypes(InputType.convolutional(6, 6, 2))
        .addLayer("a", convolution(), "image")
        .addLayer("b", convolution(), "a")
        .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
        .addVertex("both", new MergeVertex(), "sum", "a")
        .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "both")
        .addLayer(
            "number",
            new OutputLayer.Builder(LossFunction.MSE)
                .activation(Activation.IDENTITY)
                .nOut(2)
                .build(),
            "pool")
        .addLayer(
            "tags",
            new OutputLayer.Builder(LossFunction.XENT)
                .activation(Activation.SIGMOID)
                .nOut(3)
                .build(),
            "pool")
        .setOutputs("tags", "number")
        .build();
  }

  private static ConvolutionLayer convolution() {
    return new ConvolutionLayer.Builder(3, 3)
        .padding(1, 1)
        .nOut(4)
        .activation(Activation.TANH)
        .build();
  }

  private static MultiLayerConfiguration sequences(IUpdater updater) {
    return builder(updater)
        .list()
        .layer(new LSTM.Builder().nOut(5).activation(Activation.TANH).build())
        .layer(new SimpleRnn.Builder().nOut(4).activation(Activation.TANH).build())
        .layer(
            new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nOut(3)
                .build())
        .setInputType(InputType.recurrent(4))
        .build();
  }

  private static MultiLayerConfiguration squaresOfSoftmax(IUpdater updater) {
    return builder(updater)
        .list()
        .layer(new DenseLayer.Builder().nOut(6).activation(Activation.SOFTMAX).build())
        .layer(
            new OutputLayer.Builder(LossFunction.MSE)
                .activation(Activation.SOFTMAX)
                .nOut(3)
                .build())
        .setInputType(InputType.feedForward(5))
        .build();
  }

  private static MultiLayerConfiguration stepsOfSoftmax(IUpdater updater) {
    return builder(updater)
        .list()
        .layer(new LSTM.Builder().nOut(5).activation(Activation.TANH).build())
        .layer(
            new RnnOutputLayer.Builder(LossFunction.MSE)
                .activation(Activation.SOFTMAX)
                .nOut(3)
                .build())
        .setInputType(InputType.recurrent(4))
        .build();
  }

  /** As Keras made them before its version 3. */
  private static MultiLayerConfiguration hardGates(IUpdater updater) {
    return builder(updater)
        .list()
        .layer(
            new LSTM.Builder()
                .nOut(5)
                .activation(Activation.TANH)
                .gateActivationFunction(Activation.HARDSIGMOID)
                .build())
        .layer(
            new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nOut(3)
                .build())
        .setInputType(InputType.recurrent(4))
        .build();
  }

  private static MultiLayerConfiguration leaky(IUpdater updater) {
    return builder(updater)
        .list()
        .layer(new DenseLayer.Builder().nOut(9).activation(Activation.LEAKYRELU).build())
        .layer(new DenseLayer.Builder().nOut(6).activation(Activation.HARDSIGMOID).build())
        .layer(classes(3))
        .setInputType(InputType.feedForward(5))
        .build();
  }

  private static MultiLayerConfiguration lastSteps(IUpdater updater) {
    return builder(updater)
        .list()
        .layer(new LastTimeStep(new LSTM.Builder().nOut(5).activation(Activation.TANH).build()))
        .layer(classes(3))
        .setInputType(InputType.recurrent(4))
        .build();
  }

  private static INDArray numbers(SplitMix random, long... shape) {
    INDArray array = Nd4j.create(shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, random.nextGaussian());
    }
    return array;
  }

  private static INDArray oneHot(SplitMix random, int rows, int classes) {
    INDArray labels = Nd4j.zeros(rows, classes);
    for (int row = 0; row < rows; row++) {
      labels.putScalar(row, (int) (random.nextDouble() * classes), 1);
    }
    return labels;
  }

  private static List<byte[]> rows(int... shape) {
    List<byte[]> batches = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      SplitMix random = SplitMix.stream(step);
      int size = 15 + step % 3;
      long[] sizes = new long[shape.length + 1];
      sizes[0] = size;
      for (int i = 0; i < shape.length; i++) {
        sizes[i + 1] = shape[i];
      }
      batches.add(DataSets.encode(new DataSet(numbers(random, sizes), oneHot(random, size, 3))));
    }
    return batches;
  }

  private static List<byte[]> timeSteps() {
    List<byte[]> batches = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      SplitMix random = SplitMix.stream(step);
      INDArray labels = Nd4j.zeros(4, 3, 7);
      for (int row = 0; row < 4; row++) {
        for (int time = 0; time < 7; time++) {
          labels.putScalar(row, (int) (random.nextDouble() * 3), time, 1);
        }
      }
      batches.add(DataSets.encode(new DataSet(numbers(random, 4, 4, 7), labels)));
    }
    return batches;
  }

  /** Labels that are any numbers. */
  private static List<byte[]> softLabels(int width) {
    List<byte[]> batches = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      SplitMix random = SplitMix.stream(step);
      batches.add(DataSets.encode(new DataSet(numbers(random, 6, width), numbers(random, 6, 3))));
    }
    return batches;
  }

  private static List<byte[]> severalLabels() {
    List<byte[]> batches = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      SplitMix random = SplitMix.stream(step);
      batches.add(
          DataSets.encode(
              new MultiDataSet(
                  new INDArray[] {numbers(random, 5, 2, 6, 6)},
                  new INDArray[] {oneHot(random, 5, 3), numbers(random, 5, 2)})));
    }
    return batches;
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    Map<String, IUpdater> updaters =
        Map.of(
            "sgd", new Sgd(0.1),
            "nesterovs", new Nesterovs(0.05, 0.9),
            "adam", new Adam(0.01),
            "rmsProp", new RmsProp(0.01),
            "adaGrad", new AdaGrad(0.01),
            "scheduled", new Adam(new ExponentialSchedule(ScheduleType.ITERATION, 0.02, 0.8)));
    updaters.forEach(
        (name, updater) -> {
          cases.add(new Case("dense " + name, initialised(dense(builder(updater))), rows(5)));
          boolean log = !name.equals("sgd");
          cases.add(new Case("images " + name, initialised(images(updater, log)), rows(128)));
        });
    cases.add(
        new Case(
            "L1 and L2",
            initialised(dense(builder(new Sgd(0.1)).l1(0.01).l2(0.03).l2Bias(0))),
            rows(5)));
    cases.add(
        new Case(
            "clipped",
            initialised(
                dense(
                    builder(new Sgd(1))
                        .gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                        .gradientNormalizationThreshold(0.02))),
            rows(5)));
    cases.add(new Case("residual", initialised(residual(new Adam(0.01))), severalLabels()));
    cases.add(new Case("sequences", initialised(sequences(new Adam(0.01))), timeSteps()));
    cases.add(new Case("sequences sgd", initialised(sequences(new Sgd(0.1))), timeSteps()));
    cases.add(new Case("softmax", initialised(squaresOfSoftmax(new Adam(0.01))), softLabels(5)));
    cases.add(
        new Case("softmax along time", initialised(stepsOfSoftmax(new Sgd(0.1))), timeSteps()));
    cases.add(new Case("hard gates", initialised(hardGates(new Sgd(0.1))), timeSteps()));
    cases.add(new Case("leaky", initialised(leaky(new Adam(0.01))), rows(5)));
    cases.add(new Case("last", initialised(lastSteps(new Nesterovs(0.1, 0.9))), rows(4, 7)));
    return cases.stream();
  }

  /** Goes on from a network that has trained two steps, so that nothing begins at 0. */
  @ParameterizedTest
  @MethodSource("cases")
  void steps_leaveParametersMemoryAndLoss_asDl4jDoes(Case c) {
    Dl4jModel theirs = c.model();
    for (int i = 0; i < 2; i++) {
      fit(theirs, c.batches().get(i));
    }
    int[] form = LabelledRows.form(c.batches().get(0));
    TorchConversion converted = TorchConversion.of(theirs, LabelledRows.input(form));
    converted.rows().requireFit(form);
    State state = converted.read();
    List<Double> losses = new ArrayList<>();
    try (Replica replica = converted.source().create()) {
      replica.load(state);
      for (int i = 2; i < STEPS; i++) {
        var batch = converted.rows().miniBatch(LabelledRows.read(c.batches().get(i)));
        losses.add(replica.step(batch, new StepContext(0, i, i, i)));
      }
      replica.read(state);
    }
    for (int i = 2; i < STEPS; i++) {
      fit(theirs, c.batches().get(i));
      assertEquals(theirs.network().score(), losses.get(i - 2), 1e-5, "loss of step " + i);
    }
    float[] params = floats(theirs.params());
    float[] memory = floats(theirs.updaterState());
    converted.write(state);
    assertClose(params, floats(theirs.params()));
    assertClose(memory, floats(theirs.updaterState()));
  }

  private static void fit(Dl4jModel model, byte[] batch) {
    if (DataSets.isMulti(batch)) {
      model.fit(DataSets.decodeMulti(batch));
    } else {
      model.fit(DataSets.decode(batch));
    }
  }

  private static float[] floats(INDArray array) {
    return array == null ? new float[0] : array.dup().data().asFloat();
  }

  private static void assertClose(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      double allowed = TOLERANCE * Math.max(1, Math.abs(expected[i]));
      assertEquals(expected[i], actual[i], allowed, "number " + i);
    }
  }

  @Test
  void state_readAndWritten_isTheSame() {
    Dl4jModel model = initialised(images(new Adam(0.01), true));
    fit(model, rows(128).get(0));
    float[] params = floats(model.params());
    float[] memory = floats(model.updaterState());
    TorchConversion converted = TorchConversion.of(model, null);
    State state = converted.read();
    model.params().assign(0);
    model.updaterState().assign(0);
    converted.write(state);
    assertArrayEquals(params, floats(model.params()), 1e-7f);
    assertArrayEquals(memory, floats(model.updaterState()));
  }

  @Test
  void equalNetworks_haveEqualSources() {
    Dl4jModel model = initialised(images(new Adam(0.01), true));
    assertEquals(
        TorchConversion.of(model, null).source(), TorchConversion.of(model, null).source());
  }

  @Test
  void whatItCannotTrain_isNamed() {
    refused(builder(new Nadam(0.1)), "updater Nadam");
    refused(builder(new Sgd(0.1)).biasUpdater(new Sgd(0.2)), "layer 'layer0' has the updater");
    refused(builder(new Sgd(0.1)).weightDecay(0.1), "layer 'layer0' has WeightDecay");
    refused(builder(new Sgd(0.1)).l2Bias(0.1), "L1 or L2 on 'b'");
    refused(
        builder(new Sgd(0.1)).constrainWeights(new MaxNormConstraint(1, 1)),
        "layer 'layer0' has constraints");
    refused(
        builder(new Sgd(0.1)).dropOut(new GaussianDropout(0.5)), "layer 'layer0' has a dropout");
    refused(builder(new Sgd(0.1)).miniBatch(false), "miniBatch(false)");
    refused(
        builder(new Sgd(0.1)).gradientNormalization(GradientNormalization.ClipL2PerLayer),
        "ClipL2PerLayer");
    refused(
        builder(new Nesterovs(0.1, new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.5)))),
        "momentum by schedule");
    Exception error =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                TorchConversion.requireTrains(
                    initialised(
                        builder(new Sgd(0.1))
                            .list()
                            .layer(new ConvolutionLayer.Builder(3, 3).nOut(2).build())
                            .layer(new LocalResponseNormalization())
                            .layer(classes(3))
                            .setInputType(InputType.convolutionalFlat(8, 8, 1))
                            .build())));
    assertTrue(error.getMessage().contains("'layer1' (LocalResponseNormalization)"));
  }

  @Test
  void layersWithSettingsBraidLacks_areNamed() {
    refused(new GlobalPoolingLayer(PoolingType.SUM), "global pooling SUM");
    refused(
        new FrozenLayer(new SimpleRnn.Builder().nOut(5).build()),
        "layer 'layer0' is frozen (FrozenLayer)");
    refused(
        new LastTimeStep(
            new LSTM.Builder().nOut(5).gateActivationFunction(Activation.TANH).build()),
        "gates have a sigmoid or a hard one, not tanh");
    refused(
        new LastTimeStep(new SimpleRnn.Builder().nOut(5).hasLayerNorm(true).build()),
        "layer norm within it");
  }

  private static void refused(Layer layer, String expected) {
    MultiLayerConfiguration configuration =
        builder(new Sgd(0.1))
            .activation(Activation.TANH)
            .list()
            .layer(layer)
            .layer(classes(3))
            .setInputType(InputType.recurrent(4))
            .build();
    Exception error =
        assertThrows(
            IllegalArgumentException.class,
            () -> TorchConversion.requireTrains(initialised(configuration)));
    assertTrue(error.getMessage().contains(expected), error::getMessage);
  }

  private static void refused(NeuralNetConfiguration.Builder builder, String expected) {
    Exception error =
        assertThrows(
            IllegalArgumentException.class,
            () -> TorchConversion.requireTrains(initialised(dense(builder))));
    assertTrue(error.getMessage().contains(expected), error::getMessage);
    assertTrue(error.getMessage().contains("leave engine(Engine.TORCH) away"), error::getMessage);
  }

  @Test
  void dataOfAnotherWidth_isRefused_whereOnlyTheWeightsTellIt() {
    Dl4jModel model = initialised(sequences(new Sgd(0.1))); // reads 4 features a step
    Exception error =
        assertThrows(
            IllegalArgumentException.class, () -> TorchConversion.of(model, Shape.of(7, 5)));
    assertTrue(
        error
            .getMessage()
            .contains("'layer0_W' are 80 numbers, but on this data they would be 100"),
        error::getMessage);
  }

  @Test
  void miniBatches_thatDoNotFit_areRefused() {
    TorchConversion converted = TorchConversion.of(initialised(dense(builder(new Sgd(0.1)))), null);
    INDArray mask = Nd4j.ones(2, 1);
    DataSet masked = new DataSet(Nd4j.ones(2, 5), Nd4j.ones(2, 3), null, mask);
    refused(converted, DataSets.encode(masked), "masks");
    refused(converted, DataSets.encode(new DataSet(Nd4j.ones(2, 6), Nd4j.ones(2, 3))), "[6]");
    refused(converted, DataSets.encode(new DataSet(Nd4j.ones(2, 5), Nd4j.ones(2, 4))), "[4]");
    byte[] soft = DataSets.encode(new DataSet(Nd4j.ones(2, 5), Nd4j.ones(2, 3).muli(0.5)));
    refused(converted, soft, "not one class");
  }

  private static void refused(TorchConversion converted, byte[] batch, String expected) {
    Exception error =
        assertThrows(
            IllegalArgumentException.class,
            () -> converted.rows().requireFit(LabelledRows.form(batch)));
    assertTrue(error.getMessage().contains(expected), error::getMessage);
  }
}
