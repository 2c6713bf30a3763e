package dev.braid.worker.dl4j.conversion;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.dl4j.network.Dl4jLosses;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.Activate;
import dev.braid.worker.layer.Add;
import dev.braid.worker.layer.Average;
import dev.braid.worker.layer.AveragePooling;
import dev.braid.worker.layer.BatchNorm;
import dev.braid.worker.layer.Concatenate;
import dev.braid.worker.layer.Convolution;
import dev.braid.worker.layer.Dense;
import dev.braid.worker.layer.Dropout;
import dev.braid.worker.layer.Flatten;
import dev.braid.worker.layer.GlobalAveragePooling;
import dev.braid.worker.layer.GlobalMaxPooling;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.layer.MaxPooling;
import dev.braid.worker.layer.Maximum;
import dev.braid.worker.layer.Multiply;
import dev.braid.worker.layer.Output;
import dev.braid.worker.layer.SimpleRnn;
import dev.braid.worker.layer.Subtract;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.network.Network;
import dev.braid.worker.shape.Padding;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/**
 * DL4J's classical layers as Braid's, so that a network can leave DL4J: one row for each class,
 * with the function that makes Braid's layer of it. Each layer keeps its name; those of a
 * MultiLayerNetwork, which have numbers, are called {@code layer0} and so on.
 */
final class Dl4jLayers {
  /** Makes Braid's layer of one of DL4J's. */
  @FunctionalInterface
  private interface Row<L> {
    Layer layer(L theirs, Place place);
  }

  /**
   * Where a layer stands.
   *
   * @param name its own
   * @param from names of the layers that it reads
   * @param last whether it gives only its last step
   */
  private record Place(String name, List<String> from, boolean last) {}

  private static final Map<Class<?>, Row<Object>> ROWS =
      Map.ofEntries(
          row(DenseLayer.class, Dl4jLayers::dense),
          row(ConvolutionLayer.class, Dl4jLayers::convolution),
          row(SubsamplingLayer.class, Dl4jLayers::pooling),
          row(GlobalPoolingLayer.class, Dl4jLayers::globalPooling),
          row(BatchNormalization.class, Dl4jLayers::batchNorm),
          row(ActivationLayer.class, Dl4jLayers::activate),
          row(DropoutLayer.class, Dl4jLayers::dropout),
          row(LSTM.class, Dl4jLayers::lstm),
          row(org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn.class, Dl4jLayers::simpleRnn),
          row(OutputLayer.class, Dl4jLayers::output),
          row(RnnOutputLayer.class, Dl4jLayers::output));

  private final List<Layer> layers = new ArrayList<>();
  private final Map<String, String> ends = new HashMap<>();
  private Shape input;

  private Dl4jLayers() {}

  private static <L> Map.Entry<Class<?>, Row<Object>> row(Class<L> type, Row<? super L> row) {
    return Map.entry(type, (theirs, place) -> row.layer(type.cast(theirs), place));
  }

  /**
   * What has become of a network.
   *
   * @param network its layers
   * @param input shape of its input, as far as the network tells; null where it does not
   */
  record Converted(Network network, Shape input) {}

  /** The name that a MultiLayerNetwork's layer gets. */
  static String nameOf(int index) {
    return "layer" + index;
  }

  /** Views of the parameters by their layers' names in Braid. */
  static Map<String, INDArray> weights(Dl4jModel model) {
    if (model.isGraph()) {
      return model.paramTable();
    }
    Map<String, INDArray> table = new HashMap<>();
    model
        .paramTable()
        .forEach(
            (key, view) -> {
              int split = key.indexOf('_');
              String layer = nameOf(Integer.parseInt(key.substring(0, split)));
              table.put(layer + key.substring(split), view);
            });
    return table;
  }

  /**
   * The network as a list of layers.
   *
   * @throws IllegalArgumentException naming the layer that Braid does not have
   */
  static Converted of(Dl4jModel model) {
    Dl4jLayers converting = new Dl4jLayers();
    return model.either(
        sequence -> converting.addAll(sequence.getLayerWiseConfigurations()),
        graph -> converting.addAll(graph.getConfiguration()));
  }

  private Converted converted() {
    return new Converted(new Network(null, layers), input);
  }

  private Converted addAll(MultiLayerConfiguration configuration) {
    String before = "input";
    ends.put(before, before);
    for (int i = 0; i < configuration.getConfs().size(); i++) {
      add(
          nameOf(i),
          configuration.getConf(i).getLayer(),
          configuration.getInputPreProcess(i),
          List.of(before));
      before = nameOf(i);
    }
    return converted();
  }

