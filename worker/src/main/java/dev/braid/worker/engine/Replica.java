package dev.braid.worker.engine;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.state.State;
import java.util.Set;

/**
 * One network on one core, with its optimizer: load a state, take steps, give the state back.
 * Everything that trains implements it; nothing else crosses the seam between driver and engines.
 */
public interface Replica extends Evaluator {

  /** A state of zeros with this replica's sizes. */
  State newState();

  /** Takes over a copy of {@code state}. */
  void load(State state);

  /** Copies the state, as training has left it, into {@code state}. */
  void read(State state);

  /**
   * One optimizer step on a mini-batch.
   *
   * @return the loss that was minimised: mean over the batch, L1 and L2 included
   */
  double step(MiniBatch batch, StepContext context);

  /**
   * Names of the parameters that the steps so far have left out at times, where the optimizer's
   * count of updates then is not the parameter's own.
   */
  default Set<String> miscounted() {
    return Set.of();
  }
}
