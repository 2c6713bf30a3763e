package dev.braid.driver.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small DL4J networks and data for tests. */
final class Dl4jNets {
  private Dl4jNets() {}

  /** 4 inputs, a hidden layer of 6, 3 classes. */
  static MultiLayerConfiguration dense(IUpdater updater, double keep) {
    return new NeuralNetConfiguration.Builder()
        .seed(12)
        .updater(updater)
        .list()
        .layer(
            new DenseLayer.Builder()
                .nIn(4)
                .nOut(6)
                .dropOut(keep)
                .activation(Activation.TANH)
                .build())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(6)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build())
        .build();
  }

  /** Images of 6 x 6, a convolution, batch normalisation, 3 classes. */
  static MultiLayerConfiguration images(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(12)
        .updater(updater)
        .list()
        .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.RELU).build())
        .layer(new BatchNormalization())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(InputType.convolutionalFlat(6, 6, 1))
        .build();
  }

  /** Images of 6 x 6, a convolution and nothing that mixes examples, 3 classes. */
  static MultiLayerConfiguration convolution(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(12)
        .updater(updater)
        .list()
        .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.TANH).build())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(InputType.convolutionalFlat(6, 6, 1))
        .build();
  }

  /** Images of 12 x 12, two convolutions with pooling and batch normalisation, 3 classes. */
  static MultiLayerConfiguration lenet(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(12)
        .updater(updater)
        .activation(Activation.TANH)
        .list()
        .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).build())
        .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
        .layer(new BatchNormalization())
        .layer(new ConvolutionLayer.Builder(2, 2).nOut(6).build())
        .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
        .layer(new DenseLayer.Builder().nOut(10).build())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(InputType.convolutionalFlat(12, 12, 1))
        .build();
  }

  /** The same as a graph of one input and one output. */
  static ComputationGraphConfiguration graph(MultiLayerConfiguration configuration) {
    return initialised(configuration).toComputationGraph().getConfiguration();
  }

  /** Sequences of 4 features, an LSTM, 3 classes at each step. */
  static MultiLayerConfiguration sequences(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(12)
        .updater(updater)
        .list()
        .layer(new LSTM.Builder().nIn(4).nOut(5).activation(Activation.TANH).build())
        .layer(
            new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nIn(5)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build())
        .build();
  }

  /** Two inputs and two outputs. */
  static ComputationGraphConfiguration twoInputs(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(12)
        .updater(updater)
        .graphBuilder()
        .addInputs("left", "right")
        .addLayer("a", new DenseLayer.Builder().nIn(4).nOut(5).build(), "left")
        .addLayer("b", new DenseLayer.Builder().nIn(2).nOut(5).build(), "right")
        .addLayer(
            "classes",
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(10)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build(),
            "a",
            "b")
        .addLayer(
            "number",
            new OutputLayer.Builder(LossFunction.MSE)
                .nIn(5)
                .nOut(1)
                .activation(Activation.IDENTITY)
                .build(),
            "b")
        .setOutputs("classes", "number")
        .build();
  }

  static MultiLayerNetwork initialised(MultiLayerConfiguration configuration) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  static ComputationGraph initialised(ComputationGraphConfiguration configuration) {
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    return network;
  }

  /** Mini-batches of the given sizes whose class depends on the features. */
  static List<DataSet> data(int features, int... sizes) {
    Random random = new Random(5);
    List<DataSet> batches = new ArrayList<>();
    for (int size : sizes) {
      batches.add(new DataSet(numbers(random, size, features), classes(random, size)));
    }
    return batches;
  }

  /** Sequences of different lengths from mini-batch to mini-batch, masked within each. */
  static List<DataSet> maskedSequences(int... sizes) {
    Random random = new Random(5);
    List<DataSet> batches = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      int time = 3 + i % 3;
      INDArray mask = Nd4j.ones(sizes[i], time);
      for (int row = 1; row < sizes[i]; row += 2) {
        mask.putScalar(row, time - 1, 0);
      }
      INDArray labels = Nd4j.zeros(sizes[i], 3, time);
      for (int row = 0; row < sizes[i]; row++) {
        for (int t = 0; t < time; t++) {
          labels.putScalar(row, random.nextInt(3), t, 1);
        }
      }
      INDArray features = numbers(random, sizes[i], 4 * time).reshape(sizes[i], 4, time);
      batches.add(new DataSet(features, labels, mask, mask.dup()));
    }
    return batches;
  }

  /** Mini-batches for {@link #twoInputs}. */
  static List<MultiDataSet> twoInputData(int... sizes) {
    Random random = new Random(5);
    List<MultiDataSet> batches = new ArrayList<>();
    for (int size : sizes) {
      batches.add(
          new org.nd4j.linalg.dataset.MultiDataSet(
              new INDArray[] {numbers(random, size, 4), numbers(random, size, 2)},
              new INDArray[] {classes(random, size), numbers(random, size, 1)}));
    }
    return batches;
  }

  private static INDArray numbers(Random random, int rows, int columns) {
    float[] numbers = new float[rows * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return Nd4j.create(numbers, new long[] {rows, columns}, 'c');
  }

  private static INDArray classes(Random random, int rows) {
    INDArray labels = Nd4j.zeros(rows, 3);
    for (int row = 0; row < rows; row++) {
      labels.putScalar(row, random.nextInt(3), 1);
    }
    return labels;
  }
}
