package dev.braid.worker.keras;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.worker.layer.Activate;
import dev.braid.worker.layer.Activation;
import dev.braid.worker.layer.Add;
import dev.braid.worker.layer.AveragePooling;
import dev.braid.worker.layer.BatchNorm;
import dev.braid.worker.layer.Bidirectional;
import dev.braid.worker.layer.Concatenate;
import dev.braid.worker.layer.Convolution;
import dev.braid.worker.layer.Dense;
import dev.braid.worker.layer.Dropout;
import dev.braid.worker.layer.Embedding;
import dev.braid.worker.layer.Flatten;
import dev.braid.worker.layer.GlobalAveragePooling;
import dev.braid.worker.layer.GlobalMaxPooling;
import dev.braid.worker.layer.Gru;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.LayerNorm;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Loss;
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.layer.MaxPooling;
import dev.braid.worker.layer.Multiply;
import dev.braid.worker.layer.Output;
import dev.braid.worker.layer.Padding;
import dev.braid.worker.layer.Recurrent;
import dev.braid.worker.layer.Reshape;
import dev.braid.worker.layer.Shape;
import dev.braid.worker.layer.SimpleRnn;
import dev.braid.worker.layer.Upsampling;
import dev.braid.worker.layer.ZeroPadding;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * A network of Keras's, Sequential or functional, as a list of layers. A layer keeps its name; a
 * separable convolution becomes two layers, the last layer an output.
 */
final class KerasLayers {
  private final Map<String, Shape> inputs = new LinkedHashMap<>();
  private final List<Layer> layers = new ArrayList<>();
  private final Map<String, Integer> axes = new LinkedHashMap<>();
  private final Set<String> outputs = new LinkedHashSet<>();
  private final String loss;

  private KerasLayers(String loss) {
    this.loss = loss;
  }

  /**
   * Reads a configuration.
   *
   * @param config {@code model_config}
   * @param loss as the file names it; empty where it names none
   * @throws IllegalArgumentException naming the layer or the setting that has no counterpart
   */
  static Network of(JsonNode config, String loss) {
    KerasLayers reader = new KerasLayers(loss);
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
    Network network = new Network(reader.inputs, reader.layers);
    reader.requireOrder(network.plan(reader.inputs, List.of()));
    return network;
  }

  private void readSequential(JsonNode config) {
    JsonNode list = config.isArray() ? config : config.path("layers");
    require(!list.isEmpty(), "the model has no layers");
    outputs.add(name(list.get(list.size() - 1)));
    String before = null;
    for (JsonNode layer : list) {
      JsonNode settings = layer.path("config");
      if (before == null && !kind(layer).equals("InputLayer")) {
        String input = name(layer) + "_input";
        inputs.put(input, shape(layer, settings));
        before = input;
      }
      read(layer, before == null ? List.of() : List.of(before));
      before = name(layer);
    }
  }

  private void readFunctional(JsonNode config) {
    for (JsonNode output : config.path("output_layers")) {
      outputs.add(KerasFile.nameOf((output.isArray() ? output.get(0) : output).asText()));
      if (!output.isArray()) {
        break; // a single output as ["name", 0, 0]
      }
    }
    for (JsonNode layer : config.path("layers")) {
      JsonNode nodes = layer.path("inbound_nodes");
      require(
          nodes.size() <= 1,
          "layer '%s' (%s) is used in several places: shared layers are not supported",
          name(layer),
          kind(layer));
      Set<String> from = new LinkedHashSet<>();
      collect(nodes, from);
      read(layer, List.copyOf(from));
    }
  }

  /** The names in lists such as ["name", 0, 0, {}] and, of Keras 3, in keras_history. */
  private static void collect(JsonNode node, Set<String> names) {
    if (node.isArray() && node.size() >= 3 && node.get(0).isTextual() && node.get(1).isInt()) {
      names.add(KerasFile.nameOf(node.get(0).asText()));
      return;
    }
    node.forEach(child -> collect(child, names));
  }

  private static String kind(JsonNode layer) {
    return layer.path("class_name").asText();
  }

  private static String name(JsonNode layer) {
    JsonNode name = layer.path("name");
    return KerasFile.nameOf((name.isTextual() ? name : layer.path("config").path("name")).asText());
  }

