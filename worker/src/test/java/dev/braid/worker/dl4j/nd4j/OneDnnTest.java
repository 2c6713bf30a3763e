package dev.braid.worker.dl4j.nd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.OwnJvm;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * oneDNN's kernels in single precision against DL4J's own, which know no oneDNN, in double
 * precision.
 */
class OneDnnTest {

  /** A network's layers before the output, and what they read. */
  private record Case(String name, InputType input, List<Long> shape, List<Layer> layers) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case images(String name, Layer... layers) {
    return new Case(
        name, InputType.convolutional(8, 7, 2), List.of(3L, 2L, 8L, 7L), List.of(layers));
  }

  private static ConvolutionLayer.Builder convolution(int... kernel) {
    return new ConvolutionLayer.Builder(kernel).nOut(3).activation(Activation.TANH);
  }

  private static Stream<Case> cases() {
    return Stream.of(
        images("valid", convolution(3, 3).build()),
        images("same", convolution(3, 3).convolutionMode(ConvolutionMode.Same).build()),
        images("stride", convolution(3, 2).stride(2, 2).padding(1, 0).build()),
        images("no bias", convolution(3, 3).hasBias(false).build()),
        images("dilation", convolution(3, 3).dilation(2, 2).build()),
        images(
            "response normalisation",
            convolution(3, 3).build(),
            new LocalResponseNormalization.Builder().build()),
        images("batch normalisation", convolution(3, 3).build(), new BatchNormalization()),
        images(
            "max pooling",
            convolution(2, 2).build(),
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).build()),
        images(
            "average pooling",
            convolution(2, 2).build(),
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG).build()),
        new Case(
            "channels last",
            InputType.convolutional(8, 7, 2, CNN2DFormat.NHWC),
            List.of(3L, 8L, 7L, 2L),
            List.of(convolution(3, 3).dataFormat(CNN2DFormat.NHWC).build())),
        new Case(
            "along time",
            InputType.recurrent(4, 9),
            List.of(3L, 4L, 9L),
            List.of(
                new Convolution1DLayer.Builder(3).nOut(5).activation(Activation.TANH).build(),
                new GlobalPoolingLayer())),
        new Case(
            "volumes",
            InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 4, 5, 6, 2),
            List.of(3L, 2L, 4L, 5L, 6L),
            List.of(
                new Convolution3D.Builder(2, 2, 2)
                    .nOut(3)
                    .dataFormat(Convolution3D.DataFormat.NCDHW)
                    .activation(Activation.TANH)
                    .build(),
                new GlobalPoolingLayer())));
  }

  private static MultiLayerNetwork network(Case layers, DataType type) {
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder().seed(3).dataType(type).updater(new NoOp()).list();
    layers.layers().forEach(layer -> list.layer(layer.clone()));
    MultiLayerConfiguration configuration =
        list.layer(
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .nOut(3)
                    .activation(Activation.SOFTMAX)
                    .build())
            .setInputType(layers.input())
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  private static INDArray gradient(MultiLayerNetwork network, INDArray x, INDArray y) {
    network.setInput(x);
    network.setLabels(y);
    network.computeGradientAndScore();
    return network.getFlattenedGradients().castTo(DataType.DOUBLE);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradient_matchDoublePrecision(Case layers) {
    for (int seed = 0; seed < 3; seed++) {
      Nd4j.getRandom().setSeed(seed);
      INDArray x =
          Nd4j.randn(DataType.FLOAT, layers.shape().stream().mapToLong(Long::longValue).toArray());
      INDArray y = Nd4j.eye(3).castTo(DataType.FLOAT);
      MultiLayerNetwork fast = network(layers, DataType.FLOAT);
      MultiLayerNetwork exact = network(layers, DataType.DOUBLE);
      exact.params().assign(fast.params().castTo(DataType.DOUBLE));
      INDArray expected =
          gradient(exact, x.castTo(DataType.DOUBLE), y.castTo(DataType.DOUBLE)).dup();
      INDArray actual = gradient(fast, x, y);
      double distance = expected.distance2(actual) / expected.norm2Number().doubleValue();
      assertTrue(distance < 1e-5, () -> "relative distance " + distance);
      assertEquals(exact.score(), fast.score(), 1e-5);
    }
  }

  @Test
  void convolutions_haveTheirOneDnnKernels() {
    MultiLayerNetwork network = network(images("valid", convolution(3, 3).build()), DataType.FLOAT);
    assertNotNull(network.getLayer(0).getHelper());
  }

  @ParameterizedTest
  @CsvSource({
    "'', helper, -onednn-avx",
    "-Dorg.bytedeco.javacpp.platform.extension=-onednn-avx2, helper, -onednn-avx2/",
    "-Dorg.eclipse.deeplearning4j.helpers.disable=true, none, -onednn-avx"
  })
  void properties_decideKernelsAndNatives(String property, String kernels, String natives)
      throws IOException, InterruptedException {
    List<String> flags = property.isEmpty() ? List.of() : List.of(property);
    List<String> lines = OwnJvm.run(flags, OneDnnProbe.class).lines().toList();
    assertTrue(lines.contains(kernels), lines.toString());
    assertTrue(
        lines.stream().anyMatch(line -> line.contains("linux-x86_64" + natives)), lines.toString());
  }

  @Test
  void natives_areThoseOfTheProcessor() {
    String old = "flags : fpu avx avx2 fma ";
    assertEquals("-onednn-avx2", CpuBackend.extension(old));
    assertEquals("-onednn-avx512", CpuBackend.extension(old + "avx512f avx512bw avx512vl "));
  }
}
