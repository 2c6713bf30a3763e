package dev.braid.worker.transfer;

import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.parameter.Parameter;
import java.util.Map;
import java.util.Optional;

/** Numbers that were learned before, wherever they come from. */
@FunctionalInterface
public interface LearnedWeights {
  /** Nothing was learned: all layers begin anew. */
  LearnedWeights NONE = (plan, layer, parameter) -> Optional.empty();

  /**
   * The same for a network some of whose inputs are texts.
   *
   * @param texts by the name of an input, how its words become ids
   */
  default LearnedWeights knowing(Map<String, TextEncoding> texts) {
    return this;
  }

  /**
   * The numbers of one tensor, in the order of {@link Parameter#shape}; empty where there are none.
   *
   * @param plan the network they are for
   * @param layer of it
   * @param parameter of that layer
   * @throws IllegalArgumentException when there are some, but of another shape
   */
  Optional<float[]> of(NetworkPlan plan, LayerPlan layer, Parameter parameter);
}