  /** The shape of one example, channels first. */
  private static Shape shape(JsonNode layer, JsonNode settings) {
    JsonNode written =
        settings.has("batch_input_shape")
            ? settings.path("batch_input_shape")
            : settings.path("batch_shape");
    List<Integer> sizes = new ArrayList<>();
    for (int i = 1; i < written.size(); i++) {
      require(
          written.get(i).isInt(),
          "layer '%s': the input %s has no fixed size; only networks of fixed shapes can be read",
          name(layer),
          written);
      sizes.add(written.get(i).asInt());
    }
    require(!sizes.isEmpty(), "layer '%s' does not say the shape of its input", name(layer));
    if (sizes.size() > 2) {
      sizes.add(0, sizes.remove(sizes.size() - 1));
    }
    return new Shape(sizes);
  }

  private void read(JsonNode json, List<String> from) {
    Settings s = new Settings(name(json), kind(json), json.path("config"));
    if (s.kind.equals("InputLayer")) {
      inputs.put(s.name, shape(json, s.config));
      return;
    }
    boolean last = outputs.contains(s.name);
    if (last && (s.kind.equals("Dense") || s.kind.equals("Activation"))) {
      layers.add(output(s, from));
      return;
    }
    add(s, from);
    if (last) {
      layers.add(
          new Output(
              lossOf(Activation.IDENTITY),
              null,
              null,
              null,
              null,
              false,
              null,
              s.name + "_output",
              List.of(s.name)));
    }
  }

  /** The last layer: its activation and the loss that goes with it. */
  private Output output(Settings s, List<String> from) {
    Activation activation = s.activation("activation");
    Loss loss = lossOf(activation);
    boolean dense = s.kind.equals("Dense");
    return new Output(
        loss,
        dense ? s.number("units") : null,
        loss.link() == null && activation != Activation.IDENTITY ? activation : null,
        null,
        dense ? s.flag("use_bias", true) : null,
        dense,
        null,
        s.name,
        from);
  }

  private Loss lossOf(Activation activation) {
    return switch (activation) {
      case SOFTMAX -> Loss.CROSS_ENTROPY;
      case SIGMOID -> Loss.BINARY_CROSS_ENTROPY;
      default ->
          switch (loss) {
            case "mae", "mean_absolute_error" -> Loss.MEAN_ABSOLUTE;
            case "hinge" -> Loss.HINGE;
            case "squared_hinge" -> Loss.SQUARED_HINGE;
            default -> Loss.MEAN_SQUARED;
          };
    };
  }

