package dev.braid.driver.dl4j.fit;

import static dev.braid.worker.Check.require;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.core.storage.listener.RoutingIterationListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;

/** The user's listeners on the driver, called after each round with the averaged network. */
final class RoundListeners {
  private static final Set<String> WITHIN_A_STEP =
      Set.of("onForwardPass", "onBackwardPass", "onGradientCalculation");

  private final List<TrainingListener> listeners;

  RoundListeners(Callbacks callbacks) {
    this.listeners = callbacks.listeners();
    for (TrainingListener listener : listeners) {
      if (callbacks.storage() != null && listener instanceof RoutingIterationListener routing) {
        routing.setStorageRouter(callbacks.storage());
        routing.setWorkerID("driver");
      }
    }
  }

  /**
   * Does nothing where a listener only wants to know of iterations and epochs.
   *
   * @throws IllegalArgumentException where it wants activations or gradients
   */
  static void requireRoundsSuffice(TrainingListener listener) {
    for (Method method : listener.getClass().getMethods()) {
      require(
          !WITHIN_A_STEP.contains(method.getName())
              || method.getDeclaringClass() == BaseTrainingListener.class,
          "listener %s has a method %s of its own, but on engine torch there are no DL4J"
              + " activations and gradients to show it; extend BaseTrainingListener without it, or"
              + " leave engine(Engine.TORCH) away",
          listener.getClass().getName(),
          method.getName());
    }
  }

  boolean isNone() {
    return listeners.isEmpty();
  }

  /** Tells them that the network has come to this iteration. */
  void roundDone(Model network, int iteration, int epoch) {
    listeners.forEach(listener -> listener.iterationDone(network, iteration, epoch));
  }
}
