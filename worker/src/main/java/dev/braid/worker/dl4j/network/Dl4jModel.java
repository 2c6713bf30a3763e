package dev.braid.worker.dl4j.network;

import dev.braid.worker.dl4j.nd4j.DataSets;
import dev.braid.worker.dl4j.nd4j.Free;
import dev.braid.worker.shape.Shape;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * A network of one of DL4J's two kinds, which have the same methods but no type that has them: a
 * chain of layers (MultiLayerNetwork), or a graph with any number of inputs and outputs
 * (ComputationGraph).
 */
public final class Dl4jModel {
  private final Model network;

  private Dl4jModel(Model network) {
    this.network = network;
  }

  /** The chain of layers. */
  public static Dl4jModel of(MultiLayerNetwork network) {
    return new Dl4jModel(network);
  }

  /** The graph of layers. */
  public static Dl4jModel of(ComputationGraph network) {
    return new Dl4jModel(network);
  }

  /** The network itself. */
  public Model network() {
    return network;
  }

  /** Whether it is a ComputationGraph, else a MultiLayerNetwork. */
  public boolean isGraph() {
    return network instanceof ComputationGraph;
  }

  /** What the function for its kind makes of it. */
  public <T> T either(
      Function<MultiLayerNetwork, T> ofSequence, Function<ComputationGraph, T> ofGraph) {
    return network instanceof ComputationGraph graph
        ? ofGraph.apply(graph)
        : ofSequence.apply((MultiLayerNetwork) network);
  }

  private void tell(Consumer<MultiLayerNetwork> sequence, Consumer<ComputationGraph> graph) {
    if (network instanceof ComputationGraph theirs) {
      graph.accept(theirs);
    } else {
      sequence.accept((MultiLayerNetwork) network);
    }
  }

  /** One step of DL4J's own training on a mini-batch. */
  public void fit(DataSet batch) {
    ((NeuralNetwork) network).fit(batch);
  }

  /**
   * One step of DL4J's own training on a mini-batch.
   *
   * @throws IllegalArgumentException when the network takes one input and the batch has several
   */
  public void fit(MultiDataSet batch) {
    tell(sequence -> sequence.fit(DataSets.single(batch)), graph -> graph.fit(batch));
  }

  /** What it answers in inference mode, one array per output; masks may be null. */
  INDArray[] output(INDArray[] features, INDArray[] featureMasks) {
    INDArray mask = featureMasks == null ? null : featureMasks[0];
    return either(
        sequence -> new INDArray[] {sequence.output(features[0], false, mask, null)},
        graph -> graph.output(false, features, featureMasks));
  }

  /** Mean loss over the examples in inference mode, without L1 and L2. */
  double score(MultiDataSet batch) {
    return either(
        sequence ->
            sequence.score(DataSets.single(batch), false) - sequence.calcRegularizationScore(true),
        graph -> graph.score(batch, false) - graph.calcRegularizationScore(true));
  }

  /**
   * The gradients of the mean loss in training mode, as DL4J computes them: summed over the
   * mini-batch, and left in {@link #flatGradients}.
   *
   * @return the loss, without L1 and L2
   */
  double gradients(MultiDataSet batch) {
    return either(sequence -> gradients(sequence, batch), graph -> gradients(graph, batch));
  }

  private static double gradients(MultiLayerNetwork sequence, MultiDataSet batch) {
    DataSet single = DataSets.single(batch);
    sequence.setInput(single.getFeatures());
    sequence.setLabels(single.getLabels());
    sequence.setInputMiniBatchSize((int) single.getFeatures().size(0));
    if (single.hasMaskArrays()) {
      sequence.setLayerMaskArrays(single.getFeaturesMaskArray(), single.getLabelsMaskArray());
    }
    sequence.computeGradientAndScore();
    sequence.clearLayerMaskArrays();
    return sequence.score() - sequence.calcRegularizationScore(true);
  }

  private static double gradients(ComputationGraph graph, MultiDataSet batch) {
    graph.setInputs(batch.getFeatures());
    graph.setLabels(batch.getLabels());
    graph.setLayerMaskArrays(batch.getFeaturesMaskArrays(), batch.getLabelsMaskArrays());
    graph.computeGradientAndScore();
    graph.clearLayerMaskArrays();
    return graph.score() - graph.calcRegularizationScore(true);
  }

  /** Makes room for gradients; once, before the first. */
  void initGradients() {
    tell(MultiLayerNetwork::initGradientsView, ComputationGraph::initGradientsView);
  }

  /** What {@link #gradients} has left, laid out like {@link #params}. */
  INDArray flatGradients() {
    return network.getGradientsViewArray();
  }

  /** All parameters as one vector: what is written to it is the network's. */
  public INDArray params() {
    return network.params();
  }

  /** Views of {@link #params} by name, such as {@code 0_W}. */
  public Map<String, INDArray> paramTable() {
    return network.paramTable();
  }

  /** The updater's memory as one vector, or null when the updater has none. */
  public INDArray updaterState() {
    return updater().getStateViewArray();
  }

  /** DL4J's updater, which knows what of its memory belongs to which parameters. */
  public BaseMultiLayerUpdater<?> updater() {
    return (BaseMultiLayerUpdater<?>)
        this.<Updater>either(MultiLayerNetwork::getUpdater, ComputationGraph::getUpdater);
  }

  /** Shape of one example of its first input, as far as the network tells. */
  public Optional<Shape> inputShape() {
    return FirstLayer.all(this).get(0).shape();
  }

  /** Its layers, in the order of their parameters. */
  public Layer[] layers() {
    return either(MultiLayerNetwork::getLayers, ComputationGraph::getLayers);
  }

  /** Updates done, as DL4J's schedules and Adam count them. */
  public int iteration() {
    return either(MultiLayerNetwork::getIterationCount, ComputationGraph::getIterationCount);
  }

  /** Passes over the data done, as DL4J's schedules count them. */
  public int epoch() {
    return either(MultiLayerNetwork::getEpochCount, ComputationGraph::getEpochCount);
  }

  /** Sets both counters. */
  public void count(int iteration, int epoch) {
    tell(
        sequence -> {
          sequence.getLayerWiseConfigurations().setIterationCount(iteration);
          sequence.setEpochCount(epoch);
        },
        graph -> {
          graph.getConfiguration().setIterationCount(iteration);
          graph.getConfiguration().setEpochCount(epoch);
        });
  }

  /** Says what its score is from now on. */
  public void score(double loss) {
    tell(sequence -> sequence.setScore(loss), graph -> graph.setScore(loss));
  }

  /** The configuration as JSON, counters at 0: equal networks give equal texts. */
  String toJson() {
    return either(
        sequence -> {
          var copy = sequence.getLayerWiseConfigurations().clone();
          copy.setIterationCount(0);
          copy.setEpochCount(0);
          return copy.toJson();
        },
        graph -> {
          var copy = graph.getConfiguration().clone();
          copy.setIterationCount(0);
          copy.setEpochCount(0);
          return copy.toJson();
        });
  }

  /** The configuration as JSON, counters included. */
  String countedJson() {
    return either(
        sequence -> sequence.getLayerWiseConfigurations().toJson(),
        graph -> graph.getConfiguration().toJson());
  }

  /** Frees its parameters, gradients and the updater's memory; it is of no use then. */
  public void free() {
    Updater updater =
        either(sequence -> sequence.getUpdater(false), graph -> graph.getUpdater(false));
    Free.arrays(params(), flatGradients(), updater == null ? null : updater.getStateViewArray());
  }
}
