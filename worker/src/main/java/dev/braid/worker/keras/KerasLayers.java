package dev.braid.worker.keras;

import static java.util.Map.entry;

import dev.braid.worker.WrongSettings;
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
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.layer.MaxPooling;
import dev.braid.worker.layer.Multiply;
import dev.braid.worker.layer.Padding;
import dev.braid.worker.layer.Recurrent;
import dev.braid.worker.layer.Reshape;
import dev.braid.worker.layer.Shape;
import dev.braid.worker.layer.SimpleRnn;
import dev.braid.worker.layer.Site;
import dev.braid.worker.layer.Upsampling;
import dev.braid.worker.layer.ZeroPadding;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The layers of Keras's that have a counterpart, one row for each class, with the function that
 * makes layers of its settings. Where their tensors lie is {@link KerasWeights}'s.
 */
final class KerasLayers {
  /** Makes the layers that one of Keras's becomes. */
  @FunctionalInterface
  private interface Row {
    List<Layer> layers(LayerSettings settings, Site site);
  }

  /** A row of a class that becomes one layer. */
  @FunctionalInterface
  private interface SingleRow {
    Layer layer(LayerSettings settings, String name, List<String> from, Shape shape);
  }

  private static final Map<String, Row> ROWS =
      Map.ofEntries(
          row("Dense", KerasLayers::dense),
          row("TimeDistributed", KerasLayers::timeDistributed),
          row("Conv1D", KerasLayers::convolution),
          row("Conv2D", KerasLayers::convolution),
          row("Conv3D", KerasLayers::convolution),
          row("Convolution1D", KerasLayers::convolution),
          row("Convolution2D", KerasLayers::convolution),
          row("DepthwiseConv1D", KerasLayers::depthwise),
          row("DepthwiseConv2D", KerasLayers::depthwise),
          entry("SeparableConv1D", KerasLayers::separable),
          entry("SeparableConv2D", KerasLayers::separable),
          entry("SeparableConvolution2D", KerasLayers::separable),
          row("MaxPooling1D", KerasLayers::maxPooling),
          row("MaxPooling2D", KerasLayers::maxPooling),
          row("MaxPooling3D", KerasLayers::maxPooling),
          row("AveragePooling1D", KerasLayers::averagePooling),
          row("AveragePooling2D", KerasLayers::averagePooling),
          row("AveragePooling3D", KerasLayers::averagePooling),
          row("GlobalMaxPooling1D", KerasLayers::globalMaxPooling),
          row("GlobalMaxPooling2D", KerasLayers::globalMaxPooling),
          row("GlobalMaxPooling3D", KerasLayers::globalMaxPooling),
          row("GlobalAveragePooling1D", KerasLayers::globalAveragePooling),
          row("GlobalAveragePooling2D", KerasLayers::globalAveragePooling),
          row("GlobalAveragePooling3D", KerasLayers::globalAveragePooling),
          row("BatchNormalization", KerasLayers::batchNorm),
          row("LayerNormalization", KerasLayers::layerNorm),
          row("Activation", KerasLayers::activation),
          row("Softmax", KerasLayers::softmax),
          row("ReLU", KerasLayers::relu),
          row("ELU", KerasLayers::elu),
          row("Dropout", KerasLayers::dropout),
          row("Flatten", KerasLayers::flatten),
          row("Reshape", KerasLayers::reshape),
          row("Embedding", KerasLayers::embedding),
          row("LSTM", KerasLayers::recurrent),
          row("GRU", KerasLayers::recurrent),
          row("SimpleRNN", KerasLayers::recurrent),
          row("Bidirectional", KerasLayers::bidirectional),
          row("Add", (s, name, from, shape) -> new Add(name, from)),
          row("Multiply", (s, name, from, shape) -> new Multiply(name, from)),
          row("Concatenate", KerasLayers::concatenate),
          row("ZeroPadding1D", KerasLayers::zeroPadding),
          row("ZeroPadding2D", KerasLayers::zeroPadding),
          row("ZeroPadding3D", KerasLayers::zeroPadding),
          row("UpSampling1D", KerasLayers::upsampling),
          row("UpSampling2D", KerasLayers::upsampling),
          row("UpSampling3D", KerasLayers::upsampling));

  private KerasLayers() {}

  private static Map.Entry<String, Row> row(String kind, SingleRow row) {
    return entry(kind, (s, site) -> List.of(row.layer(s, site.name(), from(site), site.shape())));
  }

  private static List<String> from(Site site) {
    return site.sources().stream().map(Site.Source::name).toList();
  }

