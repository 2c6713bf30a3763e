package dev.braid.driver.dl4j.fit;

import dev.braid.driver.wire.JavaBytes;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.core.storage.StorageMetaData;
import org.deeplearning4j.core.storage.listener.RoutingIterationListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.impl.listeners.VanillaStatsStorageRouter;

/** The user's listeners as they travel to the workers, and what they store on the way back. */
public final class WorkerListeners implements Serializable {
  private static final long serialVersionUID = 1;
  private static final String STORED = "what a listener has stored";
  private static final byte[] NOTHING = new byte[0];

  private final ArrayList<TrainingListener> listeners;
  private final boolean routed;

  /**
   * @param listeners Java-serialisable; each round gives each worker copies of its own
   * @param routed whether what they store goes to the driver's storage
   */
  WorkerListeners(List<TrainingListener> listeners, boolean routed) {
    this.listeners = new ArrayList<>(listeners);
    this.routed = routed;
  }

  /** Whether there are none. */
  public boolean isNone() {
    return listeners.isEmpty();
  }

  /**
   * What listeners have stored on a worker.
   *
   * @param metaData about sessions
   * @param staticInfo about the network and machine
   * @param updates of iterations
   */
  public record Heard(
      List<StorageMetaData> metaData, List<Persistable> staticInfo, List<Persistable> updates)
      implements Serializable {

    static Heard read(byte[] bytes) {
      if (bytes.length == 0) {
        return new Heard(List.of(), List.of(), List.of());
      }
      return JavaBytes.read(bytes, Heard.class, STORED);
    }

    /** Gives it all to the user's storage. */
    void route(StatsStorageRouter storage) {
      if (!metaData.isEmpty()) {
        storage.putStorageMetaData(metaData);
      }
      if (!staticInfo.isEmpty()) {
        storage.putStaticInfo(staticInfo);
      }
      if (!updates.isEmpty()) {
        storage.putUpdate(updates);
      }
    }
  }

  /** Listeners at work on a network. */
  final class Session {
    private final Model network;
    private final VanillaStatsStorageRouter router = new VanillaStatsStorageRouter();

    private Session(Model network) {
      this.network = network;
    }

    /** Takes the listeners off and returns what they have stored, Java-serialised. */
    byte[] detach() {
      if (listeners.isEmpty()) {
        return NOTHING;
      }
      set(network, List.of());
      if (!routed) {
        return NOTHING;
      }
      return JavaBytes.write(
          new Heard(router.getStorageMetaData(), router.getStaticInfo(), router.getUpdates()),
          STORED);
    }
  }

  /** Puts the listeners on a worker's network for one round. */
  Session attach(Model network, int worker) {
    Session session = new Session(network);
    if (!listeners.isEmpty()) {
      for (TrainingListener listener : listeners) {
        if (routed && listener instanceof RoutingIterationListener routing) {
          routing.setStorageRouter(session.router);
          routing.setWorkerID("worker-" + worker);
        }
      }
      set(network, listeners);
    }
    return session;
  }

  private static void set(Model network, List<TrainingListener> listeners) {
    if (network instanceof MultiLayerNetwork sequence) {
      sequence.setListeners(listeners);
    } else {
      ((ComputationGraph) network).setListeners(listeners);
    }
  }
}