  private Converted addAll(ComputationGraphConfiguration configuration) {
    List<String> inputs = configuration.getNetworkInputs();
    require(inputs.size() == 1, "the network has %d inputs; only one is converted", inputs.size());
    ends.put(inputs.get(0), "input");
    for (String name : configuration.getTopologicalOrderStr()) {
      if (inputs.contains(name)) {
        continue;
      }
      GraphVertex vertex = configuration.getVertices().get(name);
      List<String> from = configuration.getVertexInputs().get(name);
      if (vertex instanceof LayerVertex layer) {
        add(name, layer.getLayerConf().getLayer(), layer.getPreProcessor(), from);
      } else {
        put(joining(vertex, name, renamed(from)));
      }
    }
    return converted();
  }

  private static Layer joining(GraphVertex vertex, String name, List<String> from) {
    if (vertex instanceof MergeVertex) {
      return new Concatenate(name, from);
    }
    if (vertex instanceof ElementWiseVertex element) {
      return switch (element.getOp()) {
        case Add -> new Add(name, from);
        case Product -> new Multiply(name, from);
        case Subtract -> new Subtract(name, from);
        case Average -> new Average(name, from);
        case Max -> new Maximum(name, from);
      };
    }
    throw missing(name, vertex.getClass().getSimpleName());
  }

  private static WrongSettings missing(String name, String what) {
    return new WrongSettings(
        "layer '%s' (%s) has no counterpart among Braid's layers".formatted(name, what));
  }

  /** Adds a layer; who reads its name later reads it. */
  private void put(Layer layer) {
    layers.add(layer);
    ends.put(layer.name(), layer.name());
  }

  private List<String> renamed(List<String> from) {
    return from.stream().map(source -> ends.getOrDefault(source, source)).toList();
  }

  private void add(
      String name,
      org.deeplearning4j.nn.conf.layers.Layer layer,
      InputPreProcessor before,
      List<String> from) {
    require(!isFrozen(layer), "layer '%s' is frozen (%s)", name, layer.getClass().getSimpleName());
    List<String> sources = prepared(name, before, renamed(from));
    boolean last = layer instanceof LastTimeStep;
    org.deeplearning4j.nn.conf.layers.Layer bare =
        last ? ((LastTimeStep) layer).getUnderlying() : layer;
    if (bare.getIDropout() instanceof org.deeplearning4j.nn.conf.dropout.Dropout dropout
        && !(bare instanceof DropoutLayer)) {
      put(new Dropout(1 - dropout.getP(), name + "-dropout", sources));
      sources = List.of(name + "-dropout");
    }
    if (input == null && "input".equals(ends.get(from.get(0)))) {
      input = inputOf(bare);
    }
    Row<Object> row =
        Optional.ofNullable(ROWS.get(bare.getClass()))
            .orElseThrow(() -> missing(name, bare.getClass().getSimpleName()));
    put(row.layer(bare, new Place(name, sources, last)));
  }

  private static boolean isFrozen(org.deeplearning4j.nn.conf.layers.Layer layer) {
    return layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop;
  }

  private List<String> prepared(String name, InputPreProcessor before, List<String> from) {
    if (before instanceof FeedForwardToCnnPreProcessor images && layers.isEmpty()) {
      input =
          new Shape(
              List.of(
                  (int) images.getNumChannels(),
                  (int) images.getInputHeight(),
                  (int) images.getInputWidth()));
      return from;
    }
    if (before instanceof CnnToFeedForwardPreProcessor) {
      put(new Flatten(name + "-flatten", from));
      return List.of(name + "-flatten");
    }
    if (before != null) {
      throw missing(name, before.getClass().getSimpleName());
    }
    return from;
  }

  private static Shape inputOf(org.deeplearning4j.nn.conf.layers.Layer layer) {
    return layer instanceof DenseLayer || layer instanceof OutputLayer
        ? Shape.of(units(((FeedForwardLayer) layer).getNIn()))
        : null;
  }

  private static int units(long number) {
    return Math.toIntExact(number);
  }

  private static Layer dense(DenseLayer theirs, Place place) {
    requireNoLayerNorm(!theirs.isHasLayerNorm(), place);
    return new Dense(
        units(theirs.getNOut()),
        activation(theirs.getActivationFn(), place),
        theirs.hasBias(),
        null,
        place.name,
        place.from);
  }

  private static Layer convolution(ConvolutionLayer theirs, Place place) {
    requireChannelsFirst(theirs.getCnn2dDataFormat(), place);
    return new Convolution(
        units(theirs.getNOut()),
        list(theirs.getKernelSize()),
        list(theirs.getStride()),
        padding(theirs.getPadding(), theirs.getConvolutionMode()),
        list(theirs.getDilation()),
        null,
        activation(theirs.getActivationFn(), place),
        theirs.hasBias(),
        null,
        place.name,
        place.from);
  }

