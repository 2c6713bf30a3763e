package dev.braid.worker.dl4j.conversion;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.Activate;
import dev.braid.worker.layer.Add;
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
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.layer.MaxPooling;
import dev.braid.worker.layer.Maximum;
import dev.braid.worker.layer.Multiply;
import dev.braid.worker.layer.Output;
import dev.braid.worker.layer.Recurrent;
import dev.braid.worker.layer.SimpleRnn;
import dev.braid.worker.layer.Subtract;
import dev.braid.worker.layer.ZeroPadding;
import dev.braid.worker.loss.BinaryCrossEntropy;
import dev.braid.worker.loss.Cosine;
import dev.braid.worker.loss.CrossEntropy;
import dev.braid.worker.loss.Hinge;
import dev.braid.worker.loss.KlDivergence;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.MeanAbsolute;
import dev.braid.worker.loss.MeanSquared;
import dev.braid.worker.loss.SquaredHinge;
import dev.braid.worker.network.Architecture;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Padding;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.shape.Window;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossCosineProximity;
import org.nd4j.linalg.lossfunctions.impl.LossHinge;
import org.nd4j.linalg.lossfunctions.impl.LossKLD;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossSquaredHinge;

/**
 * A network's plan as the configuration of a DL4J ComputationGraph: one row for each layer that
 * DL4J has, with the function that makes its own of it.
 */
final class GraphBuilding {
  /** Adds what DL4J has for a layer. */
  @FunctionalInterface
  private interface Row {
    void add(GraphBuilding building, LayerPlan plan);
  }

  /**
   * DL4J's losses that weigh the columns of an output, or none of them where the weights are null.
   */
  private static final Map<Loss, Function<INDArray, ILossFunction>> WEIGHTED_LOSSES =
      Map.of(
          new CrossEntropy(), LossMCXENT::new,
          new BinaryCrossEntropy(), weights -> new LossBinaryXENT(1e-7, weights),
          new MeanSquared(), LossMSE::new,
          new MeanAbsolute(), LossMAE::new);

  private static final Map<Loss, Supplier<ILossFunction>> OTHER_LOSSES =
      Map.of(
          new Hinge(), LossHinge::new,
          new SquaredHinge(), LossSquaredHinge::new,
          new KlDivergence(), LossKLD::new,
          new Cosine(), LossCosineProximity::new);

  private static final Map<Class<?>, Row> ROWS =
      Map.ofEntries(
          layer(Dense.class, GraphBuilding::dense),
          layer(Convolution.class, GraphBuilding::convolution),
          layer(
              MaxPooling.class,
              (plan, layer) ->
                  pooling(PoolingType.MAX, layer.windows(plan.node()), layer.padding())),
          layer(
              AveragePooling.class,
              (plan, layer) ->
                  pooling(PoolingType.AVG, layer.windows(plan.node()), layer.padding())),
          layer(GlobalMaxPooling.class, (plan, layer) -> global(PoolingType.MAX)),
          layer(GlobalAveragePooling.class, (plan, layer) -> global(PoolingType.AVG)),
          layer(BatchNorm.class, GraphBuilding::batchNorm),
          layer(Dropout.class, (plan, layer) -> new DropoutLayer(1 - layer.rate())),
          layer(Embedding.class, GraphBuilding::embedding),
          layer(Activate.class, GraphBuilding::activate),
          layer(ZeroPadding.class, GraphBuilding::zeroPadding),
          layer(Lstm.class, GraphBuilding::recurrent),
          layer(SimpleRnn.class, GraphBuilding::recurrent),
          vertex(Add.class, plan -> new ElementWiseVertex(ElementWiseVertex.Op.Add)),
          vertex(Multiply.class, plan -> new ElementWiseVertex(ElementWiseVertex.Op.Product)),
          vertex(Subtract.class, plan -> new ElementWiseVertex(ElementWiseVertex.Op.Subtract)),
          vertex(Average.class, plan -> new ElementWiseVertex(ElementWiseVertex.Op.Average)),
          vertex(Maximum.class, plan -> new ElementWiseVertex(ElementWiseVertex.Op.Max)),
          vertex(Concatenate.class, plan -> new MergeVertex()),
          vertex(Flatten.class, GraphBuilding::flatten),
          Map.entry(Bidirectional.class, GraphBuilding::addBidirectional),
          Map.entry(Output.class, GraphBuilding::addOutput));

  private final NetworkPlan network;
  private final ComputationGraphConfiguration.GraphBuilder graph;

  private GraphBuilding(NetworkPlan network, ComputationGraphConfiguration.GraphBuilder graph) {
    this.network = network;
    this.graph = graph;
  }

