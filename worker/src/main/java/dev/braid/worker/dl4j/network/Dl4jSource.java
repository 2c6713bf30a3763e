package dev.braid.worker.dl4j.network;

import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.ReplicaSource;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Builds replicas of a DL4J network.
 *
 * @param graph whether it is a ComputationGraph, else a MultiLayerNetwork
 * @param json its configuration
 * @param arrays how mini-batches become ND4J's arrays; null where they come as DataSets
 */
public record Dl4jSource(boolean graph, String json, BatchArrays arrays) implements ReplicaSource {

  /** The source of replicas of this network, from its configuration alone. */
  public static Dl4jSource of(Dl4jModel model, BatchArrays arrays) {
    return new Dl4jSource(model instanceof Dl4jModel.Graph, model.toJson(), arrays);
  }

  @Override
  public Replica create() {
    return new Dl4jReplica(model(), arrays);
  }

  /** The network with weights of its own initialisers. */
  public Dl4jModel model() {
    if (graph) {
      ComputationGraph network = new ComputationGraph(ComputationGraphConfiguration.fromJson(json));
      network.init();
      return Dl4jModel.of(network);
    }
    MultiLayerNetwork network = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(json));
    network.init();
    return Dl4jModel.of(network);
  }
}
