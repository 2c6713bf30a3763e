package dev.braid.worker.dl4j;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.layer.Loss;
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.layer.Shape;
import dev.braid.worker.network.Network;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.nd4j.linalg.activations.IActivation;

/**
 * DL4J's classical layers as Braid's, so that a network can leave DL4J. Each layer keeps its name;
 * those of a MultiLayerNetwork, which have numbers, are called {@code layer0} and so on.
 */
final class Dl4jLayers {
  private static final JsonMapper JSON = new JsonMapper();

  private final ArrayNode layers = JSON.createArrayNode();
  private final Map<String, String> ends = new HashMap<>();
  private Shape input;

  private Dl4jLayers() {}

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

  /**
   * The network as a list of layers.
   *
   * @throws IllegalArgumentException naming the layer that Braid does not have
   */
  static Converted of(Dl4jModel model) {
    Dl4jLayers converting = new Dl4jLayers();
    if (model instanceof Dl4jModel.Sequence sequence) {
      converting.addAll(sequence.network().getLayerWiseConfigurations());
    } else {
      converting.addAll(((Dl4jModel.Graph) model).network().getConfiguration());
    }
    ObjectNode section = JSON.createObjectNode();
    section.set("layers", converting.layers);
    return new Converted(JSON.convertValue(section, Network.class), converting.input);
  }

  private void addAll(MultiLayerConfiguration configuration) {
    String before = "input";
    ends.put(before, before);
    for (int i = 0; i < configuration.getConfs().size(); i++) {
      Layer layer = configuration.getConf(i).getLayer();
      add(nameOf(i), layer, configuration.getInputPreProcess(i), List.of(before));
      before = nameOf(i);
    }
  }

