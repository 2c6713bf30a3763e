package dev.braid.worker.network;

import static dev.braid.worker.Check.require;

import dev.braid.worker.layer.Embedding;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.Segment.Role;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A network with all shapes resolved: what an engine builds. Values are numbered, the inputs first,
 * then the layers in their order; a layer reads only values before it.
 *
 * @param inputs names and shapes, in the order of a mini-batch's inputs
 * @param layers in an order in which they can be computed
 * @param outputs in the order of a mini-batch's labels
 * @param layout where each tensor lies in the flat vectors
 * @param firstLayer place of the first layer in the network of which these are the last layers; 0
 *     where they are all
 */
public record NetworkPlan(
    Map<String, Shape> inputs,
    List<LayerPlan> layers,
    List<OutputPlan> outputs,
    StateLayout layout,
    int firstLayer)
    implements Blueprint {
  public NetworkPlan {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    layers = List.copyOf(layers);
    outputs = List.copyOf(outputs);
  }

  /**
   * The plan of these layers, each tensor named {@code layer.tensor} and laid one after another;
   * what several layers share is there once.
   */
  static NetworkPlan of(
      Map<String, Shape> inputs, List<LayerPlan> layers, List<OutputPlan> outputs) {
    return of(inputs, layers, outputs, 0);
  }

  /** The plan of layers of which the first is number {@code firstLayer} of a larger network. */
  static NetworkPlan of(
      Map<String, Shape> inputs, List<LayerPlan> layers, List<OutputPlan> outputs, int firstLayer) {
    List<Segment> params = new ArrayList<>();
    List<Segment> statistics = new ArrayList<>();
    for (LayerPlan layer : layers) {
      for (Parameter parameter : layer.ownParameters()) {
        List<Segment> segments = isStatistic(parameter) ? statistics : params;
        long offset = segments.isEmpty() ? 0 : end(segments.get(segments.size() - 1));
        segments.add(
            new Segment(
                layer.nameOf(parameter),
                parameter.shape(),
                offset,
                parameter.role(),
                parameter.penalty()));
      }
    }
    return new NetworkPlan(
        inputs, layers, outputs, new StateLayout(params, statistics), firstLayer);
  }

  @Override
  public Map<String, Integer> indexInputs() {
    List<String> names = List.copyOf(inputs.keySet());
    Map<String, Integer> sizes = new HashMap<>();
    for (LayerPlan layer : layers) {
      int source = layer.node().sources().get(0).index();
      if (layer.layer().numIndices() > 0 && source < names.size()) {
        sizes.merge(names.get(source), layer.layer().numIndices(), Math::min);
      }
    }
    return sizes;
  }

  /** Sets the vectors to 0 that stand for padding: a network computes as if they were. */
  public void clearPadding(Blocks params) {
    for (LayerPlan layer : layers) {
      if (layer.layer() instanceof Embedding embedding && embedding.padding()) {
        String table = layer.nameOf(layer.parameters().get(0));
        layout.params().stream()
            .filter(segment -> segment.name().equals(table))
            .forEach(
                segment ->
                    params.write(
                        segment.offset(), new float[embedding.dimension()], embedding.dimension()));
      }
    }
  }

  /**
   * First weights, each tensor a function of {@code seed} and its own name.
   *
   * @return [numParams]
   */
  public Blocks initialParams(long seed) {
    Blocks params = initial(layout.params(), layout.numParams(), seed);
    clearPadding(params);
    return params;
  }

  /**
   * First running statistics: means 0, variances 1.
   *
   * @return [numStatistics]
   */
  public Blocks initialStatistics() {
    return initial(layout.statistics(), layout.numStatistics(), 0);
  }

  @Override
  public int[] steps(int output, int[][] lengths) {
    int[][] values = Arrays.copyOf(lengths, inputs.size() + layers.size());
    for (int i = 0; i < layers.size(); i++) {
      LayerPlan layer = layers.get(i);
      List<int[]> read =
          layer.node().sources().stream()
              .map(source -> values[source.index()])
              .filter(Objects::nonNull)
              .toList();
      values[inputs.size() + i] =
          layer.shape().isRagged() ? layer.layer().steps(layer.node(), read) : null;
    }
    return values[outputs.get(output).index()];
  }

  /** Whether an input or a layer's result has as many steps as each example tells. */
  public boolean isRagged() {
    return inputs.values().stream().anyMatch(Shape::isRagged)
        || layers.stream().anyMatch(layer -> layer.shape().isRagged());
  }

  /**
   * The widths of what its layers remember from one step to the next, in their order: what it
   * begins with where it goes on from earlier steps.
   *
   * @throws IllegalArgumentException where it cannot, naming a layer that looks at later steps
   */
  public List<Integer> stateWidths() {
    require(
        isRagged(),
        "the network has no sequences of any length to go along, its inputs are %s; give one the"
            + " shape [time] or [time, features]",
        inputs);
    for (LayerPlan layer : layers) {
      require(
          layer.layer().alongTime().canBeStepped(),
          "%s looks at more than one step of its sequence, so the network cannot go on step by step"
              + " from what it remembers; use layers that look at the steps before alone"
              + " (simpleRnn, gru, lstm, a causal convolution) and at each step (dense, embedding,"
              + " ...)",
          layer.node().describe());
    }
    return layers.stream()
        .flatMap(layer -> layer.layer().stateWidths(layer.node()).stream())
        .toList();
  }

  @Override
  public State initialState(long seed) {
    return new State(initialParams(seed), List.of(), initialStatistics());
  }

  private Blocks initial(List<Segment> segments, long size, long seed) {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    for (LayerPlan layer : layers) {
      layer.ownParameters().forEach(p -> parameters.put(layer.nameOf(p), p));
    }
    Blocks result = Blocks.zeros(size);
    for (Segment segment : segments) {
      long[] name = segment.name().chars().asLongStream().toArray();
      parameters
          .get(segment.name())
          .initialise(result, segment.offset(), SplitMix.stream(SplitMix.key(seed, name)));
    }
    return result;
  }

  private static boolean isStatistic(Parameter parameter) {
    return parameter.role() == Role.MEAN || parameter.role() == Role.VARIANCE;
  }

  private static long end(Segment segment) {
    return segment.offset() + segment.size();
  }
}
