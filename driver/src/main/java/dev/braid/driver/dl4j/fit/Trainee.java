package dev.braid.driver.dl4j.fit;

import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;

/**
 * The user's network as an engine trains it.
 *
 * @param <B> see {@link FitEngine}
 */
public interface Trainee<B> {

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

  /** Passes on what the user's listeners on a worker have stored in a round. */
  default void hear(WorkerListeners.Heard heard) {}

  /**
   * Tells the user's listeners on the driver of a round.
   *
   * @param state the workers' mean
   * @param iteration updates it has undergone, as DL4J counts them
   * @param loss mean over the round's examples
   */
  default void afterRound(State state, int iteration, double loss) {}
}
