package dev.braid.worker.optimizer;

import static dev.braid.worker.Check.require;

import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.Segment.Penalty;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A tensor, or the part of it that lies in one block, as an update rule sees it: the same range of
 * plain arrays, which are the vectors' own blocks and not copies.
 *
 * @param params weights
 * @param gradients dLoss/dparams
 * @param slots the optimizer's memory, one array per slot
 * @param from first index of the range
 * @param to index after the last one
 * @param isWeight whether L1, L2 and weight decay apply
 * @param penalty its own L1 and L2
 * @param rate what the learning rate is multiplied with
 */
@SuppressWarnings("ArrayRecordComponent") // views into the innermost loops; nobody compares them
public record Slice(
    float[] params,
    float[] gradients,
    float[][] slots,
    int from,
    int to,
    boolean isWeight,
    Penalty penalty,
    double rate) {

  /** A slice that is treated like the others. */
  public Slice(
      float[] params, float[] gradients, float[][] slots, int from, int to, boolean isWeight) {
    this(params, gradients, slots, from, to, isWeight, Penalty.OF_THE_TRAINING, 1);
  }

  /**
   * All of a network's parameters, tensor after tensor in the order of the layout.
   *
   * @param state its params and slots are what the slices view
   * @param gradients likewise, [numParams]
   */
  public static List<Slice> all(StateLayout layout, State state, Blocks gradients) {
    return learning(layout, state, gradients, LayerRates.ALL_ALIKE, 0, Set.of());
  }

  /**
   * Those of {@link #all} that learn in this epoch, with their layers' rates.
   *
   * @param unreached names of parameters that have no gradient
   */
  public static List<Slice> learning(
      StateLayout layout,
      State state,
      Blocks gradients,
      LayerRates rates,
      int epoch,
      Set<String> unreached) {
    require(
        gradients.size() == layout.numParams() && state.params().size() == layout.numParams(),
        "%d params and %d gradients for a layout of %d",
        state.params().size(),
        gradients.size(),
        layout.numParams());
    List<Slice> slices = new ArrayList<>();
    for (Segment segment : layout.params()) {
      LayerRates.Rate rate = rates.of(segment.layer());
      if (epoch < rate.fromEpoch() || unreached.contains(segment.name())) {
        continue;
      }
      boolean isWeight = segment.role() == Segment.Role.WEIGHT;
      long end = segment.offset() + segment.size();
      long from = segment.offset();
      while (from < end) {
        int block = (int) (from / Blocks.BLOCK_SIZE);
        long blockStart = (long) block * Blocks.BLOCK_SIZE;
        long to = Math.min(end, blockStart + Blocks.BLOCK_SIZE);
        slices.add(
            new Slice(
                state.params().block(block),
                gradients.block(block),
                state.slots().stream().map(slot -> slot.block(block)).toArray(float[][]::new),
                (int) (from - blockStart),
                (int) (to - blockStart),
                isWeight,
                segment.penalty(),
                rate.factor()));
        from = to;
      }
    }
    return slices;
  }
}