  /** The classes that have a counterpart, in alphabetical order. */
  static Set<String> kinds() {
    return new TreeSet<>(ROWS.keySet());
  }

  /**
   * The layers that one of Keras's becomes, the last of them under its name.
   *
   * @param site its name and what it reads
   * @throws IllegalArgumentException naming the layer and the setting that has no counterpart
   */
  static List<Layer> of(LayerSettings settings, Site site) {
    Row row = ROWS.get(settings.kind());
    if (row == null) {
      throw settings.error(" is not supported");
    }
    try {
      List<Layer> layers = row.layers(settings, site);
      settings.requireAllAsked();
      return layers;
    } catch (WrongSettings e) {
      if (e.getMessage().startsWith("layer '")) {
        throw e;
      }
      IllegalArgumentException named = settings.error(": %s", e.getMessage());
      named.initCause(e);
      throw named;
    }
  }

  private static Dense dense(LayerSettings s, String name, List<String> from, Shape shape) {
    return new Dense(
        s.number("units"), s.activation("activation"), s.flag("use_bias", true), null, name, from);
  }

  private static Layer timeDistributed(
      LayerSettings s, String name, List<String> from, Shape shape) {
    LayerSettings inner = s.inner("layer");
    if (!inner.kind().equals("Dense")) {
      throw s.error(" of %s is not supported, only of Dense", inner.kind());
    }
    Dense dense = dense(inner, name, from, shape);
    inner.requireAllAsked();
    return dense;
  }

  private static Layer convolution(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireChannelsLast();
    return new Convolution(
        s.number("filters"),
        s.sizes("kernel_size"),
        s.sizesOrNull("strides"),
        s.padding(),
        s.sizesOrNull("dilation_rate"),
        s.number("groups", 1),
        s.activation("activation"),
        s.flag("use_bias", true),
        null,
        name,
        from);
  }

  private static Layer depthwise(LayerSettings s, String name, List<String> from, Shape shape) {
    return depthwise(s, name, from, shape, s.activation("activation"), s.flag("use_bias", true));
  }

  /** A convolution of each channel alone, with as many results as the multiplier says. */
  private static Convolution depthwise(
      LayerSettings s,
      String name,
      List<String> from,
      Shape shape,
      Activation activation,
      boolean bias) {
    s.requireChannelsLast();
    s.requireOnly("groups", 1);
    return new Convolution(
        Math.multiplyExact(shape.channels(), s.number("depth_multiplier", 1)),
        s.sizes("kernel_size"),
        s.sizesOrNull("strides"),
        s.padding(),
        s.sizesOrNull("dilation_rate"),
        shape.channels(),
        activation,
        bias,
        null,
        name,
        from);
  }

