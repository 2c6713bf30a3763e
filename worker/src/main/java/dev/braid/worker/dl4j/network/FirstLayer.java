package dev.braid.worker.dl4j.network;

import static dev.braid.worker.Check.require;

import dev.braid.worker.shape.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;

/**
 * The first layer behind an input of a DL4J network.
 *
 * @param layer DL4J's; null where the input goes to no layer
 * @param before what DL4J does to the input before the layer; null for nothing
 */
record FirstLayer(Layer layer, InputPreProcessor before) {

  /** What a layer takes as an example. */
  private enum Takes {
    /** A vector of as many numbers as it says. */
    VECTOR,
    /** Images or sequences of as many channels as it says. */
    CHANNELS,
    /** Sequences of as many features as it says. */
    FEATURES,
    /** Vectors, sequences or images of as many channels or features as it says. */
    ANY,
    /** Indices of vectors, of which it has as many as it says. */
    INDICES,
    /** Whatever comes. */
    UNSAID
  }

  private record Row<L>(Class<L> type, Takes takes, Predicate<L> channelsLast) {
    boolean isChannelsLast(Layer layer) {
      return channelsLast.test(type.cast(layer));
    }
  }

  /** DL4J's classes inherit from each other: the first row that a layer is of holds. */
  private static final List<Row<?>> ROWS =
      List.of(
          new Row<>(
              Convolution1DLayer.class, Takes.CHANNELS, layer -> isLast(layer.getRnnDataFormat())),
          new Row<>(
              ConvolutionLayer.class, Takes.CHANNELS, layer -> isLast(layer.getCnn2dDataFormat())),
          new Row<>(
              BaseRecurrentLayer.class, Takes.FEATURES, layer -> isLast(layer.getRnnDataFormat())),
          new Row<>(BatchNormalization.class, Takes.ANY, layer -> isLast(layer.getCnn2DFormat())),
          new Row<>(EmbeddingLayer.class, Takes.INDICES, layer -> false),
          new Row<>(EmbeddingSequenceLayer.class, Takes.INDICES, layer -> false),
          new Row<>(FeedForwardLayer.class, Takes.VECTOR, layer -> false),
          new Row<>(
              SubsamplingLayer.class, Takes.UNSAID, layer -> isLast(layer.getCnn2dDataFormat())),
          new Row<>(ZeroPaddingLayer.class, Takes.UNSAID, layer -> isLast(layer.getDataFormat())));

  private static final Row<Layer> OTHERS = new Row<>(Layer.class, Takes.UNSAID, layer -> false);

  private static boolean isLast(CNN2DFormat format) {
    return format == CNN2DFormat.NHWC;
  }

  private static boolean isLast(RNNFormat format) {
    return format == RNNFormat.NWC;
  }

  /** One for each of the network's inputs, in its order. */
  static List<FirstLayer> all(Dl4jModel model) {
    return model.either(
        sequence -> List.of(of(sequence.getLayerWiseConfigurations())),
        graph ->
            graph.getConfiguration().getNetworkInputs().stream()
                .map(input -> of(graph.getConfiguration(), input))
                .toList());
  }

  private static FirstLayer of(MultiLayerConfiguration configuration) {
    return new FirstLayer(
        bare(configuration.getConf(0).getLayer()), configuration.getInputPreProcess(0));
  }

  private static FirstLayer of(ComputationGraphConfiguration configuration, String input) {
    for (Map.Entry<String, List<String>> vertex : configuration.getVertexInputs().entrySet()) {
      if (vertex.getValue().contains(input)
          && configuration.getVertices().get(vertex.getKey()) instanceof LayerVertex layer) {
        return new FirstLayer(bare(layer.getLayerConf().getLayer()), layer.getPreProcessor());
      }
    }
    return new FirstLayer(null, null);
  }

  private static Layer bare(Layer layer) {
    if (layer instanceof FrozenLayer frozen) {
      return bare(frozen.getLayer());
    }
    return layer instanceof FrozenLayerWithBackprop frozen ? bare(frozen.getUnderlying()) : layer;
  }

  private Row<?> row() {
    return ROWS.stream().filter(row -> row.type().isInstance(layer)).findFirst().orElse(OTHERS);
  }

  /** How many features, channels or vectors the layer says that it is for; 0 where it does not. */
  private long width() {
    return layer instanceof FeedForwardLayer sized ? sized.getNIn() : 0;
  }

  /** Shape of one example, as far as the network tells. */
  Optional<Shape> shape() {
    if (before instanceof FeedForwardToCnnPreProcessor images) {
      return Optional.of(
          Dl4jShapes.of(images.getNumChannels(), images.getInputHeight(), images.getInputWidth()));
    }
    if (before instanceof CnnToFeedForwardPreProcessor images) {
      return Optional.of(
          Dl4jShapes.of(images.getNumChannels(), images.getInputHeight(), images.getInputWidth()));
    }
    boolean told = before == null && row().takes() == Takes.VECTOR && width() > 0;
    return told ? Optional.of(Dl4jShapes.of(width())) : Optional.empty();
  }

  /**
   * How examples of this shape are read: as the data has them, or in a row where the layer takes
   * plain vectors.
   *
   * @throws IllegalArgumentException when they are not of the layer's width
   */
  BatchArrays.Input input(Shape shape) {
    Row<?> row = row();
    boolean fits =
        switch (row.takes()) {
          case VECTOR, ANY, INDICES -> before == null && width() == shape.size();
          case CHANNELS, FEATURES, UNSAID -> false;
        };
    boolean vector = before instanceof FeedForwardToCnnPreProcessor || fits;
    BatchArrays.Input input =
        new BatchArrays.Input(
            vector ? Shape.of(shape.size()) : shape, !vector && row.isChannelsLast(layer));
    if (before == null) {
      requireWidth(row.takes(), input.shape());
    }
    return input;
  }

  private void requireWidth(Takes takes, Shape shape) {
    if (takes == Takes.INDICES) {
      return;
    }
    require(
        takes != Takes.CHANNELS || shape.rank() > 1,
        "the network reads images or sequences of %d channels, but the data gives %s; set the"
            + " inputShape of the data, such as [1, 28, 28]",
        width(),
        shape);
    require(
        width() <= 0 || width() == shape.channels(),
        "the network reads %d features or channels, but the data gives %s",
        width(),
        shape);
  }

  /** How many vectors an input of indices chooses from; empty where it is none. */
  Optional<Integer> numVectors() {
    return row().takes() == Takes.INDICES
        ? Optional.of(Math.toIntExact(width()))
        : Optional.empty();
  }
}
