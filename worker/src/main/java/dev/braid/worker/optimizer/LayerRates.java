package dev.braid.worker.optimizer;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which layers learn, from which epoch on, and how fast beside the others. A frozen layer gets no
 * update and no penalty, counts nothing in the limit on gradients, and computes as in inference: no
 * dropout, running statistics instead of the mini-batch's, which stay as they are.
 *
 * @param byLayer the layers that do not learn like the rest, by name
 */
public record LayerRates(Map<String, Rate> byLayer) implements Serializable {
  /** Every layer learns from the beginning, at the same rate. */
  public static final LayerRates ALL_ALIKE = new LayerRates(Map.of());

  /**
   * How one layer learns.
   *
   * @param factor what the learning rate is multiplied with
   * @param fromEpoch epoch from 0 until which it is frozen; {@link #NEVER} for a layer that stays
   */
  public record Rate(double factor, int fromEpoch) implements Serializable {
    /** The epoch that does not come. */
    public static final int NEVER = Integer.MAX_VALUE;

    /** As a layer learns of which nothing is said. */
    public static final Rate PLAIN = new Rate(1, 0);

    public Rate {
      require(
          factor > 0 && Double.isFinite(factor), "a rate's factor must be above 0, got %s", factor);
      require(fromEpoch >= 0, "a layer learns from epoch 0 or later, got %d", fromEpoch);
    }
  }

  public LayerRates {
    byLayer = Map.copyOf(byLayer);
  }

  /** How a layer learns. */
  public Rate of(String layer) {
    return byLayer.getOrDefault(layer, Rate.PLAIN);
  }

  /** Names of the layers that stay as they are in this epoch, counted from 0. */
  public Set<String> frozen(int epoch) {
    return byLayer.entrySet().stream()
        .filter(layer -> epoch < layer.getValue().fromEpoch())
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Names of the layers that never learn. */
  public Set<String> frozenForever() {
    return frozen(Rate.NEVER - 1);
  }
}