  /** A convolution of each channel alone, then one of a single place over all. */
  private static List<Layer> separable(LayerSettings s, Site site) {
    String first = site.name() + KerasWeights.DEPTHWISE;
    return List.of(
        depthwise(s, first, from(site), site.shape(), Activation.IDENTITY, false),
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
            site.name(),
            List.of(first)));
  }

  private static Layer maxPooling(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireChannelsLast();
    return new MaxPooling(s.sizes("pool_size"), s.sizesOrNull("strides"), s.padding(), name, from);
  }

  private static Layer averagePooling(
      LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireChannelsLast();
    return new AveragePooling(
        s.sizes("pool_size"), s.sizesOrNull("strides"), s.padding(), name, from);
  }

  private static Layer globalMaxPooling(
      LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireChannelsLast();
    s.requireOnly("keepdims", false);
    return new GlobalMaxPooling(name, from);
  }

  private static Layer globalAveragePooling(
      LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireChannelsLast();
    s.requireOnly("keepdims", false);
    return new GlobalAveragePooling(name, from);
  }

  private static Layer batchNorm(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireLastAxis(shape.rank());
    s.requireOnly("renorm", false);
    s.flag("scale", true); // the file has no gain then, which is 1
    s.flag("center", true); // nor an offset, which is 0
    return new BatchNorm(1 - s.real("momentum", 0.99), s.real("epsilon", 1e-3), name, from);
  }

  private static Layer layerNorm(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireLastAxis(shape.rank());
    s.requireOnly("rms_scaling", false);
    s.flag("scale", true);
    s.flag("center", true);
    return new LayerNorm(s.real("epsilon", 1e-3), name, from);
  }

  private static Layer activation(LayerSettings s, String name, List<String> from, Shape shape) {
    return new Activate(s.activation("activation"), name, from);
  }

  private static Layer softmax(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireLastAxis(shape.rank());
    return new Activate(Activation.SOFTMAX, name, from);
  }

  private static Layer relu(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireOnly("negative_slope", 0);
    s.requireOnly("threshold", 0);
    s.requireOnly("max_value", 6);
    return new Activate(s.has("max_value") ? Activation.RELU6 : Activation.RELU, name, from);
  }

  private static Layer elu(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireOnly("alpha", 1);
    return new Activate(Activation.ELU, name, from);
  }

  private static Layer dropout(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireAbsent("noise_shape");
    return new Dropout(s.real("rate", 0), name, from);
  }

  private static Layer flatten(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireChannelsLast();
    return new Flatten(name, from);
  }

  private static Layer reshape(LayerSettings s, String name, List<String> from, Shape shape) {
    Shape target = Shapes.reshaped(s, s.sizes("target_shape"), shape);
    boolean keepsOrder =
        target.rank() == 1 || (Shapes.isOrdered(shape) && Shapes.isOrdered(target));
    if (!keepsOrder) {
      throw s.error(" of %s to %s is not supported: it mixes places and channels", shape, target);
    }
    return new Reshape(target, name, from);
  }

  private static Layer embedding(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireOnly("mask_zero", false);
    s.requireOnly("sparse", false);
    return new Embedding(
        s.number("input_dim"), s.number("output_dim"), null, null, null, name, from);
  }

  private static Recurrent recurrent(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireOnly("go_backwards", false);
    return recurrent(s, name, from);
  }

  private static Recurrent recurrent(LayerSettings s, String name, List<String> from) {
    s.requireOnly("stateful", false);
    s.requireOnly("return_state", false);
    s.requireOnly("time_major", false);
    s.flag("use_bias", true); // the file has no bias then, which is 0
    boolean all = s.flag("return_sequences", false);
    return switch (s.kind()) {
      case "SimpleRNN" -> simpleRnn(s, all, name, from);
      case "LSTM" -> lstm(s, all, name, from);
      case "GRU" -> gru(s, all, name, from);
      default -> throw s.error(" inside of Bidirectional is not supported");
    };
  }

  private static Recurrent simpleRnn(LayerSettings s, boolean all, String name, List<String> from) {
    Activation activation = s.activation("activation", Set.of(Activation.TANH, Activation.RELU));
    return new SimpleRnn(s.number("units"), activation, all, null, name, from);
  }

  private static Recurrent lstm(LayerSettings s, boolean all, String name, List<String> from) {
    s.activation("activation", Set.of(Activation.TANH));
    Activation gates = s.activation("recurrent_activation", Lstm.GATES);
    return new Lstm(s.number("units"), null, all, gates, null, name, from);
  }

  private static Recurrent gru(LayerSettings s, boolean all, String name, List<String> from) {
    s.activation("activation", Set.of(Activation.TANH));
    s.activation("recurrent_activation", Set.of(Activation.SIGMOID));
    if (!s.flag("reset_after", false)) {
      throw s.error(": reset_after false is not supported");
    }
    return new Gru(s.number("units"), all, null, name, from);
  }

  private static Layer bidirectional(LayerSettings s, String name, List<String> from, Shape shape) {
    Bidirectional.Merge merge =
        switch (s.text("merge_mode")) {
          case "concat" -> Bidirectional.Merge.CONCAT;
          case "sum" -> Bidirectional.Merge.SUM;
          default -> throw s.error(": merge_mode %s is not supported", s.text("merge_mode"));
        };
    LayerSettings inner = s.inner("layer");
    Recurrent forward = recurrent(inner, null, null, shape);
    inner.requireAllAsked();
    if (s.has("backward_layer")) {
      LayerSettings back = s.inner("backward_layer");
      Recurrent backward = recurrent(back, null, null);
      if (!back.flag("go_backwards", false) || !backward.equals(forward)) {
        throw s.error(": a backward_layer unlike the forward one is not supported");
      }
      back.requireAllAsked();
    }
    return new Bidirectional(forward, merge, name, from);
  }

  private static Layer concatenate(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireLastAxis(shape.rank());
    return new Concatenate(name, from);
  }

  private static Layer zeroPadding(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireChannelsLast();
    return new ZeroPadding(new Padding(Padding.Kind.SIZES, s.symmetric()), name, from);
  }

  private static Layer upsampling(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireChannelsLast();
    s.requireOnly("interpolation", "nearest");
    return new Upsampling(s.equal("size"), name, from);
  }
}
