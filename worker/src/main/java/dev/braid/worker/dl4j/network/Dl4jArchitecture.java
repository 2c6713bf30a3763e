package dev.braid.worker.dl4j.network;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.dl4j.nd4j.Dl4jClasspath;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.network.Architecture;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import java.util.List;
import java.util.Map;

/**
 * A network as DL4J describes it.
 *
 * @param dl4j which of DL4J's two kinds
 * @param configuration DL4J's own, as JSON
 * @param iteration updates its weights and its updater's memory have undergone
 * @param epoch passes over the data they have undergone
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
public record Dl4jArchitecture(
    @JsonProperty(required = true) Kind dl4j,
    @JsonProperty(required = true) String configuration,
    int iteration,
    int epoch)
    implements Architecture {
  public Dl4jArchitecture {
    require(dl4j != null && configuration != null, "a DL4J network needs kind and configuration");
  }

  /** DL4J's kinds of network. */
  public enum Kind {
    /** A MultiLayerNetwork. */
    @JsonProperty("sequence")
    SEQUENCE,
    /** A ComputationGraph. */
    @JsonProperty("graph")
    GRAPH
  }

  /** The architecture of this network. */
  public static Dl4jArchitecture of(Dl4jModel model) {
    Kind kind = model.isGraph() ? Kind.GRAPH : Kind.SEQUENCE;
    return new Dl4jArchitecture(kind, model.toJson(), model.iteration(), model.epoch());
  }

  /** The same after more training. */
  Dl4jArchitecture after(long updates, int epochs) {
    int total = Math.toIntExact(iteration + updates);
    return new Dl4jArchitecture(dl4j, configuration, total, epoch + epochs);
  }

  /**
   * The network with weights of its own initialisers.
   *
   * @throws IllegalArgumentException when DL4J cannot read the configuration
   */
  public Dl4jModel model() {
    Dl4jModel model = Dl4jFile.configured("the network's configuration", configuration);
    model.count(iteration, epoch);
    return model;
  }

  /** Builds replicas that take DL4J's own mini-batches, from the configuration alone. */
  public ReplicaSource replicas() {
    return new Dl4jPlan.Replicas(new Dl4jArchitecture(dl4j, configuration, 0, 0), null, null);
  }

  @Override
  public Dl4jPlan plan(Map<String, Shape> data, List<Target> targets) {
    Dl4jClasspath.requireHere("a network of DL4J's");
    return Dl4jPlanner.plan(this, data, targets);
  }
}
