package dev.braid.worker.keras;

import static java.util.stream.Collectors.toCollection;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.Activate;
import dev.braid.worker.layer.Add;
import dev.braid.worker.layer.Attention;
import dev.braid.worker.layer.Average;
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
import dev.braid.worker.layer.L2Normalise;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.LayerNorm;
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.layer.MaxPooling;
import dev.braid.worker.layer.Maximum;
import dev.braid.worker.layer.Multiply;
import dev.braid.worker.layer.Output;
import dev.braid.worker.layer.Recurrent;
import dev.braid.worker.layer.RepeatVector;
import dev.braid.worker.layer.Reshape;
import dev.braid.worker.layer.SimpleRnn;
import dev.braid.worker.layer.Subtract;
import dev.braid.worker.layer.Upsampling;
import dev.braid.worker.layer.ZeroPadding;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Padding;
import dev.braid.worker.shape.Shape;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The layers of Keras's that have a counterpart, one row for each. */
final class KerasLayers {
  /**
   * Makes the layers that one of Keras's becomes; settings that it does not ask for are refused.
   */
  @FunctionalInterface
  private interface Maker {
    List<Layer> layers(LayerSettings settings, Node node);
  }

  /** Makes the one layer that one of Keras's becomes. */
  @FunctionalInterface
  private interface SingleMaker {
    Layer layer(LayerSettings settings, String name, List<String> from, Shape shape);
  }

  /**
   * One kind of layer.
   *
   * @param names of its classes in Keras, for each number of dimensions and in older files
   * @param layer class of what it becomes, where no row above says it
   * @param weights where the tensors of that class lie in a file
   */
  private record Row(
      List<String> names, Maker maker, Class<? extends Layer> layer, KerasWeights.Order weights) {}

  private static final List<Row> ROWS =
      List.of(
          row("Dense", KerasLayers::dense, Dense.class, KerasWeights::dense),
          row("TimeDistributed", KerasLayers::timeDistributed),
          row(
              "Conv1D Conv2D Conv3D Convolution1D Convolution2D",
              KerasLayers::convolution,
              Convolution.class,
              KerasWeights::convolution),
          row("DepthwiseConv1D DepthwiseConv2D", KerasLayers::depthwise),
          new Row(
              List.of("SeparableConv1D", "SeparableConv2D", "SeparableConvolution2D"),
              KerasLayers::separable,
              null,
              null),
          row(
              "MaxPooling1D MaxPooling2D MaxPooling3D",
              (s, name, from, shape) ->
                  new MaxPooling(
                      s.sizes("pool_size"), s.sizesOrNull("strides"), s.padding(), name, from)),
          row(
              "AveragePooling1D AveragePooling2D AveragePooling3D",
              (s, name, from, shape) ->
                  new AveragePooling(
                      s.sizes("pool_size"), s.sizesOrNull("strides"), s.padding(), name, from)),
          row(
              "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D",
              (s, name, from, shape) -> new GlobalMaxPooling(name, from)),
          row(
              "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D",
              (s, name, from, shape) -> new GlobalAveragePooling(name, from)),
          row(
              "BatchNormalization",
              KerasLayers::batchNorm,
              BatchNorm.class,
              KerasWeights::normalisation),
          row(
              "LayerNormalization",
              KerasLayers::layerNorm,
              LayerNorm.class,
              KerasWeights::normalisation),
          row(
              "Activation",
              (s, name, from, shape) -> new Activate(s.activation("activation"), name, from)),
          row("Softmax", KerasLayers::softmax),
          row("ReLU", KerasLayers::relu),
          row("ELU", KerasLayers::elu),
          row("Dropout", (s, name, from, shape) -> new Dropout(s.real("rate", 0), name, from)),
          row("Flatten", (s, name, from, shape) -> new Flatten(name, from)),
          row("Reshape", KerasLayers::reshape),
          row("Embedding", KerasLayers::embedding, Embedding.class, KerasWeights::embedding),
          row("LSTM", KerasLayers::recurrent, Lstm.class, KerasWeights::recurrent),
          row("GRU", KerasLayers::recurrent, Gru.class, KerasWeights::recurrent),
          row("SimpleRNN", KerasLayers::recurrent, SimpleRnn.class, KerasWeights::recurrent),
          row(
              "Bidirectional",
              KerasLayers::bidirectional,
              Bidirectional.class,
              KerasWeights::bidirectional),
          row(
              "RepeatVector",
              (s, name, from, shape) -> new RepeatVector(s.number("n"), name, from)),
          row("Attention", KerasLayers::attention),
          row("Add", (s, name, from, shape) -> new Add(name, from)),
          row("Multiply", (s, name, from, shape) -> new Multiply(name, from)),
          row("Subtract", (s, name, from, shape) -> new Subtract(name, from)),
          row("Average", (s, name, from, shape) -> new Average(name, from)),
          row("Maximum", (s, name, from, shape) -> new Maximum(name, from)),
          row("UnitNormalization", KerasLayers::unitNormalization),
          row("Concatenate", KerasLayers::concatenate),
          row(
              "ZeroPadding1D ZeroPadding2D ZeroPadding3D",
              (s, name, from, shape) ->
                  new ZeroPadding(new Padding(Padding.Kind.SIZES, s.symmetric()), name, from)),
          row(
              "UpSampling1D UpSampling2D UpSampling3D",
              (s, name, from, shape) -> new Upsampling(s.equal("size"), name, from)));

  private KerasLayers() {}

  private static Row row(
      String names, SingleMaker maker, Class<? extends Layer> layer, KerasWeights.Order weights) {
    return new Row(
        List.of(names.split(" ")),
        (s, node) -> List.of(maker.layer(s, node.name(), from(node), node.shape())),
        layer,
        weights);
  }

