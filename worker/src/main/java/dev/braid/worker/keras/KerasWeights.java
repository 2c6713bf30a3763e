package dev.braid.worker.keras;

import static dev.braid.worker.Check.require;

import dev.braid.worker.layer.Activate;
import dev.braid.worker.layer.BatchNorm;
import dev.braid.worker.layer.Bidirectional;
import dev.braid.worker.layer.Convolution;
import dev.braid.worker.layer.Dropout;
import dev.braid.worker.layer.Embedding;
import dev.braid.worker.layer.Flatten;
import dev.braid.worker.layer.Gru;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.LayerNorm;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Parameter;
import dev.braid.worker.layer.Recurrent;
import dev.braid.worker.layer.Shape;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.transfer.LearnedWeights;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Weights of Keras's in Braid's order: kernels [filters, channels, height, width] for [height,
 * width, channels, filters], matrices [units, features] for [features, units]. What follows a
 * flattened image reads its channels first here, last there.
 *
 * @param byLayer tensors of the file, by the layers' names here
 */
record KerasWeights(Map<String, List<KerasTensor>> byLayer) implements LearnedWeights {
  /** What the first of the two layers that a separable convolution becomes is called. */
  static final String DEPTHWISE = "_depthwise";

  @Override
  public Optional<float[]> of(NetworkPlan plan, LayerPlan layer, Parameter parameter) {
    String name = layer.site().name();
    boolean depthwise = name.endsWith(DEPTHWISE) && !byLayer.containsKey(name);
    String there = depthwise ? name.substring(0, name.length() - DEPTHWISE.length()) : name;
    List<KerasTensor> tensors = byLayer.get(there);
    if (tensors == null) {
      return Optional.empty();
    }
    float[] values = values(plan, layer, parameter, tensors, depthwise);
    require(
        values.length == parameter.size(),
        "layer '%s': the file has %d numbers for its %s, but it needs %s",
        name,
        values.length,
        parameter.name(),
        parameter.shape());
    return Optional.of(values);
  }

  private static float[] values(
      NetworkPlan plan,
      LayerPlan layer,
      Parameter parameter,
      List<KerasTensor> tensors,
      boolean depthwise) {
    Layer kind = layer.layer();
    if (depthwise) {
      return tensors.get(0).permuted(2, 3, 0, 1);
    }
    if (kind instanceof Recurrent recurrent) {
      return recurrent(recurrent, parameter, tensors);
    }
    if (kind instanceof Bidirectional both) {
      int half = tensors.size() / 2;
      return recurrent(
          both.layer(),
          parameter,
          parameter.name().endsWith("_reverse")
              ? tensors.subList(half, tensors.size())
              : tensors.subList(0, half));
    }
    Optional<Shape> image = flattened(plan, layer);
    if (kind instanceof BatchNorm || kind instanceof LayerNorm) {
      float[] vector = normalisation(parameter, tensors);
      return image.map(shape -> channelsFirst(vector, 1, shape)).orElse(vector);
    }
    if (kind instanceof Embedding) {
      return tensors.get(0).values();
    }
    if (parameter.name().equals("bias")) {
      return tensors.stream()
          .filter(tensor -> tensor.shape().length == 1)
          .findFirst()
          .map(KerasTensor::values)
          .orElseGet(() -> new float[(int) parameter.size()]);
    }
    KerasTensor kernel =
        tensors.stream()
            .filter(tensor -> tensor.shape().length > 1)
            .reduce((first, last) -> last) // a separable convolution's second
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the file has no kernel for layer '" + layer.site().name() + "'"));
    int rank = kernel.shape().length;
    if (kind instanceof Convolution convolution) {
      require(
          rank == parameter.shape().size(),
          "layer '%s': the file's kernel %s is for another number of dimensions",
          layer.site().name(),
          Arrays.toString(kernel.shape()));
      if (convolution.groups() > 1
          && kernel.shape()[rank - 2] * kernel.shape()[rank - 1] == convolution.filters()
          && kernel.name().contains("depthwise")) {
        return kernel.permuted(2, 3, 0, 1);
      }
      int[] order = new int[rank];
      order[0] = rank - 1;
      order[1] = rank - 2;
      IntStream.range(0, rank - 2).forEach(i -> order[i + 2] = i);
      return kernel.permuted(order);
    }
    float[] matrix = kernel.permuted(1, 0);
    return image.map(shape -> channelsFirst(matrix, kernel.shape()[1], shape)).orElse(matrix);
  }

  private static float[] normalisation(Parameter parameter, List<KerasTensor> tensors) {
    String name =
        switch (parameter.name()) {
          case "weight" -> "gamma";
          case "bias" -> "beta";
          case "running_mean" -> "moving_mean";
          default -> "moving_variance";
        };
    for (KerasTensor tensor : tensors) {
      if (tensor.name().equals(name) || tensor.name().endsWith("_" + name)) {
        return tensor.values();
      }
    }
    float[] absent = new float[(int) parameter.size()];
    Arrays.fill(absent, name.equals("gamma") || name.equals("moving_variance") ? 1 : 0);
    return absent;
  }

  private static float[] recurrent(
      Recurrent layer, Parameter parameter, List<KerasTensor> tensors) {
    boolean gru = layer instanceof Gru;
    int units = layer.units();
    if (parameter.name().startsWith("weight_")) {
      int place = parameter.name().startsWith("weight_ih") ? 0 : 1;
      float[] matrix = tensors.get(place).permuted(1, 0);
      return gru ? resetFirst(matrix, matrix.length / 3) : matrix;
    }
    float[] bias = new float[(int) parameter.size()];
    boolean ofInput = parameter.name().startsWith("bias_ih");
    if (tensors.size() < 3 || (!gru && !ofInput)) {
      return bias;
    }
    System.arraycopy(tensors.get(2).values(), ofInput ? 0 : bias.length, bias, 0, bias.length);
    return gru ? resetFirst(bias, units) : bias;
  }

  /** Keras's gates of a GRU are update, reset, new; ours reset, update, new. */
  private static float[] resetFirst(float[] gates, int size) {
    float[] result = gates.clone();
    System.arraycopy(gates, size, result, 0, size);
    System.arraycopy(gates, 0, result, size, size);
    return result;
  }

  /** The image, as we have it, that a layer reads as a flat vector; empty where it reads none. */
  static Optional<Shape> flattened(NetworkPlan plan, LayerPlan layer) {
    int numInputs = plan.inputs().size();
    int index = layer.site().sources().get(0).index() - numInputs;
    while (index >= 0) {
      LayerPlan source = plan.layers().get(index);
      if (source.layer() instanceof Flatten) {
        return Optional.of(source.site().shape()).filter(shape -> shape.rank() > 2);
      }
      if (!passes(source.layer())) {
        return Optional.empty();
      }
      index = source.site().sources().get(0).index() - numInputs;
    }
    return Optional.empty();
  }

  /** Whether a layer gives each number in the place where it reads it. */
  static boolean passes(Layer layer) {
    return layer instanceof Dropout
        || layer instanceof Activate
        || layer instanceof BatchNorm
        || layer instanceof LayerNorm;
  }

  /** Rows of numbers of an image, channels last, with the channels first. */
  private static float[] channelsFirst(float[] rows, int numRows, Shape image) {
    int channels = image.channels();
    int places = image.size() / channels;
    float[] result = new float[rows.length];
    for (int row = 0; row < numRows; row++) {
      int offset = row * image.size();
      for (int c = 0; c < channels; c++) {
        for (int p = 0; p < places; p++) {
          result[offset + c * places + p] = rows[offset + p * channels + c];
        }
      }
    }
    return result;
  }
}