  private void addAll(ComputationGraphConfiguration configuration) {
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
      } else if (vertex instanceof MergeVertex) {
        put(name, "concatenate", JSON.createObjectNode(), from);
      } else if (vertex instanceof ElementWiseVertex element) {
        put(name, operation(name, element), JSON.createObjectNode(), from);
      } else {
        throw missing(name, vertex.getClass().getSimpleName());
      }
    }
  }

  private static String operation(String name, ElementWiseVertex vertex) {
    return switch (vertex.getOp()) {
      case Add -> "add";
      case Product -> "multiply";
      default -> throw missing(name, "ElementWiseVertex " + vertex.getOp());
    };
  }

  private static IllegalArgumentException missing(String name, String what) {
    return new WrongSettings(
        "layer '%s' (%s) has no counterpart among Braid's layers".formatted(name, what));
  }

  /** Adds one of Braid's layers; who reads {@code name} later reads it. */
  private void put(String name, String kind, ObjectNode settings, List<String> from) {
    settings.put("name", name);
    ArrayNode sources = settings.putArray("from");
    from.forEach(source -> sources.add(ends.getOrDefault(source, source)));
    layers.addObject().set(kind, settings);
    ends.put(name, name);
  }

  private void add(String name, Layer layer, InputPreProcessor before, List<String> from) {
    require(!isFrozen(layer), "layer '%s' is frozen (%s)", name, layer.getClass().getSimpleName());
    List<String> sources = prepared(name, before, from);
    boolean last = layer instanceof LastTimeStep;
    Layer bare = last ? ((LastTimeStep) layer).getUnderlying() : layer;
    if (bare.getIDropout() instanceof Dropout dropout && !(bare instanceof DropoutLayer)) {
      String own = name + "-dropout";
      put(own, "dropout", dropout(dropout), sources);
      sources = List.of(own);
    }
    if (input == null && "input".equals(ends.get(from.get(0)))) {
      input = inputOf(bare);
    }
    put(name, kind(name, bare), settings(name, bare, last), sources);
  }

  private static boolean isFrozen(Layer layer) {
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
      put(name + "-flatten", "flatten", JSON.createObjectNode(), from);
      return List.of(name + "-flatten");
    }
    if (before != null) {
      throw missing(name, before.getClass().getSimpleName());
    }
    return from;
  }

  private static Shape inputOf(Layer layer) {
    return layer instanceof DenseLayer || layer instanceof OutputLayer
        ? Shape.of((int) ((FeedForwardLayer) layer).getNIn())
        : null;
  }

  private static ObjectNode dropout(Dropout dropout) {
    return JSON.createObjectNode().put("rate", 1 - dropout.getP());
  }

  private static String kind(String name, Layer layer) {
    if (layer instanceof SubsamplingLayer pooling) {
      return switch (pooling.getPoolingType()) {
        case MAX -> "maxPooling";
        case AVG -> "averagePooling";
        default -> throw missing(name, "pooling " + pooling.getPoolingType());
      };
    }
    if (layer instanceof GlobalPoolingLayer pooling) {
      return switch (pooling.getPoolingType()) {
        case MAX -> "globalMaxPooling";
        case AVG -> "globalAveragePooling";
        default -> throw missing(name, "global pooling " + pooling.getPoolingType());
      };
    }
    return switch (layer.getClass().getSimpleName()) {
      case "DenseLayer" -> "dense";
      case "ConvolutionLayer" -> "convolution";
      case "BatchNormalization" -> "batchNorm";
      case "ActivationLayer" -> "activation";
      case "DropoutLayer" -> "dropout";
      case "LSTM" -> "lstm";
      case "SimpleRnn" -> "simpleRnn";
      case "OutputLayer", "RnnOutputLayer" -> "output";
      default -> throw missing(name, layer.getClass().getSimpleName());
    };
  }

  private static ObjectNode settings(String name, Layer layer, boolean last) {
    ObjectNode settings = JSON.createObjectNode();
    if (layer instanceof DenseLayer dense) {
      require(!dense.isHasLayerNorm(), "layer '%s': layer norm within it is not converted", name);
      settings.put("units", dense.getNOut()).put("bias", dense.hasBias());
      settings.put("activation", activation(name, dense));
    } else if (layer instanceof ConvolutionLayer convolution) {
      require(
          convolution.getCnn2dDataFormat() == CNN2DFormat.NCHW,
          "layer '%s': channels last are not converted",
          name);
      settings.put("filters", convolution.getNOut()).put("bias", convolution.hasBias());
      settings.put("activation", activation(name, convolution));
      window(
          settings,
          convolution.getKernelSize(),
          convolution.getStride(),
          convolution.getPadding(),
          convolution.getConvolutionMode());
      settings.set("dilation", JSON.valueToTree(convolution.getDilation()));
    } else if (layer instanceof SubsamplingLayer pooling) {
      require(
          pooling.getCnn2dDataFormat() == CNN2DFormat.NCHW,
          "layer '%s': channels last are not converted",
          name);
      require(
          Arrays.stream(pooling.getDilation()).allMatch(d -> d == 1),
          "layer '%s': pooling with a dilation is not converted",
          name);
      window(
          settings,
          pooling.getKernelSize(),
          pooling.getStride(),
          pooling.getPadding(),
          pooling.getConvolutionMode());
    } else if (layer instanceof BatchNormalization norm) {
      require(!norm.isLockGammaBeta(), "layer '%s': a fixed gamma is not converted", name);
      settings.put("momentum", 1 - norm.getDecay()).put("epsilon", norm.getEps());
    } else if (layer instanceof ActivationLayer activation) {
      settings.put("function", activation(name, activation));
    } else if (layer instanceof DropoutLayer && layer.getIDropout() instanceof Dropout dropout) {
      settings = dropout(dropout);
    } else if (layer instanceof LSTM || layer instanceof SimpleRnn) {
      settings.put("units", ((FeedForwardLayer) layer).getNOut()).put("returnSequences", !last);
      String activation = activation(name, (BaseLayer) layer);
      require(
          layer instanceof SimpleRnn || activation.equals("tanh"),
          "layer '%s': an LSTM's activation is tanh, not %s",
          name,
          activation);
      require(
          ((BaseRecurrentLayer) layer).getRnnDataFormat() != RNNFormat.NWC,
          "layer '%s': features last are not converted",
          name);
      if (layer instanceof SimpleRnn simple) {
        require(!simple.hasLayerNorm(), "layer '%s': layer norm within it is not converted", name);
        settings.put("activation", activation);
      }
      if (layer instanceof LSTM lstm) {
        settings.put("gates", gates(name, lstm));
      }
    } else if (layer instanceof BaseOutputLayer output) {
      output(settings, name, output);
    } else if (!(layer instanceof GlobalPoolingLayer)) {
      throw missing(name, layer.getClass().getSimpleName());
    }
    return settings;
  }

  private static String gates(String name, LSTM layer) {
    IActivation theirs = layer.getGateActivationFn();
    require(
        Activations.ours(theirs).filter(Lstm.GATES::contains).isPresent(),
        "layer '%s': an LSTM's gates have a sigmoid or a hard one, not %s",
        name,
        theirs);
    return activation(name, theirs);
  }

  private static void window(
      ObjectNode settings, int[] kernel, int[] stride, int[] padding, ConvolutionMode mode) {
    settings.set("kernel", JSON.valueToTree(kernel));
    settings.set("stride", JSON.valueToTree(stride));
    if (mode == ConvolutionMode.Same) {
      settings.put("padding", "same");
    } else {
      settings.set("padding", JSON.valueToTree(padding));
    }
  }

  private static void output(ObjectNode settings, String name, BaseOutputLayer layer) {
    Loss loss = Losses.ofLayer(layer);
    String activation = layer.getActivationFn().toString().toLowerCase(Locale.ROOT);
    settings.put("units", layer.getNOut()).put("bias", layer.hasBias());
    if (loss == Loss.CROSS_ENTROPY) {
      require(
          activation.equals("softmax") && !Losses.takesIndices(layer),
          "layer '%s': cross-entropy of %s is not converted",
          name,
          activation);
      settings.put("loss", "crossEntropy");
    } else if (loss == Loss.BINARY_CROSS_ENTROPY) {
      require(
          activation.equals("sigmoid"),
          "layer '%s': binary cross-entropy of %s is not converted",
          name,
          activation);
      settings.put("loss", "binaryCrossEntropy");
    } else {
      String squared = layer.getLossFn().getClass().getSimpleName();
      require(squared.equals("LossMSE"), "layer '%s': loss %s is not converted", name, squared);
      settings.put("loss", "meanSquared").put("activation", activation(name, layer));
    }
  }

  private static String activation(String name, BaseLayer layer) {
    return activation(name, layer.getActivationFn());
  }

  private static String activation(String name, ActivationLayer layer) {
    return activation(name, layer.getActivationFn());
  }

  private static String activation(String name, IActivation function) {
    return Activations.ours(function)
        .map(Activations::written)
        .orElseThrow(() -> missing(name, "activation " + function));
  }
}
