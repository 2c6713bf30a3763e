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
 * @param tensor how the tensor it belongs to is treated
 */
@SuppressWarnings("ArrayRecordComponent") // views into the innermost loops; nobody compares them
public record Slice(
    float[] params, float[] gradients, float[][] slots, int from, int to, Treatment tensor) {

  /**
   * What a tensor is spared and what it gets.
   *
   * @param isWeight whether L1, L2 and weight decay apply
   * @param penalty its own L1 and L2
   * @param rate what the learning rate is multiplied with
   */
  public record Treatment(boolean isWeight, Penalty penalty, double rate) {}

  /**
   * The tensors that learn in this epoch, with their layers' rates, in the order of the layout.
   *
   * @param state its params and slots are what the slices view
   * @param gradients likewise, [numParams]
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
      Treatment tensor = new Treatment(isWeight, segment.penalty(), rate.factor());
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
                tensor));
        from = to;
      }
    }
    return slices;
  }
}