  /**
   * The configuration; each layer has a vertex of its name that gives what the layer gives.
   *
   * @throws IllegalArgumentException naming the layer that DL4J does not have
   */
  static ComputationGraphConfiguration of(NetworkPlan plan) {
    Architecture.requireOneLength(plan.inputs(), "what is written for DL4J");
    GraphBuilding building =
        new GraphBuilding(
            plan,
            new NeuralNetConfiguration.Builder()
                .seed(0) // DL4J takes the time otherwise: equal networks have equal configurations
                .updater(new Sgd(0.01)) // for those who open the file with DL4J; Braid has its own
                .graphBuilder()
                .addInputs(plan.inputs().keySet()));
    plan.layers().forEach(building::add);
    building.graph.setOutputs(
        plan.outputs().stream().map(output -> output.name()).toArray(String[]::new));
    return building.graph.build();
  }

  private static <L> Map.Entry<Class<?>, Row> layer(
      Class<L> type, BiFunction<LayerPlan, L, Layer> row) {
    return Map.entry(
        type,
        (building, plan) ->
            building.graph.addLayer(
                plan.node().name(), row.apply(plan, type.cast(plan.layer())), sources(plan)));
  }

  private static Map.Entry<Class<?>, Row> vertex(
      Class<?> type, Function<LayerPlan, GraphVertex> row) {
    return Map.entry(
        type,
        (building, plan) ->
            building.graph.addVertex(plan.node().name(), row.apply(plan), sources(plan)));
  }

  private void add(LayerPlan plan) {
    require(
        plan.lenders().isEmpty(),
        "%s has the weights of '%s': layers of DL4J do not share weights",
        plan.node().describe(),
        String.join("' and '", new TreeSet<>(plan.lenders().values())));
    Optional.ofNullable(ROWS.get(plan.layer().getClass()))
        .orElseThrow(() -> missing(plan, ""))
        .add(this, plan);
  }

  private static String[] sources(LayerPlan plan) {
    return plan.node().sources().stream().map(Node.Source::name).toArray(String[]::new);
  }

  private static WrongSettings missing(LayerPlan plan, String what) {
    return new WrongSettings(
        String.format(
            "layer '%s' (%s)%s has no counterpart in DL4J",
            plan.node().name(), plan.node().kind(), what));
  }

  /** What all of DL4J's layers with weights are told. */
  private static <B extends FeedForwardLayer.Builder<B>> Layer sized(
      B builder, LayerPlan plan, int units, IActivation activation) {
    return builder.nIn(plan.node().shape().channels()).nOut(units).activation(activation).build();
  }

  /** On sequences a convolution of one step: W is the same at each. */
  private static Layer dense(LayerPlan plan, Dense layer) {
    IActivation activation = activation(plan, layer.activation());
    return plan.node().shape().rank() == 1
        ? sized(new DenseLayer.Builder().hasBias(layer.bias()), plan, layer.units(), activation)
        : sized(
            new Convolution1DLayer.Builder(1).rnnDataFormat(RNNFormat.NCW).hasBias(layer.bias()),
            plan,
            layer.units(),
            activation);
  }

  private static Layer convolution(LayerPlan plan, Convolution layer) {
    if (layer.groups() > 1) {
      throw missing(plan, " with groups");
    }
    if (layer.padding().kind() == Padding.Kind.CAUSAL) {
      throw missing(plan, " with padding causal");
    }
    List<Window> windows = layer.windows(plan.node());
    if (windows.size() == 1 && windows.get(0).dilation() > 1) {
      throw missing(plan, " along time with dilation"); // oneDNN refuses it within ND4J
    }
    boolean same = layer.padding().same();
    ConvolutionMode mode = same ? ConvolutionMode.Same : ConvolutionMode.Truncate;
    int[] kernel = array(windows, Window::kernel);
    int[] stride = array(windows, Window::stride);
    int[] dilation = array(windows, Window::dilation);
    int[] padding = same ? new int[windows.size()] : array(windows, Window::before);
    return switch (windows.size()) {
      case 1 ->
          convolution(
              new Convolution1DLayer.Builder(kernel[0], stride[0], padding[0])
                  .rnnDataFormat(RNNFormat.NCW)
                  .dilation(dilation[0]),
              mode,
              plan,
              layer);
      case 2 ->
          convolution(
              new ConvolutionLayer.Builder(kernel, stride, padding).dilation(dilation),
              mode,
              plan,
              layer);
      default ->
          convolution(
              new Convolution3D.Builder(kernel, stride, padding, dilation)
                  .dataFormat(Convolution3D.DataFormat.NCDHW),
              mode,
              plan,
              layer);
    };
  }

