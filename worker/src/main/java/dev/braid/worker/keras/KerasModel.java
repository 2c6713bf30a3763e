package dev.braid.worker.keras;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Parameter;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import dev.braid.worker.transfer.LearnedWeights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Models and weights that Keras has saved as HDF5. Read as data: no code from a file is run, so a
 * Lambda layer is refused like any other that is not known.
 */
public final class KerasModel {
  private KerasModel() {}

  /** Whether these bytes begin as Keras's files do. */
  public static boolean isKeras(byte[] bytes) {
    return KerasFile.isHdf5(bytes);
  }

  /**
   * A whole model as one of Braid's layers. Images have their channels first here; what Keras did
   * to the inputs before is not in the file, nor are dropout inside of recurrent layers,
   * initialisers and penalties taken over.
   *
   * @throws IllegalArgumentException naming the layer that is not supported, or what is wrong with
   *     the file
   */
  public static Model read(byte[] bytes) {
    KerasFile file = KerasFile.read(bytes);
    JsonNode config =
        file.config()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the file holds weights alone, for layers "
                            + String.join(", ", file.weights().keySet())
                            + "; say by transfer.network which network they are for"));
    JsonNode loss = file.training().map(training -> training.path("loss")).orElse(config);
    Network network = KerasLayers.of(config, loss.isTextual() ? loss.asText() : "");
    NetworkPlan open = network.plan(network.inputs(), List.of());
    List<ModelDescription.Labels> labels =
        open.outputs().stream().map(ModelDescription.Labels::numbered).toList();
    List<ModelDescription.Input> inputs = new ArrayList<>();
    network
        .inputs()
        .forEach(
            (name, shape) -> inputs.add(new ModelDescription.Input(name, shape, Normaliser.NONE)));
    NetworkPlan plan =
        network.plan(
            network.inputs(),
            labels.stream().map(l -> new Target(l.width(), l.classes().size())).toList());
    State state = state(plan, new KerasWeights(file.weights()));
    return new Model(
        new ModelDescription(
            network,
            inputs,
            labels,
            new ModelDescription.Provenance("Keras " + file.version(), 0, "", 0, 0, 0)),
        state.params(),
        state.statistics());
  }

  /** The weights alone, of a file with or without a network, by the names of its layers. */
  public static LearnedWeights weights(byte[] bytes) {
    return new KerasWeights(KerasFile.read(bytes).weights());
  }

  private static State state(NetworkPlan plan, LearnedWeights weights) {
    State state = plan.initialState(0);
    Map<String, Segment> segments = new HashMap<>();
    plan.layout().params().forEach(segment -> segments.put(segment.name(), segment));
    plan.layout().statistics().forEach(segment -> segments.put(segment.name(), segment));
    for (LayerPlan layer : plan.layers()) {
      for (Parameter parameter : layer.parameters()) {
        float[] values =
            weights
                .of(plan, layer, parameter)
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "the file has no weights for layer '" + layer.site().name() + "'"));
        Segment segment = segments.get(NetworkPlan.nameOf(layer, parameter));
        boolean statistic = plan.layout().statistics().contains(segment);
        (statistic ? state.statistics() : state.params())
            .write(segment.offset(), values, values.length);
      }
    }
    require(state.params().isFinite(), "the file's weights are not all finite");
    return state;
  }
}
