package dev.braid.worker.keras;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelDescription.Input;
import dev.braid.worker.model.ModelDescription.Labels;
import dev.braid.worker.model.ModelDescription.Provenance;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import dev.braid.worker.task.ClassNames;
import dev.braid.worker.task.Tasks;
import dev.braid.worker.transfer.LearnedWeights;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model that Keras has saved. It is read as data: no code from a file is run, so a Lambda layer
 * is refused like any other that is not known.
 *
 * @param model as one of Braid's layers
 * @param foreignLosses of each output that was trained with a loss Braid does not have: its name
 *     and loss. Such an output is scored as its activation says; its loss must not be minimised.
 */
public record KerasModel(Model model, List<String> foreignLosses) {
  public KerasModel {
    foreignLosses = List.copyOf(foreignLosses);
  }

  /** Whether a file of these bytes, of which the first will do, is one of Keras's. */
  public static boolean isKeras(byte[] bytes) {
    return KerasFile.isHdf5(bytes) || KerasFile.isArchive(bytes);
  }

  /**
   * A whole model. Images have their channels first here; what Keras did to the inputs before is
   * not in the file, nor are dropout inside of recurrent layers, initialisers and penalties taken
   * over.
   *
   * @throws IllegalArgumentException naming the layer that is not supported, or what is wrong with
   *     the file
   */
  public static KerasModel read(byte[] bytes) {
    KerasFile file = KerasFile.read(bytes);
    JsonNode config =
        file.config()
            .orElseThrow(
                () ->
                    new WrongSettings(
                        "the file holds weights alone, for layers "
                            + String.join(", ", file.weights().keySet())
                            + "; say by transfer.network which network they are for"));
    KerasNetwork.Read read = network(config, file);
    Network network = read.network();
    NetworkPlan open = network.plan(network.inputs(), List.of());
    List<Labels> labels = open.outputs().stream().map(KerasModel::labels).toList();
    List<Input> inputs =
        network.inputs().entrySet().stream()
            .map(input -> new Input(input.getKey(), input.getValue(), Normaliser.NONE))
            .toList();
    ModelDescription description =
        new ModelDescription(
            network, inputs, labels, new Provenance("Keras " + file.version(), 0, "", 0, 0, 0));
    State state = state((NetworkPlan) description.plan(), new KerasWeights(file.weights()));
    Model model = new Model(description, state.params(), state.statistics());
    return new KerasModel(model, read.foreignLosses());
  }

  private static KerasNetwork.Read network(JsonNode config, KerasFile file) {
    try {
      return KerasNetwork.of(config, file);
    } catch (WrongSettings e) {
      throw new WrongSettings(
          e.getMessage()
              + "; to apply a model as it is, save it as ONNX: Keras 3's"
              + " model.export(\"model.onnx\", format=\"onnx\"), or tf2onnx",
          e);
    }
  }

  /** The weights alone, of a file with or without a network, by the names of its layers. */
  public static LearnedWeights weights(byte[] bytes) {
    return new KerasWeights(KerasFile.read(bytes).weights());
  }

  /**
   * The model, to be trained on with the losses it has.
   *
   * @throws IllegalArgumentException when it was trained with another that Braid does not have
   */
  public Model toTrain() {
    require(
        foreignLosses.isEmpty(),
        "the model was trained with a loss that Braid does not have (%s); it can be applied, but to"
            + " train it on put another output in its place by transfer.head",
        String.join(", ", foreignLosses));
    return model;
  }

  /** Softmax makes classes, whatever the loss; all else is as the loss says. */
  private static Labels labels(OutputPlan output) {
    boolean classes = output.finalActivation() == Activation.SOFTMAX;
    return classes
        ? new Labels(
            Tasks.named("classification"),
            output.numPositions(),
            ClassNames.numbered(output.numUnits()))
        : Labels.numbered(output);
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
                        new WrongSettings(
                            "the file has no weights for layer '" + layer.node().name() + "'"));
        Segment segment = segments.get(layer.nameOf(parameter));
        boolean statistic = plan.layout().statistics().contains(segment);
        (statistic ? state.statistics() : state.params())
            .write(segment.offset(), values, values.length);
      }
    }
    require(state.params().isFinite(), "the file's weights are not all finite");
    return state;
  }
}
