package dev.braid.worker.dl4j.network;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.dl4j.network.BatchArrays.Form;
import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.network.Architecture;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;

/** Plans of DL4J networks: what they read and give on some data. */
final class Dl4jPlanner {
  private Dl4jPlanner() {}

  /** An end of the network: its layer and what it gives, channels last or first. */
  private record End(String name, Layer layer, InputType type) {}

  static Dl4jPlan plan(
      Dl4jArchitecture architecture, Map<String, Shape> data, List<Target> targets) {
    Dl4jModel model = architecture.model();
    List<FirstLayer> firstLayers = FirstLayer.all(model);
    require(
        firstLayers.size() == data.size(),
        "the network has %d inputs, but the data has %d",
        firstLayers.size(),
        data.size());
    requireNames(model, List.copyOf(data.keySet()));
    Architecture.requireOneLength(data, "a DL4J network");
    List<BatchArrays.Input> inputs = new ArrayList<>();
    Map<String, Shape> shapes = new LinkedHashMap<>();
    Map<String, Integer> indexInputs = new HashMap<>();
    for (Map.Entry<String, Shape> given : data.entrySet()) {
      FirstLayer first = firstLayers.get(inputs.size());
      BatchArrays.Input input = first.input(given.getValue());
      inputs.add(input);
      shapes.put(given.getKey(), input.shape());
      first.numVectors().ifPresent(number -> indexInputs.put(given.getKey(), number));
    }
    List<OutputPlan> outputs = new ArrayList<>();
    List<BatchArrays.Labels> labels = new ArrayList<>();
    List<End> ends = ends(model, inputs.stream().map(Dl4jShapes::type).toList());
    require(
        targets.isEmpty() || targets.size() == ends.size(),
        "the network has %d outputs, but the data has labels for %d",
        ends.size(),
        targets.size());
    for (End end : ends) {
      Optional<Target> target =
          targets.isEmpty() ? Optional.empty() : Optional.of(targets.get(outputs.size()));
      OutputPlan output = output(end, outputs.size(), target);
      outputs.add(output);
      labels.add(labels(end, output));
    }
    return new Dl4jPlan(
        architecture,
        shapes,
        outputs,
        ParamLayout.of(model.paramTable()).layout(),
        new BatchArrays(inputs, labels),
        indexInputs);
  }

  /** Several inputs are told apart by their names, so that none is taken for another. */
  private static void requireNames(Dl4jModel model, List<String> data) {
    List<String> names =
        model.either(sequence -> data, graph -> graph.getConfiguration().getNetworkInputs());
    require(
        data.size() == 1 || names.equals(data),
        "the network's inputs are called %s, the data's %s; name the data's inputs as the network"
            + " does, in its order",
        names,
        data);
  }

  private static List<End> ends(Dl4jModel model, List<InputType> types) {
    try {
      return model.either(
          sequence -> List.of(end(sequence.getLayerWiseConfigurations(), types.get(0))),
          graph -> ends(graph.getConfiguration().clone(), types));
    } catch (RuntimeException e) {
      throw new WrongSettings(
          "the network does not fit inputs of type %s: %s".formatted(types, e.getMessage()), e);
    }
  }

  /** A loss layer gives what it reads, but says that it gives nothing. */
  private static End end(MultiLayerConfiguration configuration, InputType input) {
    List<InputType> given = configuration.clone().getLayerActivationTypes(input);
    int last = given.size() - 1;
    Layer layer = configuration.getConf(last).getLayer();
    return new End("output", layer, given.get(layer instanceof LossLayer ? last - 1 : last));
  }

  private static List<End> ends(
      ComputationGraphConfiguration configuration, List<InputType> inputs) {
    Map<String, InputType> given =
        configuration.getLayerActivationTypes(inputs.toArray(InputType[]::new));
    List<End> ends = new ArrayList<>();
    for (String name : configuration.getNetworkOutputs()) {
      Layer layer =
          configuration.getVertices().get(name) instanceof LayerVertex vertex
              ? vertex.getLayerConf().getLayer()
              : null;
      String source = configuration.getVertexInputs().get(name).get(0);
      ends.add(new End(name, layer, given.get(layer instanceof LossLayer ? source : name)));
    }
    return ends;
  }

  private static OutputPlan output(End end, int index, Optional<Target> target) {
    Shape given = Dl4jShapes.of(end.type);
    Shape shape = boxes(end).map(boxes -> boxes.labelShape(given)).orElse(given);
    Loss loss = Dl4jLosses.ofLayer(end.layer);
    OutputPlan.Labels labels = labels(loss, shape, target);
    Output settings = Output.of(loss, shape.channels(), end.name);
    OutputPlan output = new OutputPlan(end.name, index, settings, shape, labels);
    target.ifPresent(t -> requireFit(output, t));
    return output;
  }

  private static OutputPlan.Labels labels(Loss loss, Shape shape, Optional<Target> target) {
    boolean classes = target.map(t -> t.classes() > 1).orElse(loss.isOfClasses());
    if (!classes || shape.channels() == 1) {
      return OutputPlan.Labels.NUMBERS;
    }
    return loss.isOfClasses() ? OutputPlan.Labels.CLASS_INDEX : OutputPlan.Labels.ONE_HOT;
  }

  private static Optional<YoloBoxes> boxes(End end) {
    return end.layer instanceof Yolo2OutputLayer yolo
        ? Optional.of(YoloBoxes.of(yolo))
        : Optional.empty();
  }

  private static BatchArrays.Labels labels(End end, OutputPlan output) {
    Form classes = Dl4jLosses.takesIndices(end.layer) ? Form.INDEX : Form.ONE_HOT;
    return new BatchArrays.Labels(
        output.shape(),
        output.labels() == OutputPlan.Labels.NUMBERS ? Form.NUMBERS : classes,
        Dl4jShapes.isChannelsLast(end.type),
        boxes(end).orElse(null));
  }

  private static void requireFit(OutputPlan output, Target target) {
    boolean numbers = output.labels() == OutputPlan.Labels.NUMBERS;
    require(
        target.classes() <= (numbers ? 2 : output.numUnits()),
        "output '%s' has %d units, but the data has %d classes",
        output.name(),
        output.numUnits(),
        target.classes());
    require(
        target.width() == output.labelWidth(),
        "output '%s' gives %s and needs %d numbers in an example's label, but the data has %d",
        output.name(),
        output.shape(),
        output.labelWidth(),
        target.width());
  }
}
