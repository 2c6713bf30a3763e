package dev.braid.driver.dl4j.fit;

import java.util.List;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.TrainingHook;

/**
 * Code of the user's that is called as a network trains.
 *
 * @param hooks around each step
 * @param listeners after each step or round
 * @param storage of what listeners find; null for none
 */
public record Callbacks(
    List<TrainingHook> hooks, List<TrainingListener> listeners, StatsStorageRouter storage) {
  public Callbacks {
    hooks = List.copyOf(hooks);
    listeners = List.copyOf(listeners);
  }
}