  private static Layer pooling(SubsamplingLayer theirs, Place place) {
    requireChannelsFirst(theirs.getCnn2dDataFormat(), place);
    require(
        Arrays.stream(theirs.getDilation()).allMatch(dilation -> dilation == 1),
        "layer '%s': pooling with a dilation is not converted",
        place.name);
    List<Integer> kernel = list(theirs.getKernelSize());
    List<Integer> stride = list(theirs.getStride());
    Padding padding = padding(theirs.getPadding(), theirs.getConvolutionMode());
    return switch (theirs.getPoolingType()) {
      case MAX -> new MaxPooling(kernel, stride, padding, place.name, place.from);
      case AVG -> new AveragePooling(kernel, stride, padding, place.name, place.from);
      case SUM, PNORM -> throw missing(place.name, "pooling " + theirs.getPoolingType());
    };
  }

  private static Layer globalPooling(GlobalPoolingLayer theirs, Place place) {
    return switch (theirs.getPoolingType()) {
      case MAX -> new GlobalMaxPooling(place.name, place.from);
      case AVG -> new GlobalAveragePooling(place.name, place.from);
      case SUM, PNORM -> throw missing(place.name, "global pooling " + theirs.getPoolingType());
    };
  }

  private static Layer batchNorm(BatchNormalization theirs, Place place) {
    require(!theirs.isLockGammaBeta(), "layer '%s': a fixed gamma is not converted", place.name);
    return new BatchNorm(1 - theirs.getDecay(), theirs.getEps(), place.name, place.from);
  }

  private static Layer activate(ActivationLayer theirs, Place place) {
    return new Activate(activation(theirs.getActivationFn(), place), place.name, place.from);
  }

  private static Layer dropout(DropoutLayer theirs, Place place) {
    if (theirs.getIDropout() instanceof org.deeplearning4j.nn.conf.dropout.Dropout dropout) {
      return new Dropout(1 - dropout.getP(), place.name, place.from);
    }
    throw missing(place.name, "DropoutLayer of " + theirs.getIDropout());
  }

  private static Layer lstm(LSTM theirs, Place place) {
    requireFeaturesFirst(theirs, place);
    Activation activation = activation(theirs.getActivationFn(), place);
    require(
        activation == Activation.TANH,
        "layer '%s': an LSTM's activation is tanh, not %s",
        place.name,
        theirs.getActivationFn());
    Optional<Activation> gates = Dl4jActivations.ours(theirs.getGateActivationFn());
    require(
        gates.filter(Lstm.GATES::contains).isPresent(),
        "layer '%s': an LSTM's gates have a sigmoid or a hard one, not %s",
        place.name,
        theirs.getGateActivationFn());
    return Lstm.plain(units(theirs.getNOut()), !place.last, gates.get(), place.name, place.from);
  }

  private static Layer simpleRnn(
      org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn theirs, Place place) {
    requireFeaturesFirst(theirs, place);
    requireNoLayerNorm(!theirs.hasLayerNorm(), place);
    Activation activation = activation(theirs.getActivationFn(), place);
    require(
        activation == Activation.TANH || activation == Activation.RELU,
        "layer '%s': a simple RNN's activation is tanh or relu, not %s",
        place.name,
        theirs.getActivationFn());
    return new SimpleRnn(
        units(theirs.getNOut()), activation, !place.last, null, place.name, place.from);
  }

  private static Layer output(BaseOutputLayer theirs, Place place) {
    Loss loss = Dl4jLosses.ofLayer(theirs);
    Activation activation = activation(theirs.getActivationFn(), place);
    boolean alike =
        switch (loss.labels()) {
          case CLASSES, SHARES -> activation == loss.link() && !Dl4jLosses.takesIndices(theirs);
          case NUMBERS, SIGNS, VECTORS -> theirs.getLossFn().getClass() == LossMSE.class;
          case OBJECTS -> false;
        };
    require(
        alike,
        "layer '%s': loss %s of %s is not converted",
        place.name,
        theirs.getLossFn().getClass().getSimpleName(),
        theirs.getActivationFn());
    return new Output(
        loss,
        units(theirs.getNOut()),
        loss.link() == null ? activation : null,
        null,
        theirs.hasBias(),
        null,
        null,
        place.name,
        place.from);
  }

  private static void requireNoLayerNorm(boolean none, Place place) {
    require(none, "layer '%s': layer norm within it is not converted", place.name);
  }

  private static void requireChannelsFirst(CNN2DFormat format, Place place) {
    require(format == CNN2DFormat.NCHW, "layer '%s': channels last are not converted", place.name);
  }

  private static void requireFeaturesFirst(BaseRecurrentLayer theirs, Place place) {
    require(
        theirs.getRnnDataFormat() != RNNFormat.NWC,
        "layer '%s': features last are not converted",
        place.name);
  }

  private static List<Integer> list(int[] sizes) {
    return Arrays.stream(sizes).boxed().toList();
  }

  private static Padding padding(int[] sizes, ConvolutionMode mode) {
    return mode == ConvolutionMode.Same
        ? Padding.SAME
        : new Padding(Padding.Kind.SIZES, list(sizes));
  }

  private static Activation activation(IActivation theirs, Place place) {
    return Dl4jActivations.ours(theirs)
        .orElseThrow(() -> missing(place.name, "activation " + theirs));
  }
}
