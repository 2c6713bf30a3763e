package dev.braid.worker.dl4j.network;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.dl4j.network.BatchArrays.Form;
import dev.braid.worker.function.Loss;
import dev.braid.worker.layer.Output;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional3D;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutionalFlat;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeFeedForward;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeRecurrent;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;

/** Finds out what a DL4J network reads and gives on some data. */
public final class Dl4jPlanner {
  private Dl4jPlanner() {}

  /** The first layer behind an input, and what DL4J does to the input before it. */
  private record Reader(Layer layer, InputPreProcessor before) {}

  /** An end of the network: its layer and what it gives, channels last or first. */
  private record End(String name, Layer layer, InputType type) {}

  static Dl4jPlan plan(
      Dl4jArchitecture architecture, Map<String, Shape> data, List<Target> targets) {
    Dl4jModel model = architecture.model();
    List<Reader> readers = readers(model);
    require(
        readers.size() == data.size(),
        "the network has %d inputs, but the data has %d",
        readers.size(),
        data.size());
    requireNames(model, List.copyOf(data.keySet()));
    List<BatchArrays.Input> inputs = new ArrayList<>();
    List<InputType> types = new ArrayList<>();
    for (Shape shape : data.values()) {
      Reader reader = readers.get(inputs.size());
      BatchArrays.Input input = input(reader, shape);
      requireWidth(reader, input);
      inputs.add(input);
      types.add(type(input));
    }
    List<OutputPlan> outputs = new ArrayList<>();
    List<BatchArrays.Labels> labels = new ArrayList<>();
    List<End> ends = ends(model, types);
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
      YoloBoxes boxes = end.layer instanceof Yolo2OutputLayer yolo ? YoloBoxes.of(yolo) : null;
      labels.add(
          new BatchArrays.Labels(output.shape(), form(end, output), channelsLast(end.type), boxes));
    }
    Map<String, Shape> named = new LinkedHashMap<>();
    Map<String, Integer> indexInputs = new HashMap<>();
    for (String name : data.keySet()) {
      Layer reader = readers.get(named.size()).layer;
      if (isEmbedding(reader)) {
        indexInputs.put(name, (int) ((FeedForwardLayer) reader).getNIn());
      }
      named.put(name, inputs.get(named.size()).shape());
    }
    return new Dl4jPlan(
        architecture,
        named,
        outputs,
        ParamLayout.of(model.paramTable()).layout(),
        new BatchArrays(inputs, labels),
        indexInputs);
  }

  /** Several inputs are told apart by their names, so that none is taken for another. */
  private static void requireNames(Dl4jModel model, List<String> data) {
    if (data.size() > 1 && model instanceof Dl4jModel.Graph graph) {
      List<String> names = graph.network().getConfiguration().getNetworkInputs();
      require(
          names.equals(data),
          "the network's inputs are called %s, the data's %s; name the data's inputs as the network"
              + " does, in its order",
          names,
          data);
    }
  }

  private static List<Reader> readers(Dl4jModel model) {
    if (model instanceof Dl4jModel.Sequence sequence) {
      MultiLayerConfiguration configuration = sequence.network().getLayerWiseConfigurations();
      return List.of(
          new Reader(
              bare(configuration.getConf(0).getLayer()), configuration.getInputPreProcess(0)));
    }
    ComputationGraphConfiguration configuration =
        ((Dl4jModel.Graph) model).network().getConfiguration();
    return configuration.getNetworkInputs().stream()
        .map(input -> reader(configuration, input))
        .toList();
  }

  private static Reader reader(ComputationGraphConfiguration configuration, String input) {
    for (Map.Entry<String, List<String>> vertex : configuration.getVertexInputs().entrySet()) {
      if (vertex.getValue().contains(input)
          && configuration.getVertices().get(vertex.getKey()) instanceof LayerVertex layer) {
        return new Reader(bare(layer.getLayerConf().getLayer()), layer.getPreProcessor());
      }
    }
    return new Reader(null, null);
  }

  /** Shape of one example, as far as the network tells; null where it does not. */
  public static Shape inputShape(Dl4jModel model) {
    Reader reader = readers(model).get(0);
    if (reader.before instanceof FeedForwardToCnnPreProcessor images) {
      return shape(images.getNumChannels(), images.getInputHeight(), images.getInputWidth());
    }
    if (reader.before instanceof CnnToFeedForwardPreProcessor images) {
      return shape(images.getNumChannels(), images.getInputHeight(), images.getInputWidth());
    }
    if (reader.before != null || !(reader.layer instanceof FeedForwardLayer first)) {
      return null;
    }
    boolean vector =
        !(first instanceof ConvolutionLayer)
            && !(first instanceof BatchNormalization)
            && !(first instanceof BaseRecurrentLayer)
            && !isEmbedding(first)
            && first.getNIn() > 0;
    return vector ? shape(first.getNIn()) : null;
  }

  private static Layer bare(Layer layer) {
    if (layer instanceof FrozenLayer frozen) {
      return bare(frozen.getLayer());
    }
    return layer instanceof FrozenLayerWithBackprop frozen ? bare(frozen.getUnderlying()) : layer;
  }

  /** As the data has it, or in a row where the first layer takes plain vectors. */
  private static BatchArrays.Input input(Reader reader, Shape shape) {
    boolean vector =
        reader.before instanceof FeedForwardToCnnPreProcessor
            || (reader.before == null
                && reader.layer instanceof FeedForwardLayer first
                && !(first instanceof ConvolutionLayer)
                && !(first instanceof BaseRecurrentLayer)
                && first.getNIn() == shape.size());
    return new BatchArrays.Input(
        vector ? Shape.of(shape.size()) : shape, !vector && readsChannelsLast(reader.layer));
  }

  private static boolean readsChannelsLast(Layer layer) {
    if (layer instanceof Convolution1DLayer convolution) {
      return convolution.getRnnDataFormat() == RNNFormat.NWC;
    }
    if (layer instanceof BaseRecurrentLayer recurrent) {
      return recurrent.getRnnDataFormat() == RNNFormat.NWC;
    }
    CNN2DFormat format = CNN2DFormat.NCHW;
    if (layer instanceof ConvolutionLayer convolution) {
      format = convolution.getCnn2dDataFormat();
    } else if (layer instanceof SubsamplingLayer pooling) {
      format = pooling.getCnn2dDataFormat();
    } else if (layer instanceof ZeroPaddingLayer padding) {
      format = padding.getDataFormat();
    } else if (layer instanceof BatchNormalization norm) {
      format = norm.getCnn2DFormat();
    }
    return format == CNN2DFormat.NHWC;
  }

  private static void requireWidth(Reader reader, BatchArrays.Input input) {
    boolean plain = reader.before == null && reader.layer instanceof FeedForwardLayer;
    if (!plain || isEmbedding(reader.layer)) {
      return;
    }
    long expected = ((FeedForwardLayer) reader.layer).getNIn();
    boolean image = reader.layer instanceof ConvolutionLayer;
    require(
        !image || input.shape().rank() > 1,
        "the network reads images or sequences of %d channels, but the data gives %s; set the"
            + " inputShape of the data, such as [1, 28, 28]",
        expected,
        input.shape());
    require(
        expected <= 0 || expected == input.shape().channels(),
        "the network reads %d features or channels, but the data gives %s",
        expected,
        input.shape());
  }

  private static boolean isEmbedding(Layer layer) {
    return layer != null && layer.getClass().getSimpleName().startsWith("Embedding");
  }

  private static InputType type(BatchArrays.Input input) {
    List<Integer> sizes = input.shape().sizes();
    return switch (sizes.size()) {
      case 1 -> InputType.feedForward(sizes.get(0));
      case 2 ->
          InputType.recurrent(
              sizes.get(1), sizes.get(0), input.channelsLast() ? RNNFormat.NWC : RNNFormat.NCW);
      case 3 ->
          InputType.convolutional(
              sizes.get(1),
              sizes.get(2),
              sizes.get(0),
              input.channelsLast() ? CNN2DFormat.NHWC : CNN2DFormat.NCHW);
      default ->
          InputType.convolutional3D(
              Convolution3D.DataFormat.NCDHW,
              sizes.get(1),
              sizes.get(2),
              sizes.get(3),
              sizes.get(0));
    };
  }

  private static List<End> ends(Dl4jModel model, List<InputType> types) {
    try {
      if (model instanceof Dl4jModel.Sequence sequence) {
        MultiLayerConfiguration configuration = sequence.network().getLayerWiseConfigurations();
        List<InputType> given = configuration.clone().getLayerActivationTypes(types.get(0));
        int last = given.size() - 1;
        Layer layer = configuration.getConf(last).getLayer();
        return List.of(
            new End("output", layer, given.get(layer instanceof LossLayer ? last - 1 : last)));
      }
      ComputationGraphConfiguration configuration =
          ((Dl4jModel.Graph) model).network().getConfiguration().clone();
      Map<String, InputType> given =
          configuration.getLayerActivationTypes(types.toArray(new InputType[0]));
      return configuration.getNetworkOutputs().stream()
          .map(name -> end(configuration, name, given))
          .toList();
    } catch (RuntimeException e) {
      throw new WrongSettings(
          "the network does not fit inputs of type %s: %s".formatted(types, e.getMessage()), e);
    }
  }

  /** A loss layer gives what it reads, but says that it gives nothing. */
  private static End end(
      ComputationGraphConfiguration configuration, String name, Map<String, InputType> given) {
    Layer layer = layer(configuration.getVertices().get(name));
    String source = configuration.getVertexInputs().get(name).get(0);
    return new End(name, layer, given.get(layer instanceof LossLayer ? source : name));
  }

  private static Layer layer(GraphVertex vertex) {
    return vertex instanceof LayerVertex layer ? layer.getLayerConf().getLayer() : null;
  }

  private static boolean channelsLast(InputType type) {
    return (type instanceof InputTypeConvolutional image && image.getFormat() == CNN2DFormat.NHWC)
        || (type instanceof InputTypeRecurrent time && time.getFormat() == RNNFormat.NWC);
  }

  private static Shape shape(InputType type) {
    if (type instanceof InputTypeRecurrent time) {
      return shape(time.getTimeSeriesLength(), time.getSize());
    }
    if (type instanceof InputTypeConvolutional image) {
      return shape(image.getChannels(), image.getHeight(), image.getWidth());
    }
    if (type instanceof InputTypeConvolutional3D volume) {
      return shape(volume.getChannels(), volume.getDepth(), volume.getHeight(), volume.getWidth());
    }
    return shape(
        type instanceof InputTypeConvolutionalFlat flat
            ? flat.getFlattenedSize()
            : ((InputTypeFeedForward) type).getSize());
  }

  private static Shape shape(long... sizes) {
    return Shape.of(Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray());
  }

  private static OutputPlan output(End end, int index, Optional<Target> target) {
    Shape shape =
        end.layer instanceof Yolo2OutputLayer yolo
            ? YoloBoxes.of(yolo).labelShape(shape(end.type))
            : shape(end.type);
    Loss loss = Dl4jLosses.ofLayer(end.layer);
    OutputPlan.Labels labels = labels(loss, shape, target);
    Output settings =
        new Output(loss, shape.channels(), null, null, null, null, null, end.name, null);
    OutputPlan output = new OutputPlan(end.name, index, settings, shape, labels);
    target.ifPresent(t -> requireFit(output, t));
    return output;
  }

  private static OutputPlan.Labels labels(Loss loss, Shape shape, Optional<Target> target) {
    boolean classes = target.map(t -> t.classes() > 1).orElse(loss == Loss.CROSS_ENTROPY);
    if (!classes || shape.channels() == 1) {
      return OutputPlan.Labels.NUMBERS;
    }
    return loss == Loss.CROSS_ENTROPY ? OutputPlan.Labels.CLASS_INDEX : OutputPlan.Labels.ONE_HOT;
  }

  private static Form form(End end, OutputPlan output) {
    if (output.labels() == OutputPlan.Labels.NUMBERS) {
      return Form.NUMBERS;
    }
    return Dl4jLosses.takesIndices(end.layer) ? Form.INDEX : Form.ONE_HOT;
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
