package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Node.Source;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A chain of layers applied to each time step by itself, always with the same weights: [time, ...]
 * to [time, features]. Where the first of them is an embedding, each step is a row of indices such
 * as a word's letters, and the 0s at its end are padding: what follows leaves them out as it does
 * with the end of any sequence, so that [time, letters] become [time, features] by a network over
 * the letters of each word.
 *
 * @param layers one after the other, the last of which gives a vector for each step
 * @param weights whose tensors these layers have, where they are another timeDistributed's
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("timeDistributed")
public record TimeDistributed(
    @JsonProperty(required = true) List<Layer> layers,
    Weights weights,
    String name,
    List<String> from)
    implements Layer {
  public TimeDistributed {
    require(
        layers != null && !layers.isEmpty() && layers.stream().allMatch(Objects::nonNull),
        "timeDistributed needs a list of layers");
    layers = List.copyOf(layers);
    weights = weights == null ? Weights.DEFAULT : weights.requireOnlyShared("timeDistributed");
    for (Layer layer : layers) {
      require(
          layer.from() == null && !(layer instanceof Output),
          "the %s inside timeDistributed reads the layer before it: it takes no from and is no"
              + " output",
          layer.kind());
      require(
          layer.weights() == null || layer.weights().of() == null,
          "the %s inside timeDistributed cannot share the weights of another layer; say on"
              + " timeDistributed whose it has",
          layer.kind());
    }
  }

  @Override
  public AlongTime alongTime() {
    return AlongTime.EACH;
  }

  @Override
  public boolean readsRagged(Shape shape) {
    return shape.rank() > 1;
  }

  @Override
  public Layer knowing(int numIds) {
    List<Layer> known = new ArrayList<>(layers);
    known.set(0, layers.get(0).knowing(numIds));
    return new TimeDistributed(known, weights, name, from);
  }

  @Override
  public int numIndices() {
    return layers.get(0).numIndices();
  }

  /** Whether each step is a row of indices, padded with 0. */
  public boolean readsRows() {
    return numIndices() > 0;
  }

  @Override
  public LayerPlan plan(Node node) {
    Shape input =
        node.one(
            "[time, ...]", 2, Integer.MAX_VALUE, "give it a sequence of vectors, rows or pictures");
    List<LayerPlan> plans = plans(node);
    List<Parameter> parameters = new ArrayList<>();
    for (LayerPlan plan : plans) {
      plan.parameters().forEach(p -> parameters.add(p.named(plan.nameOf(p))));
    }
    Shape last = plans.get(plans.size() - 1).shape();
    require(
        last.rank() == 1 && !last.isRagged(),
        "the layers of %s must give a vector for each step, not %s: let them end with a pooling"
            + " layer, with returnSequences: false or flatten",
        node.describe(),
        last);
    return new LayerPlan(
        this, node, Shape.ofChannels(last.channels(), input.sizes().subList(0, 1)), parameters);
  }

  /** The layers for one step, each reading the one before. */
  public List<LayerPlan> plans(Node node) {
    List<Integer> sizes = node.shape().sizes();
    Shape step = new Shape(sizes.subList(1, sizes.size()));
    require(
        !readsRows() || step.rank() == 1,
        "%s: its %s reads a row of indices at each step, but %s is what there is",
        node.describe(),
        layers.get(0).kind(),
        node.sources().get(0).describe());
    Source source = new Source("step", 0, readsRows() ? Shape.ragged() : step);
    LayerNames names = new LayerNames();
    List<LayerPlan> plans = new ArrayList<>();
    for (Layer layer : layers) {
      Node inner = new Node(names.next(layer), layer.kind(), List.of(source));
      layer.requireReads(inner);
      LayerPlan plan = layer.plan(inner);
      plans.add(plan);
      source = new Source(inner.name(), plans.size(), plan.shape());
    }
    return plans;
  }
}
