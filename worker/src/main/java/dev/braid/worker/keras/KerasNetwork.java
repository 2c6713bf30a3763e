package dev.braid.worker.keras;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.network.Network;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A network of Keras's, Sequential or functional, as a list of layers. A layer keeps its name; a
 * separable convolution becomes two layers, the last layer an output.
 */
final class KerasNetwork {
  private final JsonNode training;
  private final boolean keras3;
  private final Map<String, Shape> inputs = new LinkedHashMap<>();
  private final Map<String, Node.Source> values = new LinkedHashMap<>();
  private final List<Layer> layers = new ArrayList<>();
  private final Map<String, Layer> ends = new LinkedHashMap<>();
  private final List<String> foreignLosses = new ArrayList<>();
  private final Set<String> outputs = new LinkedHashSet<>();

  private KerasNetwork(KerasFile file) {
    this.training = file.training().orElse(MissingNode.getInstance());
    this.keras3 = file.isOfKeras3();
  }

  /**
   * A network and what it lacks to be trained on.
   *
   * @param network its layers
   * @param foreignLosses of each output whose loss is none of Braid's: its name and loss
   */
  record Read(Network network, List<String> foreignLosses) {}

  /**
   * Reads a configuration.
   *
   * @param config {@code model_config}
   * @param file its version, and its losses
   * @throws IllegalArgumentException naming the layer or the setting that has no counterpart
   */
  static Read of(JsonNode config, KerasFile file) {
    KerasNetwork reader = new KerasNetwork(file);
    String kind = config.path("class_name").asText();
    if (kind.equals("Sequential")) {
      reader.readSequential(config.path("config"));
    } else {
      require(
          kind.equals("Model") || kind.equals("Functional"),
          "a model of class %s: only Sequential and functional models can be read",
          kind);
      reader.readFunctional(config.path("config"));
    }
    reader.outputs.forEach(output -> reader.layers.add(reader.ends.get(output)));
    Network network = new Network(reader.inputs, reader.layers);
    FlatOrder.of(network.plan(reader.inputs, List.of()));
    return new Read(network, List.copyOf(reader.foreignLosses));
  }

  private void readSequential(JsonNode config) {
    JsonNode list = config.isArray() ? config : config.path("layers");
    require(!list.isEmpty(), "the model has no layers");
    outputs.add(name(list.get(list.size() - 1)));
    String before = null;
    for (JsonNode layer : list) {
      if (before == null && !kind(layer).equals("InputLayer")) {
        before = name(layer) + "_input";
        JsonNode own = writtenShape(layer.path("config"));
        addInput(before, own.isArray() ? own : config.path("build_input_shape"));
      }
      read(layer, before == null ? List.of() : List.of(before));
      before = name(layer);
    }
  }

  private void readFunctional(JsonNode config) {
    for (String output : references(config.path("output_layers"))) {
      require(outputs.add(output), "layer '%s' is named as an output twice", output);
    }
    // Keras 3 writes what computes a mask, NotEqual and Any, before the layer that asks for one.
    config.path("layers").forEach(layer -> settings(layer).requireNoMask());
    Set<String> read = new HashSet<>();
    for (JsonNode layer : config.path("layers")) {
      JsonNode nodes = layer.path("inbound_nodes");
      require(
          nodes.size() <= 1,
          "layer '%s' (%s) is used in several places: shared layers are not supported",
          name(layer),
          kind(layer));
      List<String> from = new ArrayList<>();
      collect(layer, nodes, from);
      read.addAll(from);
      read(layer, from);
    }
    Map<String, Shape> shapes = Map.copyOf(inputs);
    inputs.clear();
    references(config.path("input_layers")).forEach(name -> inputs.put(name, shapes.get(name)));
    for (String output : outputs) {
      require(ends.containsKey(output), "the model's output '%s' is none of its layers", output);
      require(
          !read.contains(output),
          "layer '%s' is an output and is read by another layer, which is not supported",
          output);
    }
  }

  /** Inputs or outputs: a single one of Keras 3 is ["name", 0, 0]; several are in a list or map. */
  private static List<String> references(JsonNode written) {
    List<String> names = new ArrayList<>();
    for (JsonNode each : isReference(written) ? List.of(written) : written) {
      names.add(reference(each));
    }
    return names;
  }

  private static boolean isReference(JsonNode node) {
    return node.isArray() && node.size() >= 3 && node.get(0).isTextual() && node.get(1).isInt();
  }

  /** The layer named by ["name", node, tensor]. */
  private static String reference(JsonNode node) {
    require(isReference(node), "%s does not name a layer", node);
    require(
        node.get(2).asInt() == 0,
        "layer '%s' gives several values, which is not supported",
        node.get(0).asText());
    return KerasFile.nameOf(node.get(0).asText());
  }

