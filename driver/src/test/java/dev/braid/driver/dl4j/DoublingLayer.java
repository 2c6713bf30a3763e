package dev.braid.driver.dl4j;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaLayer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A layer that a user wrote: DL4J finds its class by name in the configuration's JSON. */
public final class DoublingLayer extends SameDiffLambdaLayer {
  private static final long serialVersionUID = 1;

  @Override
  public SDVariable defineLayer(SameDiff sameDiff, SDVariable input) {
    return input.mul(2);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return inputType;
  }

  /** A network with the layer in the middle. */
  static MultiLayerConfiguration network() {
    return new NeuralNetConfiguration.Builder()
        .seed(12)
        .updater(new Sgd(0.1))
        .list()
        .layer(new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build())
        .layer(new DoublingLayer())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(InputType.feedForward(4))
        .build();
  }
}
