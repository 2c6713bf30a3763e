package dev.braid.worker.network;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.network.block.Block;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A network as a job file describes it.
 *
 * <pre>
 *   network:
 *     inputs: {image: [1, 28, 28]}        # optional: names and shapes of the data's columns
 *     layers:
 *       - convolution: {filters: 20, kernel: 5, activation: relu}
 *       - maxPooling: {kernel: 2}
 *       - flatten: {}
 *       - output: {loss: crossEntropy}
 * </pre>
 *
 * A layer may have a {@code name} and read other layers than the one before by {@code from}. What
 * is needed more than once is written once, as a block.
 *
 * @param inputs shapes to read the data's inputs as; null where the data's own will do
 * @param blocks parts to be used among the layers, by name; null once they are in their places, as
 *     in a model's file
 * @param layers in an order in which they can be computed, at least one of them an output
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
@JsonDeserialize(using = NetworkReader.class)
public record Network(
    Map<String, Shape> inputs,
    Map<String, Block> blocks,
    @JsonProperty(required = true) List<Layer> layers)
    implements Architecture, NetworkSection {
  public Network {
    require(blocks == null, "the blocks of a network are put in their places where it is read");
    require(layers != null && !layers.isEmpty(), "a network needs at least one layer");
    require(
        layers.stream().allMatch(Objects::nonNull),
        "the network's list of layers has an empty entry");
    layers = List.copyOf(layers);
    inputs = inputs == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    require(inputs == null || !inputs.isEmpty(), "a network needs at least one input");
  }

  /** Plain layers. */
  public Network(Map<String, Shape> inputs, List<Layer> layers) {
    this(inputs, null, layers);
  }

  /**
   * Resolves and checks who reads whom and all shapes.
   *
   * @param data names and shapes of the data's inputs, in the order of a mini-batch's inputs
   * @param targets what the data says about each output's labels, in the order of a mini-batch's
   *     labels; empty when there are no labels, then every output must name its units
   * @throws IllegalArgumentException when something does not fit, naming layers and shapes
   */
  @Override
  public NetworkPlan plan(Map<String, Shape> data, List<Target> targets) {
    return new Planner(inputShapes(data), targets).plan(layers);
  }

  /** Gives embeddings the sizes they leave out, where they read texts. */
  @Override
  public Network knowing(Map<String, Integer> numIds) {
    List<Layer> sized = new ArrayList<>();
    for (Layer layer : layers) {
      Optional<Integer> size = inputOf(layer, sized.isEmpty(), numIds).map(numIds::get);
      sized.add(size.isPresent() ? layer.knowing(size.get()) : layer);
    }
    return new Network(inputs, sized);
  }

  /** The data's name of the input that a layer reads; of a single one the network may call it. */
  private Optional<String> inputOf(Layer layer, boolean first, Map<String, Integer> numIds) {
    Optional<String> only =
        numIds.size() == 1 ? numIds.keySet().stream().findFirst() : Optional.empty();
    if (layer.from() == null) {
      return first ? only : Optional.empty();
    }
    String read = layer.from().get(0);
    boolean renamed = inputs != null && inputs.size() == 1 && inputs.containsKey(read);
    return renamed ? only : Optional.of(read);
  }

  @Override
  public Start start(Files files) {
    return Start.of(this);
  }

  private Map<String, Shape> inputShapes(Map<String, Shape> data) {
    require(!data.isEmpty(), "the data has no inputs");
    if (inputs == null) {
      return data;
    }
    require(
        inputs.size() == data.size(),
        "the network has the inputs %s, but the data has %s",
        inputs,
        data);
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (Map.Entry<String, Shape> column : data.entrySet()) {
      boolean only = data.size() == 1;
      String name = only ? inputs.keySet().iterator().next() : column.getKey();
      Shape shape = inputs.get(name);
      require(shape != null, "the data's input '%s' is not among the network's %s", name, inputs);
      requireReadable(name, shape, column.getValue());
      shapes.put(name, shape);
    }
    return shapes;
  }

  private static void requireReadable(String name, Shape shape, Shape data) {
    require(
        shape.isRagged() == data.isRagged(),
        "input '%s' is to be read as %s, but the data gives %s: where the examples' lengths differ,"
            + " both begin with time",
        name,
        shape,
        data);
    int numbers = shape.isRagged() ? shape.stepSize() : shape.size();
    int given = data.isRagged() ? data.stepSize() : data.size();
    require(
        numbers == given,
        "input '%s' is to be read as %s, that is %d numbers%s, but the data gives %s, that is %d",
        name,
        shape,
        numbers,
        shape.isRagged() ? " at each step" : "",
        data,
        given);
  }
}