  private void add(Settings s, List<String> from) {
    switch (s.kind) {
      case "Dense" ->
          layers.add(
              new Dense(
                  s.number("units"),
                  s.activation("activation"),
                  s.flag("use_bias", true),
                  null,
                  s.name,
                  from));
      case "TimeDistributed" -> {
        Settings inner = s.inner("layer");
        require(
            inner.kind.equals("Dense"),
            "layer '%s': TimeDistributed of %s is not supported, only of Dense",
            s.name,
            inner.kind);
        add(inner, from);
      }
      case "Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D" -> {
        s.requireChannelsLast();
        layers.add(convolution(s, s.name, from));
      }
      case "SeparableConv1D", "SeparableConv2D", "SeparableConvolution2D" -> separable(s, from);
      case "DepthwiseConv2D" -> {
        s.requireChannelsLast();
        layers.add(
            depthwise(s, s.name, from, s.activation("activation"), s.flag("use_bias", true)));
      }
      case "MaxPooling1D", "MaxPooling2D", "MaxPooling3D" -> {
        s.requireChannelsLast();
        layers.add(
            new MaxPooling(
                s.sizes("pool_size"), s.sizesOrNull("strides"), s.padding(), s.name, from));
      }
      case "AveragePooling1D", "AveragePooling2D", "AveragePooling3D" -> {
        s.requireChannelsLast();
        layers.add(
            new AveragePooling(
                s.sizes("pool_size"), s.sizesOrNull("strides"), s.padding(), s.name, from));
      }
      case "GlobalMaxPooling1D", "GlobalMaxPooling2D" -> {
        s.requireChannelsLast();
        s.require("keepdims", "false");
        layers.add(new GlobalMaxPooling(s.name, from));
      }
      case "GlobalAveragePooling1D", "GlobalAveragePooling2D" -> {
        s.requireChannelsLast();
        s.require("keepdims", "false");
        layers.add(new GlobalAveragePooling(s.name, from));
      }
      case "BatchNormalization" -> {
        axes.put(s.name, s.axis());
        layers.add(
            new BatchNorm(1 - s.real("momentum", 0.99), s.real("epsilon", 1e-3), s.name, from));
      }
      case "LayerNormalization" -> {
        axes.put(s.name, s.axis());
        layers.add(new LayerNorm(s.real("epsilon", 1e-3), s.name, from));
      }
      case "Activation" -> layers.add(new Activate(s.activation("activation"), s.name, from));
      case "Softmax" -> layers.add(new Activate(Activation.SOFTMAX, s.name, from));
      case "ReLU" -> {
        s.require("negative_slope", "0", "0.0", "[0.0]");
        s.require("threshold", "0", "0.0", "[0.0]");
        s.require("max_value", "6", "6.0", "[6.0]");
        boolean six = s.config.path("max_value").isNumber();
        layers.add(new Activate(six ? Activation.RELU6 : Activation.RELU, s.name, from));
      }
      case "ELU" -> {
        s.require("alpha", "1.0", "1");
        layers.add(new Activate(Activation.ELU, s.name, from));
      }
      case "Dropout" -> {
        s.require("noise_shape");
        layers.add(new Dropout(s.real("rate", 0), s.name, from));
      }
      case "Flatten" -> {
        s.requireChannelsLast();
        layers.add(new Flatten(s.name, from));
      }
      case "Reshape" -> layers.add(new Reshape(reshaped(s), s.name, from));
      case "Embedding" -> {
        s.require("mask_zero", "false");
        layers.add(
            new Embedding(
                s.number("input_dim"), s.number("output_dim"), null, null, null, s.name, from));
      }
      case "LSTM", "GRU", "SimpleRNN" -> layers.add(recurrent(s, s.name, from));
      case "Bidirectional" -> {
        s.require("merge_mode", "\"concat\"", "\"sum\"");
        boolean sum = s.config.path("merge_mode").asText().equals("sum");
        Settings inner = s.inner("layer");
        layers.add(
            new Bidirectional(
                recurrent(inner, null, null),
                sum ? Bidirectional.Merge.SUM : Bidirectional.Merge.CONCAT,
                s.name,
                from));
      }
      case "Add" -> layers.add(new Add(s.name, from));
      case "Multiply" -> layers.add(new Multiply(s.name, from));
      case "Concatenate" -> {
        axes.put(s.name, s.axis());
        layers.add(new Concatenate(s.name, from));
      }
      case "ZeroPadding1D", "ZeroPadding2D" -> {
        s.requireChannelsLast();
        layers.add(new ZeroPadding(new Padding(Padding.Kind.SIZES, s.symmetric()), s.name, from));
      }
      case "UpSampling1D", "UpSampling2D" -> {
        s.requireChannelsLast();
        s.require("interpolation", "\"nearest\"");
        layers.add(new Upsampling(s.equal("size"), s.name, from));
      }
      default ->
          throw new IllegalArgumentException(
              "layer '%s' (%s) is not supported".formatted(s.name, s.kind));
    }
  }

  private Convolution convolution(Settings s, String name, List<String> from) {
    return new Convolution(
        s.number("filters"),
        s.sizes("kernel_size"),
        s.sizesOrNull("strides"),
        s.padding(),
        s.sizesOrNull("dilation_rate"),
        s.config.path("groups").asInt(1),
        s.activation("activation"),
        s.flag("use_bias", true),
        null,
        name,
        from);
  }

  /** A convolution of each channel alone, then one of a single place. */
  private void separable(Settings s, List<String> from) {
    s.requireChannelsLast();
    String first = s.name + KerasWeights.DEPTHWISE;
    layers.add(depthwise(s, first, from, Activation.IDENTITY, false));
    layers.add(
        new Convolution(
            s.number("filters"),
            List.of(1),
            null,
            null,
            null,
            null,
            s.activation("activation"),
            s.flag("use_bias", true),
            null,
            s.name,
            List.of(first)));
  }

