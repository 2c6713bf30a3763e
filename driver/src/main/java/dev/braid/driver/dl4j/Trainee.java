package dev.braid.driver.dl4j;

import dev.braid.driver.dl4j.FitTask.Fitted;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.List;

/**
 * The user's network as an engine trains it.
 *
 * @param <B> see {@link FitEngine}
 */
interface Trainee<B> {

  /** Builds its replicas; equal for networks of equal configurations. */
  ReplicaSource source();

  /** Where each tensor lies in its state. */
  StateLayout layout();

  /** The state that the network has now: parameters, running statistics, updater's memory. */
  State read();

  /** Makes this state the network's. */
  void write(State state);

  /** What its workers do. */
  FitSteps<B> steps();

  /**
   * Tells the user's listeners of a round, or passes on what they have found.
   *
   * @param state the workers' mean
   * @param iteration updates it has undergone, as DL4J counts them
   * @param loss mean over the round's examples
   */
  void afterRound(State state, List<Fitted> fitted, int iteration, double loss);
}
