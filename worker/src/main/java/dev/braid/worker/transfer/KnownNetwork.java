package dev.braid.worker.transfer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.Concatenate;
import dev.braid.worker.layer.Convolution;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.MaxPooling;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.Start;
import dev.braid.worker.shape.Padding;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Networks whose published files hold weights alone. */
public enum KnownNetwork {
  /**
   * SqueezeNet 1.1 up to its last fire module (arXiv:1602.07360 and the authors' later, smaller
   * version), for photos of at least 32 x 32: [3, height, width] to [512, height / 16, width / 16],
   * about. Its published weights were learned on ImageNet, from pictures whose channels were blue,
   * green, red, less their means; here they read red, green, blue.
   */
  @JsonProperty("squeezeNet")
  SQUEEZE_NET {
    @Override
    public Network network() {
      List<Layer> layers = new ArrayList<>();
      layers.add(convolution("conv1", 64, 3, 2, null));
      layers.add(pooling("pool1"));
      fire(layers, 2, 16, 64);
      fire(layers, 3, 16, 64);
      layers.add(pooling("pool3"));
      fire(layers, 4, 32, 128);
      fire(layers, 5, 32, 128);
      layers.add(pooling("pool5"));
      fire(layers, 6, 48, 192);
      fire(layers, 7, 48, 192);
      fire(layers, 8, 64, 256);
      fire(layers, 9, 64, 256);
      return new Network(null, layers);
    }

    @Override
    LearnedWeights as(LearnedWeights published) {
      return (plan, layer, parameter) -> {
        Optional<float[]> values = published.of(plan, layer, parameter);
        boolean readsPicture = layer.node().name().equals("conv1") && parameter.shape().size() > 1;
        return readsPicture ? values.map(v -> channelsReversed(v, parameter.shape())) : values;
      };
    }

    @Override
    Start.Normalisers normalisers() {
      return inputs -> {
        Shape picture = inputs.iterator().next();
        require(
            inputs.size() == 1 && picture.rank() == 3 && picture.channels() == 3,
            "transfer.architecture: squeezeNet reads pictures [3, height, width], but the data"
                + " gives %s; set channels: 3",
            inputs);
        int places = picture.size() / 3;
        return List.of(
            new Normaliser(
                new float[] {123.68f, 116.779f, 103.939f}, new float[] {1, 1, 1}, places));
      };
    }
  };

  /** Its layers, named as in its published files, without an output. */
  public abstract Network network();

  /** The weights of its published file as this network takes them. */
  abstract LearnedWeights as(LearnedWeights published);

  /** How its inputs were prepared. */
  abstract Start.Normalisers normalisers();

  private static Convolution convolution(
      String name, int filters, int kernel, int stride, String from) {
    return new Convolution(
        filters,
        List.of(kernel),
        List.of(stride),
        Padding.read(kernel == 3 && stride == 1 ? "same" : "valid"),
        null,
        null,
        Activation.RELU,
        true,
        null,
        name,
        from == null ? null : List.of(from));
  }

  private static MaxPooling pooling(String name) {
    return new MaxPooling(List.of(3), List.of(2), null, name, null);
  }

  /** Few channels, which then become many again, half of them by 1 x 1 and half by 3 x 3. */
  private static void fire(List<Layer> layers, int number, int squeezed, int expanded) {
    String name = "fire" + number + "_";
    String squeeze = name + "squeeze1x1";
    layers.add(convolution(squeeze, squeezed, 1, 1, null));
    layers.add(convolution(name + "expand1x1", expanded, 1, 1, squeeze));
    layers.add(convolution(name + "expand3x3", expanded, 3, 1, squeeze));
    layers.add(new Concatenate(name + "concat", List.of(name + "expand1x1", name + "expand3x3")));
  }

  /** Kernels [filters, channels, ...] that read the channels from the last to the first. */
  private static float[] channelsReversed(float[] kernels, List<Integer> shape) {
    int channels = shape.get(1);
    int taps = kernels.length / shape.get(0) / channels;
    float[] result = new float[kernels.length];
    for (int from = 0; from < kernels.length; from += taps) {
      int channel = from / taps % channels;
      int to = from + (channels - 1 - 2 * channel) * taps;
      System.arraycopy(kernels, from, result, to, taps);
    }
    return result;
  }
}
