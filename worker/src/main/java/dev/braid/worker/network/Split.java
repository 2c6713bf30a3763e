package dev.braid.worker.network;

import dev.braid.worker.layer.Dropout;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.MeanSquared;
import dev.braid.worker.network.OutputPlan.Labels;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A network in two parts: first layers that never learn, and the others, which read a single value
 * of them, of one size for all examples.
 *
 * @param trunk the first layers; its one output is that value, in inference
 * @param head the other layers, on that value as their only input
 */
public record Split(NetworkPlan trunk, NetworkPlan head) {

  /**
   * The split with as many layers in the trunk as can be; empty where no layer with weights could
   * be in it.
   *
   * @param frozen names of the layers that never learn
   */
  public static Optional<Split> of(NetworkPlan plan, Set<String> frozen) {
    int limit = 0;
    while (limit < plan.layers().size() && isStill(plan, plan.layers().get(limit), frozen)) {
      limit++;
    }
    for (int numLayers = limit; numLayers > 0; numLayers--) {
      List<LayerPlan> first = plan.layers().subList(0, numLayers);
      if (first.stream().allMatch(layer -> layer.parameters().isEmpty())) {
        return Optional.empty();
      }
      if (isSharedAcross(plan, numLayers)) {
        continue;
      }
      Set<Integer> read = readAcross(plan, numLayers);
      if (read.size() == 1 && isFeature(plan, read.iterator().next())) {
        return Optional.of(at(plan, numLayers, read.iterator().next()));
      }
    }
    return Optional.empty();
  }

  /** Whether a layer's values are the same functions of an example in every step. */
  private static boolean isStill(NetworkPlan plan, LayerPlan layer, Set<String> frozen) {
    boolean isOutput =
        plan.outputs().stream().anyMatch(output -> output.name().equals(layer.node().name()));
    boolean learns = !layer.parameters().isEmpty() || layer.layer() instanceof Dropout;
    return !isOutput && (!learns || frozen.contains(layer.original()));
  }

  /** Whether later layers have parameters of the first ones: these belong into one part. */
  private static boolean isSharedAcross(NetworkPlan plan, int numLayers) {
    List<String> first =
        plan.layers().subList(0, numLayers).stream().map(layer -> layer.node().name()).toList();
    return plan.layers().subList(numLayers, plan.layers().size()).stream()
        .anyMatch(layer -> layer.lenders().values().stream().anyMatch(first::contains));
  }

  /** Whether a value is a layer's, and as many numbers for each example. */
  private static boolean isFeature(NetworkPlan plan, int value) {
    int layer = value - plan.inputs().size();
    return layer >= 0 && !plan.layers().get(layer).shape().isRagged();
  }

  /** The values of inputs and the first layers that the other layers read. */
  private static Set<Integer> readAcross(NetworkPlan plan, int numLayers) {
    int numValues = plan.inputs().size() + numLayers;
    Set<Integer> read = new TreeSet<>();
    for (LayerPlan layer : plan.layers().subList(numLayers, plan.layers().size())) {
      layer.node().sources().stream()
          .map(Node.Source::index)
          .filter(index -> index < numValues)
          .forEach(read::add);
    }
    return read;
  }

  private static Split at(NetworkPlan plan, int numLayers, int value) {
    List<LayerPlan> first = plan.layers().subList(0, numLayers);
    LayerPlan last = first.get(value - plan.inputs().size());
    OutputPlan features =
        new OutputPlan(last.node().name(), value, AS_IT_IS, last.shape(), Labels.NUMBERS);
    NetworkPlan trunk = NetworkPlan.of(plan.inputs(), first, List.of(features));
    Map<String, Shape> inputs = Map.of(last.node().name(), last.shape());
    int shift = plan.inputs().size() + numLayers - 1;
    List<LayerPlan> others = new ArrayList<>();
    for (LayerPlan layer : plan.layers().subList(numLayers, plan.layers().size())) {
      List<Node.Source> sources =
          layer.node().sources().stream().map(source -> moved(source, value, shift)).toList();
      Node node = new Node(layer.node().name(), layer.node().kind(), sources);
      others.add(layer.at(node));
    }
    List<OutputPlan> outputs =
        plan.outputs().stream()
            .map(
                o ->
                    new OutputPlan(
                        o.name(), o.index() - shift, o.settings(), o.shape(), o.labels()))
            .toList();
    return new Split(trunk, NetworkPlan.of(inputs, others, outputs, numLayers));
  }

  private static final Output AS_IT_IS = Output.ofRead(new MeanSquared(), null, null);

  private static Node.Source moved(Node.Source source, int value, int shift) {
    int index = source.index() == value ? 0 : source.index() - shift;
    return new Node.Source(source.name(), index, source.shape());
  }

  /** The trunk's part of the whole network's state, without the optimizer's memory. */
  public State ofTrunk(State whole) {
    return new State(
        part(whole.params(), 0, trunk.layout().numParams()),
        List.of(),
        part(whole.statistics(), 0, trunk.layout().numStatistics()));
  }

  /** The head's part of the whole network's state. */
  public State ofHead(State whole) {
    long params = trunk.layout().numParams();
    return new State(
        part(whole.params(), params, head.layout().numParams()),
        whole.slots().stream().map(slot -> part(slot, params, head.layout().numParams())).toList(),
        part(whole.statistics(), trunk.layout().numStatistics(), head.layout().numStatistics()));
  }

  /** The whole network's state with another one of the head in it, without optimizer's memory. */
  public State whole(State whole, State ofHead) {
    State result = new State(whole.params(), List.of(), whole.statistics()).copy();
    put(ofHead.params(), result.params(), trunk.layout().numParams());
    put(ofHead.statistics(), result.statistics(), trunk.layout().numStatistics());
    return result;
  }

  private static Blocks part(Blocks from, long offset, long size) {
    Blocks part = Blocks.zeros(size);
    long done = 0;
    for (int i = 0; i < part.count(); i++) {
      from.read(offset + done, part.block(i), part.block(i).length);
      done += part.block(i).length;
    }
    return part;
  }

  private static void put(Blocks part, Blocks target, long offset) {
    long done = 0;
    for (int i = 0; i < part.count(); i++) {
      target.write(offset + done, part.block(i), part.block(i).length);
      done += part.block(i).length;
    }
  }
}
