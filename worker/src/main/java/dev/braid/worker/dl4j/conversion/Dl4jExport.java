package dev.braid.worker.dl4j.conversion;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.dl4j.nd4j.Dl4jClasspath;
import dev.braid.worker.dl4j.network.Dl4jEntries;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.dl4j.network.Dl4jPlan;
import dev.braid.worker.format.StoredEntry;
import dev.braid.worker.format.StoredEntry.Content;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.state.State;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Models as DL4J reads them: in zips of their own, or as entries beside those of Braid. */
public final class Dl4jExport {
  private Dl4jExport() {}

  /**
   * Does nothing when DL4J has all layers, activations and losses of the network.
   *
   * @throws IllegalArgumentException naming the layer it lacks
   */
  public static void requireExpresses(NetworkPlan plan) {
    Dl4jClasspath.requireHere("a file for DL4J");
    GraphBuilding.of(plan);
  }

  /**
   * The entries beside Braid's own; none where DL4J cannot express the network, or is not here.
   *
   * @param normalisers one per input
   */
  public static Map<String, Content> beside(
      Blueprint plan, State state, List<Normaliser> normalisers) {
    if (!Dl4jClasspath.isHere()) {
      return Map.of();
    }
    try {
      return of(plan, state, normalisers);
    } catch (WrongSettings e) {
      return Map.of();
    }
  }

  /**
   * Writes a zip with these entries alone, and closes the stream.
   *
   * @throws IllegalArgumentException naming what DL4J cannot express
   */
  public static void write(OutputStream out, Model model) throws IOException {
    Dl4jClasspath.requireHere("a file for DL4J");
    ModelDescription description = model.description();
    Map<String, Content> entries = of(description.plan(), model.state(), description.normalisers());
    try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(out))) {
      for (Map.Entry<String, Content> entry : entries.entrySet()) {
        StoredEntry.put(zip, entry.getKey(), entry.getValue());
      }
    }
  }

  /**
   * A trained network as DL4J writes it.
   *
   * @param state its slots are the memory of DL4J's updater, if there are any
   * @param normalisers one per input
   * @return contents by the name of their entry, in order
   * @throws IllegalArgumentException naming what DL4J cannot express
   */
  static Map<String, Content> of(Blueprint plan, State state, List<Normaliser> normalisers) {
    if (plan instanceof Dl4jPlan own) {
      return own.written(state, normalisers);
    }
    require(plan instanceof NetworkPlan, "DL4J cannot express this kind of network");
    return Dl4jEntries.of(
        model((NetworkPlan) plan, state), false, normalisers, List.copyOf(plan.inputs().values()));
  }

  private static Dl4jModel model(NetworkPlan plan, State state) {
    require(
        plan.layout().numParams() < Integer.MAX_VALUE,
        "DL4J cannot hold %d parameters",
        plan.layout().numParams());
    ComputationGraph graph = new ComputationGraph(GraphBuilding.of(plan));
    graph.init();
    graph.params().assign(0); // what has no place in ours is not left to chance
    TensorMap.of(plan, graph.paramTable()).load(state, graph.params());
    return Dl4jModel.of(graph);
  }
}
