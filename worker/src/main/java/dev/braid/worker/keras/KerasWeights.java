package dev.braid.worker.keras;

import com.google.errorprone.annotations.FormatMethod;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.layer.BatchNorm;
import dev.braid.worker.layer.Bidirectional;
import dev.braid.worker.layer.Gru;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Recurrent;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.transfer.LearnedWeights;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Weights of Keras's in Braid's order: kernels [filters, channels, height, width] for [height,
 * width, channels, filters], matrices [units, features] for [features, units]. What reads a
 * flattened image has its numbers in the order that {@link FlatOrder} says.
 *
 * @param byLayer tensors of the file, by the layers' names here
 */
record KerasWeights(Map<String, List<KerasTensor>> byLayer) implements LearnedWeights {
  /** What the first of the two layers that a separable convolution becomes is called. */
  static final String DEPTHWISE = "_depthwise";

  private static final List<String> NORMALISATION =
      List.of("gamma", "beta", "moving_mean", "moving_variance");

  /**
   * What is known of a layer whose tensors are read.
   *
   * @param plan the layer here
   * @param order of the numbers it reads, null where they lie as in Keras
   * @param tensors of the file
   */
  @SuppressWarnings("ArrayRecordComponent") // read, not compared
  record LayerTensors(LayerPlan plan, int[] order, List<KerasTensor> tensors) {
    LayerTensors with(List<KerasTensor> others) {
      return new LayerTensors(plan, order, others);
    }

    boolean has(String parameter) {
      return plan.parameters().stream().anyMatch(p -> p.name().equals(parameter));
    }

    @FormatMethod
    IllegalArgumentException error(String message, Object... values) {
      return new WrongSettings(
          "layer '%s': the file ".formatted(plan.node().name()) + String.format(message, values));
    }
  }

  /** How a kind of layer's tensors lie in the file; empty: all zeros. */
  @FunctionalInterface
  interface Order {
    Optional<KerasTensor> tensor(LayerTensors found, Parameter parameter);
  }

  @Override
  public Optional<float[]> of(NetworkPlan plan, LayerPlan layer, Parameter parameter) {
    String name = layer.node().name();
    boolean depthwise = name.endsWith(DEPTHWISE) && !byLayer.containsKey(name);
    String there = depthwise ? name.substring(0, name.length() - DEPTHWISE.length()) : name;
    List<KerasTensor> tensors = byLayer.get(there);
    if (tensors == null) {
      return Optional.empty();
    }
    int[] order = FlatOrder.of(plan).get(layer.node().sources().get(0).index());
    LayerTensors found = new LayerTensors(layer, order, withoutOther(depthwise, tensors));
    Optional<KerasTensor> tensor = KerasLayers.weights(layer.layer()).tensor(found, parameter);
    if (tensor.isEmpty()) {
      return Optional.of(new float[Math.toIntExact(parameter.size())]);
    }
    int[] expected = parameter.shape().stream().mapToInt(Integer::intValue).toArray();
    if (!Arrays.equals(tensor.get().shape(), expected)) {
      throw found.error(
          "has the shape %s for its %s, but it needs %s",
          Arrays.toString(tensor.get().shape()), parameter.name(), parameter.shape());
    }
    return Optional.of(tensor.get().values());
  }

  /** Of a separable convolution's two kernels, that of the layer in question. */
  private static List<KerasTensor> withoutOther(boolean depthwise, List<KerasTensor> tensors) {
    if (depthwise) {
      return tensors.subList(0, 1);
    }
    boolean separable =
        tensors.size() > 1 && tensors.get(0).rank() > 2 && tensors.get(1).rank() > 2;
    return separable ? tensors.subList(1, tensors.size()) : tensors;
  }

  static Optional<KerasTensor> embedding(LayerTensors found, Parameter parameter) {
    return Optional.of(found.tensors.get(0));
  }

  static Optional<KerasTensor> dense(LayerTensors found, Parameter parameter) {
    if (parameter.name().equals("bias")) {
      return bias(found);
    }
    requireNoOtherBias(found);
    return Optional.of(kernel(found, 2).permuted(1, 0).withRowsIn(found.order));
  }

  static Optional<KerasTensor> convolution(LayerTensors found, Parameter parameter) {
    if (parameter.name().equals("bias")) {
      return bias(found);
    }
    requireNoOtherBias(found);
    int rank = parameter.shape().size();
    KerasTensor kernel = kernel(found, rank);
    // Of each channel alone: [..., channels, multiplier]; else [..., channels / groups, filters].
    boolean depthwise = parameter.shape().get(1) == 1 && kernel.shape()[rank - 2] > 1;
    int[] order = new int[rank];
    order[0] = depthwise ? rank - 2 : rank - 1;
    order[1] = depthwise ? rank - 1 : rank - 2;
    IntStream.range(0, rank - 2).forEach(i -> order[i + 2] = i);
    KerasTensor permuted = kernel.permuted(order);
    if (!depthwise) {
      return Optional.of(permuted);
    }
    int[] shape = permuted.shape().clone();
    shape[0] *= shape[1];
    shape[1] = 1;
    return Optional.of(new KerasTensor(kernel.name(), shape, permuted.values()));
  }