  private static <B extends ConvolutionLayer.BaseConvBuilder<B>> Layer convolution(
      B builder, ConvolutionMode mode, LayerPlan plan, Convolution layer) {
    return sized(
        builder.convolutionMode(mode).hasBias(layer.bias()),
        plan,
        layer.filters(),
        activation(plan, layer.activation()));
  }

  private static Layer global(PoolingType type) {
    return new GlobalPoolingLayer.Builder(type).build();
  }

  private static Layer batchNorm(LayerPlan plan, BatchNorm layer) {
    int channels = plan.node().shape().channels();
    return new BatchNormalization.Builder()
        .nIn(channels)
        .nOut(channels)
        .eps(layer.epsilon())
        .decay(1 - layer.momentum())
        .useLogStd(false)
        .build();
  }

  private static Layer embedding(LayerPlan plan, Embedding layer) {
    if (layer.padding() || layer.pool() != Embedding.Pool.NONE) {
      throw missing(plan, " with pool or padding");
    }
    return new EmbeddingSequenceLayer.Builder()
        .nIn(layer.size())
        .nOut(layer.dimension())
        .inputLength(plan.node().shape().size())
        .hasBias(false)
        .build();
  }

  private static Layer activate(LayerPlan plan, Activate layer) {
    return new ActivationLayer.Builder().activation(activation(plan, layer.function())).build();
  }

  private static Layer pooling(PoolingType type, List<Window> windows, Padding padding) {
    ConvolutionMode mode = padding.same() ? ConvolutionMode.Same : ConvolutionMode.Truncate;
    int[] kernel = array(windows, Window::kernel);
    int[] stride = array(windows, Window::stride);
    int[] before = padding.same() ? new int[windows.size()] : array(windows, Window::before);
    return switch (windows.size()) {
      case 1 ->
          new Subsampling1DLayer.Builder(
                  SubsamplingLayer.PoolingType.valueOf(type.name()),
                  kernel[0],
                  stride[0],
                  before[0])
              .convolutionMode(mode)
              .build();
      case 2 ->
          new SubsamplingLayer.Builder(
                  SubsamplingLayer.PoolingType.valueOf(type.name()), kernel, stride, before)
              .convolutionMode(mode)
              .build();
      default ->
          new Subsampling3DLayer.Builder(
                  Subsampling3DLayer.PoolingType.valueOf(type.name()), kernel, stride, before)
              .dataFormat(Convolution3D.DataFormat.NCDHW)
              .convolutionMode(mode)
              .build();
    };
  }

  private static Layer zeroPadding(LayerPlan plan, ZeroPadding layer) {
    List<Window> windows = layer.windows(plan.node());
    int[] before = array(windows, Window::before);
    return switch (windows.size()) {
      case 1 -> new ZeroPadding1DLayer.Builder(before[0], before[0]).build();
      case 2 -> new ZeroPaddingLayer.Builder(before[0], before[0], before[1], before[1]).build();
      default -> throw missing(plan, " of volumes");
    };
  }

  private static int[] array(List<Window> windows, ToIntFunction<Window> part) {
    return windows.stream().mapToInt(part).toArray();
  }

  private static Layer recurrent(LayerPlan plan, Recurrent layer) {
    int features = plan.node().shape().channels();
    Layer steps;
    if (layer instanceof Lstm lstm) {
      if (lstm.peepholes()) {
        throw missing(plan, " with peepholes");
      }
      steps =
          new LSTM.Builder()
              .nIn(features)
              .nOut(layer.units())
              .activation(new ActivationTanH())
              .gateActivationFunction(activation(plan, lstm.gates()))
              .build();
    } else if (layer instanceof SimpleRnn simple) {
      boolean tanh = simple.activation() == Activation.TANH;
      steps =
          new org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn.Builder()
              .nIn(features)
              .nOut(layer.units())
              .activation(tanh ? new ActivationTanH() : new ActivationReLU())
              .build();
    } else {
      throw missing(plan, "");
    }
    return layer.returnSequences() ? steps : new LastTimeStep(steps);
  }

  /** Two layers, the second on the reversed sequence, so that each gives the step it ends with. */
  private void addBidirectional(LayerPlan plan) {
    Bidirectional layer = (Bidirectional) plan.layer();
    String name = plan.node().name();
    String source = plan.node().sources().get(0).name();
    graph.addLayer(forward(name), recurrent(plan, layer.layer()), source);
    graph.addVertex(name + "-reversed", new ReverseTimeSeriesVertex(), source);
    graph.addLayer(backward(name), recurrent(plan, layer.layer()), name + "-reversed");
    String second = backward(name);
    if (layer.layer().returnSequences()) {
      second = name + "-turned";
      graph.addVertex(second, new ReverseTimeSeriesVertex(), backward(name));
    }
    GraphVertex merge =
        layer.merge() == Bidirectional.Merge.SUM
            ? new ElementWiseVertex(ElementWiseVertex.Op.Add)
            : new MergeVertex();
    graph.addVertex(name, merge, forward(name), second);
  }

