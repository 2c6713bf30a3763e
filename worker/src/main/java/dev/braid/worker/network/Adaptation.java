package dev.braid.worker.network;

import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.optimizer.LayerRates;
import dev.braid.worker.state.State;
import java.util.Map;

/**
 * How a training goes on from numbers that were learned for a network which differs from its own.
 */
public interface Adaptation {

  /**
   * What it begins with, without the optimizer's memory.
   *
   * @param plan the network on its data, classes included
   * @param seed source of first weights where nothing was learned
   * @throws IllegalArgumentException when what was learned does not fit
   */
  State weights(Blueprint plan, long seed);

  /**
   * The same for a network some of whose inputs are texts.
   *
   * @param texts by the name of an input, how its words become ids
   */
  default Adaptation knowing(Map<String, TextEncoding> texts) {
    return this;
  }

  /**
   * Which layers learn and how fast.
   *
   * @throws IllegalArgumentException when a layer is named that does not exist
   */
  LayerRates rates(Blueprint plan);

  /** What becomes of the outputs of layers that never learn. */
  FrozenFeatures features();
}