  /**
   * What a layer is called with: ["name", 0, 0, {kwargs}] in lists and, of Keras 3, args with
   * tensors that have a keras_history, and kwargs.
   */
  private static void collect(JsonNode layer, JsonNode node, List<String> names) {
    if (isReference(node)) {
      names.add(reference(node));
      requireNoArguments(layer, node.path(3));
    } else if (node.isArray()) {
      node.forEach(child -> collect(layer, child, names));
    } else if (node.has("args")) {
      collect(layer, node.path("args"), names);
      requireNoArguments(layer, node.path("kwargs"));
    } else {
      JsonNode history = node.path("config").path("keras_history");
      require(
          history.isArray(),
          "layer '%s' (%s) is called with %s: only layers can be read",
          name(layer),
          kind(layer),
          node);
      names.add(reference(history));
    }
  }

  private static void requireNoArguments(JsonNode layer, JsonNode arguments) {
    for (var argument : arguments.properties()) {
      boolean neutral =
          argument.getValue().isNull()
              || (argument.getKey().equals("training") && !argument.getValue().asBoolean(true));
      require(
          neutral,
          "layer '%s' (%s) is called with %s %s, which is not supported",
          name(layer),
          kind(layer),
          argument.getKey(),
          argument.getValue());
    }
  }

  private static String kind(JsonNode layer) {
    return layer.path("class_name").asText();
  }

  private static String name(JsonNode layer) {
    JsonNode name = layer.path("name");
    return KerasFile.nameOf((name.isTextual() ? name : layer.path("config").path("name")).asText());
  }

  private static JsonNode writtenShape(JsonNode settings) {
    return settings.path(settings.has("batch_input_shape") ? "batch_input_shape" : "batch_shape");
  }

  private void addInput(String name, JsonNode written) {
    List<Integer> sizes = new ArrayList<>();
    for (int i = 1; i < written.size(); i++) {
      require(
          written.get(i).isInt(),
          "layer '%s': the input %s has no fixed size; only networks of fixed shapes can be read",
          name,
          written);
      sizes.add(written.get(i).asInt());
    }
    require(!sizes.isEmpty(), "layer '%s' does not say the shape of its input", name);
    Shape shape = Shapes.of(sizes);
    inputs.put(name, shape);
    define(name, shape);
  }

  private void define(String name, Shape shape) {
    values.put(name, new Node.Source(name, values.size(), shape));
  }

  private LayerSettings settings(JsonNode layer) {
    return new LayerSettings(name(layer), kind(layer), layer.path("config"), keras3);
  }

  private void read(JsonNode json, List<String> from) {
    String name = name(json);
    JsonNode registered = json.path("registered_name");
    require(
        registered.isMissingNode() || registered.isNull(),
        "layer '%s' (%s) is not one of Keras's own layers and is not supported",
        name,
        registered.asText());
    LayerSettings settings = settings(json);
    if (kind(json).equals("InputLayer")) {
      settings.requireNeutral();
      addInput(name, writtenShape(json.path("config")));
      return;
    }
    require(!from.isEmpty(), "layer '%s' (%s) reads no layer", name, kind(json));
    List<Layer> made = KerasLayers.of(settings, node(name, kind(json), from));
    made.forEach(this::plan);
    if (outputs.contains(name)) {
      KerasEnd end = KerasEnd.of(made, loss(name), lossWeight(name));
      end.foreignLoss().ifPresent(loss -> foreignLosses.add("output '" + name + "': " + loss));
      ends.put(name, end.output());
      made = end.layers();
    }
    layers.addAll(made);
  }

  /** Checks a layer where it stands, and lets later ones read it. */
  private void plan(Layer layer) {
    define(layer.name(), layer.plan(node(layer.name(), layer.kind(), layer.from())).shape());
  }

  private Node node(String name, String kind, List<String> from) {
    for (String source : from) {
      require(
          values.containsKey(source),
          "layer '%s' (%s) reads '%s', which is not above it",
          name,
          kind,
          source);
    }
    return new Node(name, kind, from.stream().map(values::get).toList());
  }

  private KerasLoss loss(String output) {
    JsonNode loss = training.path("loss");
    return KerasLoss.read(loss.has("class_name") ? loss : ofOutput(loss, output));
  }

  private Double lossWeight(String output) {
    JsonNode weight = ofOutput(training.path("loss_weights"), output);
    return weight.isNumber() ? weight.asDouble() : null;
  }

  /** The part of a list, or of a map by names, that is one output's; what is neither, is all's. */
  private JsonNode ofOutput(JsonNode written, String output) {
    if (written.isArray()) {
      return written.path(List.copyOf(outputs).indexOf(output));
    }
    return written.isObject() ? written.path(output) : written;
  }
}
