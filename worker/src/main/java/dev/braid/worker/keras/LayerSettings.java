package dev.braid.worker.keras;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.errorprone.annotations.FormatMethod;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.function.Activation;
import dev.braid.worker.shape.Padding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * The settings of one layer, as the file writes them. What nobody has asked for when the layer is
 * made is refused by name, so that no setting is overlooked.
 */
final class LayerSettings {
  /** Settings that say how weights begin and are trained, and how a value is computed. */
  private static final Pattern WITHOUT_EFFECT =
      Pattern.compile(
          ".*_(initializer|regularizer|constraint)|dropout|recurrent_dropout|seed|trainable"
              + "|unit_forget_bias|implementation|unroll|fused|name|dtype|batch_input_shape"
              + "|batch_shape|input_length|synchronized|zero_output_for_mask|use_cudnn|renorm_(clipping|momentum)");

  /** What some settings must be, in whichever layer: no layer here knows another value. */
  private static final Map<String, Object> NEUTRAL =
      Map.ofEntries(
          entry("data_format", "channels_last"),
          entry("interpolation", "nearest"),
          entry("keepdims", false),
          entry("mask_zero", false),
          entry("negative_slope", 0),
          entry("optional", false),
          entry("ragged", false),
          entry("renorm", false),
          entry("return_state", false),
          entry("rms_scaling", false),
          entry("sparse", false),
          entry("stateful", false),
          entry("threshold", 0),
          entry("time_major", false));

  private static final Set<String> PRECISIONS = Set.of("float32", "float64");

  private final String name;
  private final String kind;
  private final JsonNode config;
  private final boolean keras3;
  private final Set<String> asked = new HashSet<>();

  /**
   * @param name of the layer, for messages
   * @param kind the layer's class
   * @param config its settings
   * @param keras3 whether Keras 3 has written them, whose hard sigmoid is another function
   */
  LayerSettings(String name, String kind, JsonNode config, boolean keras3) {
    this.name = name;
    this.kind = kind;
    this.config = config;
    this.keras3 = keras3;
  }

  String kind() {
    return kind;
  }

  /** An error in these settings, with layer and class. */
  @FormatMethod
  IllegalArgumentException error(String message, Object... values) {
    return new WrongSettings(
        "layer '%s' (%s)".formatted(name, kind) + String.format(message, values));
  }

  private IllegalArgumentException notSupported(String key) {
    return error(": %s %s is not supported", key, config.path(key));
  }

  /** Requires of the settings that are the same for all layers that they are what is supported. */
  void requireNeutral() {
    NEUTRAL.forEach(this::requireOnly);
  }

  /** Requires that every setting was asked for or has no effect on what the layer computes. */
  void requireAllAsked() {
    requireNeutral();
    requirePrecision();
    for (var setting : config.properties()) {
      String key = setting.getKey();
      boolean known = asked.contains(key) || WITHOUT_EFFECT.matcher(key).matches();
      if (!known && !setting.getValue().isNull()) {
        throw notSupported(key);
      }
    }
  }

  /** Requires that no time steps are masked by this layer. */
  void requireNoMask() {
    if (kind.equals("Masking")) {
      throw error(" is not supported");
    }
    requireOnly("mask_zero", false);
  }

  private void requirePrecision() {
    JsonNode written = config.path("dtype");
    JsonNode type = written.isObject() ? written.path("config").path("name") : written;
    if (type.isTextual() && !PRECISIONS.contains(type.asText())) {
      throw notSupported("dtype");
    }
  }

