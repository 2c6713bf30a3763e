package dev.braid.worker.state;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Everything a worker takes over from the round before: the parameters, the optimizer's memory and
 * the running statistics, each one flat vector whose layout is a {@link StateLayout}.
 *
 * @param params weights, [numParams]
 * @param slots the optimizer's memory (momentum, second moments, ...), each [numParams]
 * @param statistics running means and variances of batch normalisation, [numStatistics]
 */
public record State(Blocks params, List<Blocks> slots, Blocks statistics) {
  public State {
    slots = List.copyOf(slots);
  }

  /** A state of zeros for a network of this layout and an optimizer with {@code numSlots}. */
  public static State zeros(StateLayout layout, int numSlots) {
    List<Blocks> slots =
        IntStream.range(0, numSlots).mapToObj(i -> Blocks.zeros(layout.numParams())).toList();
    return new State(Blocks.zeros(layout.numParams()), slots, Blocks.zeros(layout.numStatistics()));
  }

  /**
   * Whether no parameter and nothing in the optimizer's memory is NaN or infinite. Statistics do
   * not count: the logarithm of a constant feature's deviation is minus infinity.
   */
  public boolean isFinite() {
    return params.isFinite() && slots.stream().allMatch(Blocks::isFinite);
  }

  /** What a state is made of, in the words of messages. */
  public enum Part {
    /** The weights. */
    PARAMETERS("parameters"),
    /** The optimizer's memory. */
    OPTIMIZER_STATE("optimizer's state"),
    /** Means and variances that run along. */
    STATISTICS("running statistics");

    private final String words;

    Part(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * The first part that NaN or infinity has got into.
   *
   * @param byDesign how many of the running statistics are NaN or +Infinity from the start. They
   *     may be -Infinity at any time: as a mask of attention, or the logarithm of a constant
   *     feature's deviation
   */
  public Optional<Part> notFinite(long byDesign) {
    if (!params.isFinite()) {
      return Optional.of(Part.PARAMETERS);
    }
    if (!isFinite()) {
      return Optional.of(Part.OPTIMIZER_STATE);
    }
    return statistics.numOverflown() > byDesign ? Optional.of(Part.STATISTICS) : Optional.empty();
  }

  /** A view of this state that leaves the optimizer's memory out. */
  public State withoutSlots() {
    return new State(params, List.of(), statistics);
  }

  /** A copy that shares nothing with this state. */
  public State copy() {
    return new State(params.copy(), slots.stream().map(Blocks::copy).toList(), statistics.copy());
  }

  /** Overwrites this state with {@code other}, which must have the same sizes. */
  public void copyFrom(State other) {
    params.copyFrom(other.params);
    for (int i = 0; i < slots.size(); i++) {
      slots.get(i).copyFrom(other.slots.get(i));
    }
    statistics.copyFrom(other.statistics);
  }
}
