package dev.braid.worker.dl4j.conversion;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.dl4j.nd4j.Dl4jClasspath;
import dev.braid.worker.dl4j.network.Dl4jEntries;
import dev.braid.worker.dl4j.network.Dl4jFile;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.dl4j.network.Dl4jPlan;
import dev.braid.worker.format.StoredEntry;
import dev.braid.worker.format.StoredEntry.Content;
import dev.braid.worker.model.ForeignFormat;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelDescription.Provenance;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Zips of DL4J's {@code ModelSerializer}, and what it reads of a model's file. */
public final class Dl4jFormat implements ForeignFormat {
  @Override
  public String name() {
    return "dl4j";
  }

  @Override
  public void requireExpresses(Blueprint plan) {
    Dl4jClasspath.requireHere("a file for DL4J");
    if (!(plan instanceof Dl4jPlan)) {
      GraphBuilding.of(layers(plan));
    }
  }

  private static NetworkPlan layers(Blueprint plan) {
    require(plan instanceof NetworkPlan, "DL4J cannot express this kind of network");
    return (NetworkPlan) plan;
  }

  @Override
  public Map<String, Content> beside(Model model) {
    if (!Dl4jClasspath.isHere()) {
      return Map.of();
    }
    try {
      return entries(model);
    } catch (WrongSettings e) {
      return Map.of();
    }
  }

  @Override
  public void write(OutputStream out, Model model) throws IOException {
    Dl4jClasspath.requireHere("a file for DL4J");
    Map<String, Content> entries = entries(model);
    try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(out))) {
      for (Map.Entry<String, Content> entry : entries.entrySet()) {
        StoredEntry.put(zip, entry.getKey(), entry.getValue());
      }
    }
  }

  private static Map<String, Content> entries(Model model) {
    ModelDescription description = model.description();
    Blueprint plan = description.plan();
    return plan instanceof Dl4jPlan own
        ? own.written(model.state(), description.normalisers())
        : Dl4jEntries.of(
            graph(layers(plan), model.state()),
            false,
            description.normalisers(),
            List.copyOf(plan.inputs().values()));
  }

  private static Dl4jModel graph(NetworkPlan plan, State state) {
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

  @Override
  public Model toLayers(String name, byte[] bytes, Shape input, Provenance provenance) {
    Dl4jClasspath.requireHere("a file of DL4J's");
    Dl4jModel theirs = Dl4jFile.read(name, bytes);
    Dl4jLayers.Converted converted = Dl4jLayers.of(theirs);
    Shape shape = input == null ? converted.input() : input;
    require(
        shape != null,
        "%s: the file does not say what the network reads: set --input, such as --input 1,28,28",
        name);
    Network network = converted.network();
    Map<String, Shape> inputs = Map.of("input", shape);
    ModelDescription.Labels labels =
        ModelDescription.Labels.numbered(network.plan(inputs, List.of()).outputs().get(0));
    Target target = labels.target();
    NetworkPlan plan = network.plan(inputs, List.of(target));
    State state = State.zeros(plan.layout(), 0);
    TensorMap.of(plan, Dl4jLayers.weights(theirs)).read(theirs.params(), state);
    ModelDescription.Input described =
        new ModelDescription.Input("input", shape, Dl4jFile.normaliser(name, bytes, shape));
    return new Model(
        new ModelDescription(network, List.of(described), List.of(labels), provenance),
        state.params(),
        state.statistics());
  }
}