  private JsonNode get(String key) {
    asked.add(key);
    JsonNode value = config.path(key);
    return value.isArray() && value.size() == 1 ? value.get(0) : value;
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  /** Requires that a setting is absent, null or this, where the layer here knows no other. */
  void requireOnly(String key, Object supported) {
    JsonNode value = get(key);
    boolean same =
        supported instanceof Number number
            ? value.isNumber() && value.asDouble() == number.doubleValue()
            : value.asText().equals(supported.toString());
    if (!isAbsent(value) && !same) {
      throw notSupported(key);
    }
  }

  /**
   * Requires that an axis is the last one.
   *
   * @param rank number of dimensions of one example
   */
  void requireLastAxis(int rank) {
    JsonNode axis = get("axis");
    if (!isAbsent(axis) && axis.asInt(0) != -1 && axis.asInt(0) != rank) {
      throw error(": axis %s is not supported, only the last one", config.path("axis"));
    }
  }

  boolean has(String key) {
    return !isAbsent(get(key));
  }

  /** The settings of a layer inside of this one, under the outer layer's name. */
  LayerSettings inner(String key) {
    JsonNode layer = get(key);
    return new LayerSettings(name, layer.path("class_name").asText(), layer.path("config"), keras3);
  }

  int number(String key) {
    JsonNode number = get(key);
    if (!number.isIntegralNumber()) {
      throw error(" does not say its %s", key);
    }
    return number.asInt();
  }

  int number(String key, int absent) {
    return has(key) ? number(key) : absent;
  }

  double real(String key, double absent) {
    JsonNode number = get(key);
    if (!isAbsent(number) && !number.isNumber()) {
      throw notSupported(key);
    }
    return number.asDouble(absent);
  }

  boolean flag(String key, boolean absent) {
    JsonNode flag = get(key);
    if (!isAbsent(flag) && !flag.isBoolean()) {
      throw notSupported(key);
    }
    return flag.asBoolean(absent);
  }

  /** A setting as the file writes it; empty where it is absent or null. */
  String text(String key) {
    JsonNode value = get(key);
    return isAbsent(value) ? "" : value.isTextual() ? value.asText() : value.toString();
  }

  List<Integer> sizesOrNull(String key) {
    return has(key) ? sizes(key) : null;
  }

  List<Integer> sizes(String key) {
    asked.add(key);
    JsonNode sizes = config.path(key);
    return sizes.isArray() ? integers(sizes) : List.of(number(key));
  }

  /** A size that must be the same along all dimensions. */
  int equal(String key) {
    List<Integer> sizes = sizes(key);
    if (sizes.stream().distinct().count() != 1) {
      throw error(": %s %s is not supported; it must be the same for all dimensions", key, sizes);
    }
    return sizes.get(0);
  }

  /** Padding that is the same before and after, for each dimension. */
  List<Integer> symmetric() {
    asked.add("padding");
    JsonNode padding = config.path("padding");
    if (!padding.isArray()) {
      return List.of(number("padding"));
    }
    boolean ends = kind.endsWith("1D"); // [before, after] of the only dimension
    List<Integer> sizes = new ArrayList<>();
    for (JsonNode size : ends ? List.of(padding) : padding) {
      List<Integer> sides = size.isArray() ? integers(size) : List.of(size.asInt());
      if (sides.stream().distinct().count() != 1) {
        throw error(": padding %s is not supported; it must be the same on both sides", padding);
      }
      sizes.add(sides.get(0));
    }
    return sizes;
  }

  private static List<Integer> integers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asInt).toList();
  }

  Padding padding() {
    return switch (text("padding")) {
      case "", "valid" -> Padding.VALID;
      case "same" -> Padding.SAME;
      case "causal" -> Padding.CAUSAL;
      default -> throw notSupported("padding");
    };
  }

  Activation activation(String key) {
    return switch (text(key)) {
      case "", "linear" -> Activation.IDENTITY;
      case "relu" -> Activation.RELU;
      case "relu6" -> Activation.RELU6;
      case "elu" -> Activation.ELU;
      case "selu" -> Activation.SELU;
      case "gelu" -> Activation.GELU;
      case "sigmoid" -> Activation.SIGMOID;
      case "hard_sigmoid" -> keras3 ? Activation.HARD_SIGMOID : Activation.HARD_SIGMOID_5;
      case "tanh" -> Activation.TANH;
      case "hard_tanh" -> Activation.HARD_TANH;
      case "softmax" -> Activation.SOFTMAX;
      case "softplus" -> Activation.SOFTPLUS;
      case "softsign" -> Activation.SOFTSIGN;
      case "swish", "silu" -> Activation.SWISH;
      case "mish" -> Activation.MISH;
      case "exponential" -> Activation.EXPONENTIAL;
      default -> throw notSupported(key);
    };
  }

  /** An activation that must be one of these. */
  Activation activation(String key, Set<Activation> supported) {
    Activation activation = activation(key);
    if (!supported.contains(activation)) {
      throw notSupported(key);
    }
    return activation;
  }
}