  /** Name of the layer along time within a bidirectional one. */
  static String forward(String name) {
    return name + "-forward";
  }

  /** Name of the layer against time within a bidirectional one. */
  static String backward(String name) {
    return name + "-backward";
  }

  private static GraphVertex flatten(LayerPlan plan) {
    List<Integer> sizes = plan.node().shape().sizes();
    return switch (sizes.size()) {
      case 3 ->
          new PreprocessorVertex(
              new CnnToFeedForwardPreProcessor(sizes.get(1), sizes.get(2), sizes.get(0)));
      case 4 ->
          new PreprocessorVertex(
              new Cnn3DToFeedForwardPreProcessor(
                  sizes.get(1), sizes.get(2), sizes.get(3), sizes.get(0), true));
      default -> throw missing(plan, " of " + plan.node().shape());
    };
  }

  private void addOutput(LayerPlan plan) {
    graph.addLayer(plan.node().name(), output(plan, (Output) plan.layer()), sources(plan));
  }

  private Layer output(LayerPlan plan, Output output) {
    Shape input = plan.node().shape();
    ILossFunction loss = loss(plan, output);
    IActivation activation = activation(plan, output.finalActivation(), true);
    if (input.rank() > 2) {
      throw missing(plan, " of " + input);
    }
    boolean sequence = input.rank() == 2;
    if (!output.projection()) {
      return sequence
          ? new RnnLossLayer.Builder(loss).dataFormat(RNNFormat.NCW).activation(activation).build()
          : new LossLayer.Builder(loss).activation(activation).build();
    }
    int units = plan.shape().channels();
    return sequence
        ? sized(
            new RnnOutputLayer.Builder(loss).dataFormat(RNNFormat.NCW).hasBias(output.bias()),
            plan,
            units,
            activation)
        : sized(new OutputLayer.Builder(loss).hasBias(output.bias()), plan, units, activation);
  }

  private ILossFunction loss(LayerPlan plan, Output output) {
    INDArray weights = weights(plan);
    Function<INDArray, ILossFunction> weighted = WEIGHTED_LOSSES.get(output.loss());
    if (weighted != null) {
      return weighted.apply(weights);
    }
    Supplier<ILossFunction> loss = OTHER_LOSSES.get(output.loss());
    if (loss == null) {
      throw missing(plan, " with loss " + output.loss().name().toLowerCase(Locale.ROOT));
    }
    if (weights != null) {
      throw missing(plan, " with this loss beside other outputs");
    }
    return loss.get();
  }

  /** What DL4J multiplies this loss with before it adds the outputs' losses up; null for 1. */
  private INDArray weights(LayerPlan plan) {
    double own =
        network.outputs().stream()
            .filter(other -> other.name().equals(plan.node().name()))
            .mapToDouble(GraphBuilding::lossFactor)
            .sum();
    double relative = own / lossFactor(network.outputs().get(0));
    if (relative == 1) {
      return null;
    }
    return Nd4j.valueArrayOf(new long[] {1, plan.shape().channels()}, relative, DataType.FLOAT);
  }

  /**
   * What DL4J's loss of an example is to be multiplied with to become ours, a mean: DL4J adds up
   * the losses of time steps, and of the units where its loss is no mean over them.
   */
  static double lossFactor(OutputPlan output) {
    Loss loss = output.loss();
    boolean ofVectors = loss.isOverVectors() || output.labels() == OutputPlan.Labels.CLASS_INDEX;
    int added = output.numPositions() * (ofVectors ? 1 : output.numUnits());
    boolean mean = loss.equals(new MeanSquared()) || loss.equals(new MeanAbsolute());
    return output.settings().weight() * (mean ? output.numUnits() : 1) / added;
  }

  private static IActivation activation(LayerPlan plan, Activation activation) {
    return activation(plan, activation, plan.shape().rank() == 1);
  }

  private static IActivation activation(
      LayerPlan plan, Activation activation, boolean overFeatures) {
    if (activation == Activation.SOFTMAX && !overFeatures) {
      throw missing(plan, " with activation softmax at several positions");
    }
    return Dl4jActivations.theirs(activation)
        .orElseThrow(
            () -> missing(plan, " with activation " + Dl4jActivations.written(activation)));
  }
}
