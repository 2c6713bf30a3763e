package dev.braid.worker.dl4j.conversion;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.Normaliser;
import dev.braid.worker.dl4j.network.Dl4jFile;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelDescription.Provenance;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Start;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import java.util.List;
import java.util.Map;

/** A network and its weights out of DL4J's file into a model of layers, which any engine runs. */
public final class Conversion {
  private Conversion() {}

  /**
   * The network of a DL4J zip as a list of layers. Its updater, L1 and L2 stay behind: they belong
   * to a training, not to a network.
   *
   * @param name of the file, for messages
   * @param bytes of the file
   * @param input shape of one example; null where the network tells
   * @param provenance what the model is to say about where it comes from
   * @throws IllegalArgumentException naming the layer that has no counterpart
   */
  public static Model toLayers(String name, byte[] bytes, Shape input, Provenance provenance) {
    Dl4jModel theirs = Dl4jFile.read(name, bytes);
    Start start = Dl4jFile.start(name, bytes);
    Dl4jLayers.Converted converted = Dl4jLayers.of(theirs);
    Shape shape = input == null ? converted.input() : input;
    require(
        shape != null,
        "%s: the file does not say what the network reads: set --input, such as --input 1,28,28",
        name);
    Map<String, Shape> inputs = Map.of("input", shape);
    NetworkPlan plan = converted.network().plan(inputs, List.of());
    OutputPlan output = plan.outputs().get(0);
    ModelDescription.Labels labels = ModelDescription.Labels.numbered(output);
    plan =
        converted
            .network()
            .plan(inputs, List.of(new Target(labels.width(), labels.classes().size())));
    State state = State.zeros(plan.layout(), 0);
    TensorMap.of(plan, Dl4jLayers.weights(theirs)).read(theirs.params(), state);
    Normaliser normaliser =
        start.normalisers().map(n -> n.of(List.of(shape)).get(0)).orElse(Normaliser.NONE);
    ModelDescription description =
        new ModelDescription(
            converted.network(),
            List.of(new ModelDescription.Input("input", shape, normaliser)),
            List.of(labels),
            provenance);
    return new Model(description, state.params(), state.statistics());
  }
}