  private static Row row(String names, SingleMaker maker) {
    return row(names, maker, null, null);
  }

  private static List<String> from(Node node) {
    return node.sources().stream().map(Node.Source::name).toList();
  }

  /** The classes that have a counterpart, in alphabetical order. */
  static Set<String> kinds() {
    return ROWS.stream().flatMap(row -> row.names.stream()).collect(toCollection(TreeSet::new));
  }

  /**
   * Where the tensors of a layer lie in a file.
   *
   * @throws IllegalArgumentException when no layer of Keras's becomes one that has any
   */
  static KerasWeights.Order weights(Layer layer) {
    Class<?> kind = layer instanceof Output ? Dense.class : layer.getClass();
    return ROWS.stream()
        .filter(row -> row.layer == kind)
        .findFirst()
        .orElseThrow(
            () ->
                new WrongSettings(
                    "layer '%s': weights of such layers are not read".formatted(layer.name())))
        .weights;
  }

  /**
   * The layers that one of Keras's becomes, the last of them under its name.
   *
   * @param node its name and what it reads
   * @throws IllegalArgumentException naming the layer and the setting that has no counterpart
   */
  static List<Layer> of(LayerSettings settings, Node node) {
    Row row =
        ROWS.stream()
            .filter(each -> each.names.contains(settings.kind()))
            .findFirst()
            .orElseThrow(() -> settings.error(" is not supported"));
    try {
      settings.requireNeutral();
      List<Layer> layers = row.maker.layers(settings, node);
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
  private static List<Layer> separable(LayerSettings s, Node node) {
    String first = node.name() + KerasWeights.DEPTHWISE;
    return List.of(
        depthwise(s, first, from(node), node.shape(), Activation.IDENTITY, false),
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
            node.name(),
            List.of(first)));
  }

  private static Layer batchNorm(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireLastAxis(shape.rank());
    s.flag("scale", true); // the file has no gain then, which is 1
    s.flag("center", true); // nor an offset, which is 0
    return new BatchNorm(1 - s.real("momentum", 0.99), s.real("epsilon", 1e-3), name, from);
  }

  private static Layer layerNorm(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireLastAxis(shape.rank());
    boolean hasGain = s.flag("scale", true);
    if (!s.flag("center", true) && !hasGain) {
      throw s.error(": neither scale nor center is not supported");
    }
    return new LayerNorm(s.real("epsilon", 1e-3), name, from);
  }

  private static Layer softmax(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireLastAxis(shape.rank());
    return new Activate(Activation.SOFTMAX, name, from);
  }

  private static Layer relu(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireOnly("max_value", 6);
    return new Activate(s.has("max_value") ? Activation.RELU6 : Activation.RELU, name, from);
  }

  private static Layer elu(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireOnly("alpha", 1);
    return new Activate(Activation.ELU, name, from);
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
    return new Embedding(
        s.number("input_dim"), s.number("output_dim"), null, null, null, name, from);
  }

  private static Recurrent recurrent(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireOnly("go_backwards", false);
    return recurrent(s, name, from);
  }

  private static Recurrent recurrent(LayerSettings s, String name, List<String> from) {
    s.flag("use_bias", true); // the file has no bias then, which is 0
    boolean all = s.flag("return_sequences", false);
    return switch (s.kind()) {
      case "SimpleRNN" -> simpleRnn(s, all, name, from);
      case "LSTM" -> lstm(s, all, name, from);
      case "GRU" -> gru(s, all, name, from);
      default -> throw s.error(" inside of Bidirectional is not supported");
    };
  }

  /** The layer inside of another one, which has name and source. */
  private static Recurrent unnamed(LayerSettings s) {
    return recurrent(s, null, null);
  }

  private static Recurrent simpleRnn(LayerSettings s, boolean all, String name, List<String> from) {
    Activation activation = s.activation("activation", Set.of(Activation.TANH, Activation.RELU));
    return new SimpleRnn(s.number("units"), activation, all, null, name, from);
  }

  private static Recurrent lstm(LayerSettings s, boolean all, String name, List<String> from) {
    s.activation("activation", Set.of(Activation.TANH));
    Activation gates = s.activation("recurrent_activation", Lstm.GATES);
    return Lstm.plain(s.number("units"), all, gates, name, from);
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
    inner.requireOnly("go_backwards", false);
    Recurrent forward = unnamed(inner);
    inner.requireAllAsked();
    if (s.has("backward_layer")) {
      LayerSettings back = s.inner("backward_layer");
      Recurrent backward = unnamed(back);
      if (!back.flag("go_backwards", false) || !backward.equals(forward)) {
        throw s.error(": a backward_layer unlike the forward one is not supported");
      }
      back.requireAllAsked();
    }
    return new Bidirectional(forward, merge, name, from);
  }

  /** Keras adds its smallest number, 1e-12, under the root. */
  private static Layer unitNormalization(
      LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireLastAxis(shape.rank());
    return new L2Normalise(1e-6, name, from);
  }

  /** Keras names queries, values and then keys. */
  private static Layer attention(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireOnly("use_scale", false);
    s.requireOnly("score_mode", "dot");
    List<String> ours = from.size() < 3 ? from : List.of(from.get(0), from.get(2), from.get(1));
    return new Attention(Attention.Score.DOT, null, null, null, name, ours);
  }

  private static Layer concatenate(LayerSettings s, String name, List<String> from, Shape shape) {
    s.requireLastAxis(shape.rank());
    return new Concatenate(name, from);
  }
}