  private static KerasTensor kernel(LayerTensors found, int rank) {
    KerasTensor kernel =
        found.tensors.stream()
            .filter(tensor -> tensor.rank() > 1)
            .findFirst()
            .orElseThrow(() -> found.error("has no kernel for it"));
    if (kernel.rank() != rank) {
      throw found.error(
          "has a kernel %s for it, which is for another number of dimensions",
          Arrays.toString(kernel.shape()));
    }
    return kernel;
  }

  private static Optional<KerasTensor> bias(LayerTensors found) {
    return found.tensors.stream().filter(tensor -> tensor.rank() == 1).findFirst();
  }

  private static void requireNoOtherBias(LayerTensors found) {
    if (!found.has("bias") && bias(found).isPresent()) {
      throw found.error("has a bias for it, but the network gives it none; set its bias to true");
    }
  }

  static Optional<KerasTensor> normalisation(LayerTensors found, Parameter parameter) {
    String name =
        switch (parameter.name()) {
          case "weight" -> "gamma";
          case "bias" -> "beta";
          case "running_mean" -> "moving_mean";
          default -> "moving_variance";
        };
    boolean batch = found.plan.layer() instanceof BatchNorm;
    List<KerasTensor> named = namedByPlace(found, batch ? 4 : 2);
    for (KerasTensor tensor : named) {
      if (tensor.name().equals(name) || tensor.name().endsWith("_" + name)) {
        return Optional.of(tensor.withRowsIn(found.order));
      }
    }
    float[] ones = new float[Math.toIntExact(parameter.size())];
    Arrays.fill(ones, 1);
    boolean isOne = name.equals("gamma") || name.equals("moving_variance");
    return isOne
        ? Optional.of(new KerasTensor(name, new int[] {ones.length}, ones))
        : Optional.empty();
  }

  /** Tensors that the file does not name, by their number. */
  private static List<KerasTensor> namedByPlace(LayerTensors found, int most) {
    List<KerasTensor> tensors = found.tensors;
    if (!tensors.get(0).name().isEmpty()) {
      return tensors;
    }
    boolean statistics = most == 4 && tensors.size() == 2;
    if (tensors.size() != most && !statistics) {
      throw found.error(
          "has %d tensors for it and does not say which; save the weights from a model whose"
              + " normalisation has both scale and center, or the whole model",
          tensors.size());
    }
    int first = statistics ? 2 : 0;
    return IntStream.range(0, tensors.size())
        .mapToObj(i -> tensors.get(i).named(NORMALISATION.get(first + i)))
        .toList();
  }

  static Optional<KerasTensor> recurrent(LayerTensors found, Parameter parameter) {
    return recurrent((Recurrent) found.plan.layer(), found, parameter);
  }

  static Optional<KerasTensor> bidirectional(LayerTensors found, Parameter parameter) {
    Recurrent each = ((Bidirectional) found.plan.layer()).layer();
    int half = found.tensors.size() / 2;
    boolean reverse = parameter.name().endsWith("_reverse");
    int from = reverse ? half : 0;
    return recurrent(each, found.with(found.tensors.subList(from, from + half)), parameter);
  }

  /** Kernel, recurrent kernel and bias, each with the gates one after the other. */
  private static Optional<KerasTensor> recurrent(
      Recurrent layer, LayerTensors found, Parameter parameter) {
    boolean isWeight = parameter.name().startsWith("weight_");
    boolean ofInput = parameter.name().contains("_ih_");
    if (found.tensors.size() < 2) {
      throw found.error("has %d tensors for it instead of 2 or 3", found.tensors.size());
    }
    if (isWeight) {
      KerasTensor matrix = found.tensors.get(ofInput ? 0 : 1);
      if (matrix.rank() != 2) {
        throw found.error("has no matrices for it");
      }
      return Optional.of(gates(layer, matrix.permuted(1, 0)));
    }
    if (found.tensors.size() < 3) {
      return Optional.empty();
    }
    KerasTensor bias = found.tensors.get(2); // a GRU's is [2, ...]: of the input, of the state
    if (bias.rank() == 2) {
      int[] row = {bias.shape()[1]};
      int from = ofInput ? 0 : row[0];
      float[] values = Arrays.copyOfRange(bias.values(), from, from + row[0]);
      return Optional.of(gates(layer, new KerasTensor(bias.name(), row, values)));
    }
    if (layer instanceof Gru) {
      throw found.error("has one bias for it instead of two: reset_after false is not supported");
    }
    return ofInput ? Optional.of(bias) : Optional.empty();
  }

  /** Keras's gates of a GRU are update, reset, new; ours reset, update, new. */
  private static KerasTensor gates(Recurrent layer, KerasTensor tensor) {
    if (!(layer instanceof Gru)) {
      return tensor;
    }
    float[] values = tensor.values();
    int size = values.length / 3;
    float[] result = values.clone();
    System.arraycopy(values, size, result, 0, size);
    System.arraycopy(values, 0, result, size, size);
    return new KerasTensor(tensor.name(), tensor.shape(), result);
  }
}