  /** A convolution whose number of filters follows from what it reads. */
  private Convolution depthwise(
      Settings s, String name, List<String> from, Activation activation, boolean bias) {
    int channels = channels(from.get(0));
    return new Convolution(
        Math.multiplyExact(channels, s.config.path("depth_multiplier").asInt(1)),
        s.sizes("kernel_size"),
        s.sizesOrNull("strides"),
        s.padding(),
        s.sizesOrNull("dilation_rate"),
        channels,
        activation,
        bias,
        null,
        name,
        from);
  }

  /** Channels of an input or of an earlier layer of images. */
  private int channels(String value) {
    if (inputs.containsKey(value)) {
      return inputs.get(value).channels();
    }
    for (Layer layer : layers) {
      if (value.equals(layer.name())) {
        return layer instanceof Convolution convolution
            ? convolution.filters()
            : layer instanceof Concatenate
                ? layer.from().stream().mapToInt(this::channels).sum()
                : channels(layer.from().get(0));
      }
    }
    throw new IllegalArgumentException("layer '" + value + "' is read before it is there");
  }

  private Recurrent recurrent(Settings s, String name, List<String> from) {
    s.require("go_backwards", "false");
    s.require("stateful", "false");
    s.require("return_state", "false");
    boolean all = s.flag("return_sequences", false);
    int units = s.number("units");
    Activation activation = s.activation("activation");
    if (s.kind.equals("SimpleRNN")) {
      require(
          activation == Activation.TANH || activation == Activation.RELU,
          "layer '%s' (SimpleRNN): activation %s is not supported, only tanh and relu",
          s.name,
          s.config.path("activation"));
      return new SimpleRnn(units, activation, all, null, name, from);
    }
    require(
        activation == Activation.TANH,
        "layer '%s' (%s): activation %s is not supported, only tanh",
        s.name,
        s.kind,
        s.config.path("activation"));
    Activation gates = s.activation("recurrent_activation");
    if (s.kind.equals("LSTM")) {
      require(
          gates == Activation.SIGMOID || gates == Activation.HARD_SIGMOID_5,
          "layer '%s' (LSTM): recurrent_activation %s is not supported",
          s.name,
          s.config.path("recurrent_activation"));
      return new Lstm(units, null, all, gates, null, name, from);
    }
    require(
        gates == Activation.SIGMOID,
        "layer '%s' (GRU): recurrent_activation %s is not supported, only sigmoid",
        s.name,
        s.config.path("recurrent_activation"));
    require(
        s.config.path("reset_after").asBoolean(false),
        "layer '%s' (GRU): reset_after false is not supported",
        s.name);
    return new Gru(units, all, null, name, from);
  }

  private static Shape reshaped(Settings s) {
    List<Integer> sizes = new ArrayList<>();
    for (JsonNode size : s.config.path("target_shape")) {
      require(
          size.asInt() > 0, "layer '%s' (Reshape): a size of %s is not supported", s.name, size);
      sizes.add(size.asInt());
    }
    if (sizes.size() > 2) {
      sizes.add(0, sizes.remove(sizes.size() - 1));
    }
    return new Shape(sizes);
  }

  /** Requires that nothing depends on where the channels lie but what knows how to turn it. */
  private void requireOrder(NetworkPlan plan) {
    for (LayerPlan layer : plan.layers()) {
      String name = layer.site().name();
      Shape shape = layer.shape();
      if (axes.containsKey(name)) {
        int axis = axes.get(name);
        require(
            axis == -1 || axis == shape.rank(),
            "layer '%s': axis %d is not supported, only the last one",
            name,
            axis);
      }
      if (layer.layer() instanceof Reshape) {
        require(
            isOrdered(layer.site().shape()) && isOrdered(shape),
            "layer '%s' (Reshape) of %s to %s is not supported: it mixes places and channels",
            name,
            layer.site().shape(),
            shape);
      }
      boolean turns =
          KerasWeights.passes(layer.layer())
              || layer.layer() instanceof Dense
              || (layer.layer() instanceof Output output && output.projection());
      require(
          turns || KerasWeights.flattened(plan, layer).isEmpty(),
          "layer '%s' reads a flattened image, which is supported for Dense alone",
          name);
    }
  }

  private static boolean isOrdered(Shape shape) {
    return shape.rank() <= 2 || shape.size() == shape.channels();
  }

  /** The settings of one layer. */
  private record Settings(String name, String kind, JsonNode config) {
    Settings inner(String key) {
      JsonNode layer = config.path(key);
      return new Settings(name, layer.path("class_name").asText(), layer.path("config"));
    }

