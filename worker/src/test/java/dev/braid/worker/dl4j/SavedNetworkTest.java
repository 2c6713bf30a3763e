package dev.braid.worker.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Zips that DL4J wrote, asked directly. */
class SavedNetworkTest {
  private static final int SIZE = 5;

  @TempDir private Path folder;

  private static NeuralNetConfiguration.ListBuilder images() {
    return new NeuralNetConfiguration.Builder()
        .seed(3)
        .list()
        .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.RELU).build())
        .layer(new DenseLayer.Builder().nOut(6).activation(Activation.TANH).build())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nOut(3)
                .build());
  }

  private static float[] inputs(int width) {
    float[] inputs = new float[SIZE * width];
    SplitMix random = SplitMix.stream(width);
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = random.nextInt(256);
    }
    return inputs;
  }

  /** What infer does: the normaliser, then the model. */
  private static float[] asked(LoadedModel model, float[] inputs) {
    float[] normalised = inputs.clone();
    Normaliser normaliser = model.facts().inputs().get(0).normaliser();
    int width = model.facts().shapes().get(0).size();
    for (int i = 0; i < SIZE; i++) {
      normaliser.applyInPlace(normalised, i * width, width);
    }
    try (Predictor predictor = model.predictor()) {
      return predictor.answer(MiniBatch.unlabelled(SIZE, normalised))[0];
    }
  }

  @Test
  void answers_areDl4jsOwnOutput_ofImages() throws IOException {
    MultiLayerNetwork network =
        new MultiLayerNetwork(images().setInputType(InputType.convolutionalFlat(8, 7, 1)).build());
    network.init();
    File file = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(network, file, true);
    float[] inputs = inputs(56);
    INDArray expected = network.output(Nd4j.create(inputs, new long[] {SIZE, 56}));
    try (LoadedModel model =
        ModelBytes.load(Files.readAllBytes(file.toPath()), ForeignSettings.NONE)) {
      assertEquals(Shape.of(1, 8, 7), model.facts().shapes().get(0));
      assertEquals(List.of("0", "1", "2"), model.facts().outputs().get(0).decoder().sums());
      assertEquals(64, model.facts().sha256().length());
      assertArrayEquals(expected.dup('c').data().asFloat(), asked(model, inputs), 1e-6f);
    }
  }

  @Test
  void answers_areDl4jsOwnOutput_ofAGraphWithANormaliser() throws IOException {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(4)
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(8).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nIn(8)
                        .nOut(2)
                        .build())
                .build());
    network.init();
    ComputationGraph graph = network.toComputationGraph();
    NormalizerStandardize normalizer =
        new NormalizerStandardize(
            Nd4j.create(new float[][] {{100, 120, 90}}), Nd4j.create(new float[][] {{50, 60, 70}}));
    File file = folder.resolve("graph.zip").toFile();
    ModelSerializer.writeModel(graph, file, false);
    ModelSerializer.addNormalizerToModel(file, normalizer);
    float[] inputs = inputs(3);
    DataSet data = new DataSet(Nd4j.create(inputs, new long[] {SIZE, 3}), null);
    normalizer.transform(data);
    float[] expected = graph.output(data.getFeatures())[0].dup('c').data().asFloat();
    try (LoadedModel model =
        ModelBytes.load(Files.readAllBytes(file.toPath()), ForeignSettings.NONE)) {
      assertFalse(model.facts().outputs().get(0).decoder().countsAnswers());
      assertArrayEquals(expected, asked(model, inputs), 1e-6f);
    }
  }

  @Test
  void classes_areNamedByTheSettings_andMustBeAsMany() throws IOException {
    MultiLayerNetwork network =
        new MultiLayerNetwork(images().setInputType(InputType.convolutionalFlat(8, 7, 1)).build());
    network.init();
    File file = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(network, file, false);
    byte[] bytes = Files.readAllBytes(file.toPath());
    ForeignSettings three = new ForeignSettings(null, null, null, List.of("red", "green", "blue"));
    try (LoadedModel model = ModelBytes.load(bytes, three)) {
      assertEquals(
          List.of("red", "green", "blue"), model.facts().outputs().get(0).labels().classes());
    }
    ForeignSettings two = new ForeignSettings(null, null, null, List.of("red", "green"));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ModelBytes.load(bytes, two));
    assertTrue(e.getMessage().contains("2 classes are named, but the network has 3"));
  }

  @Test
  void aNetworkThatDoesNotSayWhatItReads_needsTheShape() throws IOException {
    MultiLayerNetwork network =
        new MultiLayerNetwork(images().setInputType(InputType.convolutional(8, 7, 1)).build());
    network.init();
    File file = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(network, file, false);
    byte[] bytes = Files.readAllBytes(file.toPath());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> ModelBytes.load(bytes, ForeignSettings.NONE));
    assertTrue(e.getMessage().contains("set foreign.inputShape"), e.getMessage());
    ForeignSettings shape = new ForeignSettings(List.of(1, 8, 7), null, null, null);
    float[] inputs = inputs(56);
    INDArray expected = network.output(Nd4j.create(inputs, new long[] {SIZE, 1, 8, 7}));
    try (LoadedModel model = ModelBytes.load(bytes, shape)) {
      assertArrayEquals(expected.dup('c').data().asFloat(), asked(model, inputs), 1e-6f);
    }
  }
}