    /** Requires that a setting is absent, null or one of these, as JSON writes them. */
    void require(String key, String... supported) {
      JsonNode value = config.path(key);
      dev.braid.worker.Check.require(
          value.isMissingNode() || value.isNull() || List.of(supported).contains(value.toString()),
          "layer '%s' (%s): %s %s is not supported",
          name,
          kind,
          key,
          value);
    }

    void requireChannelsLast() {
      require("data_format", "\"channels_last\"");
    }

    int number(String key) {
      dev.braid.worker.Check.require(
          config.path(key).isNumber(), "layer '%s' (%s) does not say its %s", name, kind, key);
      return config.path(key).asInt();
    }

    double real(String key, double absent) {
      return config.path(key).asDouble(absent);
    }

    boolean flag(String key, boolean absent) {
      return config.path(key).asBoolean(absent);
    }

    int axis() {
      JsonNode axis = config.path("axis");
      return axis.isArray() ? axis.get(0).asInt() : axis.asInt(-1);
    }

    List<Integer> sizesOrNull(String key) {
      JsonNode sizes = config.path(key);
      return sizes.isMissingNode() || sizes.isNull() ? null : sizes(key);
    }

    List<Integer> sizes(String key) {
      JsonNode sizes = config.path(key);
      return sizes.isArray()
          ? StreamSupport.stream(sizes.spliterator(), false).map(JsonNode::asInt).toList()
          : List.of(number(key));
    }

    /** A size that must be the same along all dimensions. */
    int equal(String key) {
      List<Integer> sizes = sizes(key);
      dev.braid.worker.Check.require(
          sizes.stream().distinct().count() == 1,
          "layer '%s' (%s): %s %s is not supported; it must be the same for all dimensions",
          name,
          kind,
          key,
          sizes);
      return sizes.get(0);
    }

    /** Padding that is the same before and after. */
    List<Integer> symmetric() {
      JsonNode padding = config.path("padding");
      List<Integer> sizes = new ArrayList<>();
      for (JsonNode size : padding.isArray() ? padding : List.of(padding)) {
        dev.braid.worker.Check.require(
            !size.isArray() || size.get(0).equals(size.get(1)),
            "layer '%s' (%s): padding %s is not supported; it must be the same on both sides",
            name,
            kind,
            padding);
        sizes.add(size.isArray() ? size.get(0).asInt() : size.asInt());
      }
      boolean ends = kind.endsWith("1D") && padding.isArray();
      dev.braid.worker.Check.require(
          !ends || sizes.stream().distinct().count() == 1,
          "layer '%s' (%s): padding %s is not supported; it must be the same on both sides",
          name,
          kind,
          padding);
      return ends ? sizes.subList(0, 1) : sizes;
    }

    Padding padding() {
      String padding = config.path("padding").asText("valid");
      return switch (padding) {
        case "valid" -> Padding.VALID;
        case "same" -> Padding.SAME;
        case "causal" -> Padding.CAUSAL;
        default ->
            throw new IllegalArgumentException(
                "layer '%s' (%s): padding %s is not supported".formatted(name, kind, padding));
      };
    }

    Activation activation(String key) {
      JsonNode value = config.path(key);
      String function = value.isNull() || value.isMissingNode() ? "linear" : value.asText();
      return switch (function) {
        case "linear" -> Activation.IDENTITY;
        case "relu" -> Activation.RELU;
        case "relu6" -> Activation.RELU6;
        case "elu" -> Activation.ELU;
        case "selu" -> Activation.SELU;
        case "gelu" -> Activation.GELU;
        case "sigmoid" -> Activation.SIGMOID;
        case "hard_sigmoid" -> Activation.HARD_SIGMOID_5;
        case "tanh" -> Activation.TANH;
        case "softmax" -> Activation.SOFTMAX;
        case "softplus" -> Activation.SOFTPLUS;
        case "softsign" -> Activation.SOFTSIGN;
        case "swish", "silu" -> Activation.SWISH;
        case "mish" -> Activation.MISH;
        case "exponential" -> Activation.EXPONENTIAL;
        default ->
            throw new IllegalArgumentException(
                "layer '%s' (%s): %s %s is not supported".formatted(name, kind, key, value));
      };
    }
  }
}
