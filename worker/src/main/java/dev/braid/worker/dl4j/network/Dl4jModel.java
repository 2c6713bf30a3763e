package dev.braid.worker.dl4j.network;

import dev.braid.worker.dl4j.nd4j.DataSets;
import dev.braid.worker.dl4j.nd4j.Free;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** DL4J's two kinds of network, seen alike. */
public sealed interface Dl4jModel permits Dl4jModel.Sequence, Dl4jModel.Graph {

  /** The network itself. */
  Model network();

  /** One step of DL4J's own training on a mini-batch. */
  void fit(DataSet batch);

  /**
   * One step of DL4J's own training on a mini-batch.
   *
   * @throws IllegalArgumentException when the network takes one input and the batch has several
   */
  void fit(MultiDataSet batch);

  /** What it answers in inference mode, one array per output; masks may be null. */
  INDArray[] output(INDArray[] features, INDArray[] featureMasks);

  /** Mean loss over the examples in inference mode, L1 and L2 included. */
  double score(MultiDataSet batch);

  /** What L1 and L2 add to the loss. */
  double penalty();

  /**
   * The gradients of the mean loss, and the loss itself, L1 and L2 included, in training mode: as
   * DL4J computes them, summed over the mini-batch.
   */
  double gradients(MultiDataSet batch);

  /** Makes room for gradients; once, before the first. */
  void initGradients();

  /** What {@link #gradients} has left, laid out like {@link #params}. */
  default INDArray flatGradients() {
    return network().getGradientsViewArray();
  }

  /** All parameters as one vector: what is written to it is the network's. */
  default INDArray params() {
    return network().params();
  }

  /** Views of {@link #params} by name, such as {@code 0_W}. */
  default Map<String, INDArray> paramTable() {
    return network().paramTable();
  }

  /** The updater's memory as one vector, or null when the updater has none. */
  default INDArray updaterState() {
    return updater().getStateViewArray();
  }

  /** DL4J's updater, which knows what of its memory belongs to which parameters. */
  BaseMultiLayerUpdater<?> updater();

  /** Its layers, in the order of their parameters. */
  Layer[] layers();

  /** Updates done, as DL4J's schedules and Adam count them. */
  int iteration();

  /** Passes over the data done, as DL4J's schedules count them. */
  int epoch();

  /** Sets both counters. */
  void count(int iteration, int epoch);

  /** Says what its score is from now on. */
  void score(double loss);

  /** The configuration as JSON, counters at 0: equal networks give equal texts. */
  String toJson();

  /** The configuration as JSON, counters included. */
  String countedJson();

  /** Frees its parameters, gradients and the updater's memory; it is of no use then. */
  void free();

  /** The network seen as one of both kinds. */
  static Dl4jModel of(MultiLayerNetwork network) {
    return new Sequence(network);
  }

  /** The network seen as one of both kinds. */
  static Dl4jModel of(ComputationGraph network) {
    return new Graph(network);
  }

  /** A chain of layers. */
  record Sequence(MultiLayerNetwork network) implements Dl4jModel {
    @Override
    public void fit(DataSet batch) {
      network.fit(batch);
    }

    @Override
    public void fit(MultiDataSet batch) {
      network.fit(DataSets.single(batch));
    }

    @Override
    public INDArray[] output(INDArray[] features, INDArray[] featureMasks) {
      INDArray mask = featureMasks == null ? null : featureMasks[0];
      return new INDArray[] {network.output(features[0], false, mask, null)};
    }

    @Override
    public double score(MultiDataSet batch) {
      return network.score(DataSets.single(batch), false);
    }

    @Override
    public double penalty() {
      return network.calcRegularizationScore(true);
    }

    @Override
    public double gradients(MultiDataSet batch) {
      DataSet single = DataSets.single(batch);
      network.setInput(single.getFeatures());
      network.setLabels(single.getLabels());
      network.setInputMiniBatchSize((int) single.getFeatures().size(0));
      if (single.hasMaskArrays()) {
        network.setLayerMaskArrays(single.getFeaturesMaskArray(), single.getLabelsMaskArray());
      }
      network.computeGradientAndScore();
      network.clearLayerMaskArrays();
      return network.score();
    }

    @Override
    public void initGradients() {
      network.initGradientsView();
    }

    @Override
    public BaseMultiLayerUpdater<?> updater() {
      return (BaseMultiLayerUpdater<?>) network.getUpdater();
    }

    @Override
    public Layer[] layers() {
      return network.getLayers();
    }

    @Override
    public int iteration() {
      return network.getIterationCount();
    }

    @Override
    public int epoch() {
      return network.getEpochCount();
    }

    @Override
    public void count(int iteration, int epoch) {
      network.getLayerWiseConfigurations().setIterationCount(iteration);
      network.setEpochCount(epoch);
    }

    @Override
    public void score(double loss) {
      network.setScore(loss);
    }

    @Override
    public void free() {
      Updater updater = network.getUpdater(false);
      Free.arrays(
          network.params(),
          network.getFlattenedGradients(),
          updater == null ? null : updater.getStateViewArray());
    }

    @Override
    public String countedJson() {
      return network.getLayerWiseConfigurations().toJson();
    }

    @Override
    public String toJson() {
      var copy = network.getLayerWiseConfigurations().clone();
      copy.setIterationCount(0);
      copy.setEpochCount(0);
      return copy.toJson();
    }
  }

  /** A graph of layers with any number of inputs and outputs. */
  record Graph(ComputationGraph network) implements Dl4jModel {
    @Override
    public void fit(DataSet batch) {
      network.fit(batch);
    }

    @Override
    public void fit(MultiDataSet batch) {
      network.fit(batch);
    }

    @Override
    public INDArray[] output(INDArray[] features, INDArray[] featureMasks) {
      return network.output(false, features, featureMasks);
    }

    @Override
    public double score(MultiDataSet batch) {
      return network.score(batch, false);
    }

    @Override
    public double penalty() {
      return network.calcRegularizationScore(true);
    }

    @Override
    public double gradients(MultiDataSet batch) {
      network.setInputs(batch.getFeatures());
      network.setLabels(batch.getLabels());
      network.setLayerMaskArrays(batch.getFeaturesMaskArrays(), batch.getLabelsMaskArrays());
      network.computeGradientAndScore();
      network.clearLayerMaskArrays();
      return network.score();
    }

    @Override
    public void initGradients() {
      network.initGradientsView();
    }

    @Override
    public BaseMultiLayerUpdater<?> updater() {
      return (BaseMultiLayerUpdater<?>) network.getUpdater();
    }

    @Override
    public Layer[] layers() {
      return network.getLayers();
    }

    @Override
    public int iteration() {
      return network.getIterationCount();
    }

    @Override
    public int epoch() {
      return network.getEpochCount();
    }

    @Override
    public void count(int iteration, int epoch) {
      network.getConfiguration().setIterationCount(iteration);
      network.getConfiguration().setEpochCount(epoch);
    }

    @Override
    public void score(double loss) {
      network.setScore(loss);
    }

    @Override
    public void free() {
      Updater updater = network.getUpdater(false);
      Free.arrays(
          network.params(),
          network.getFlattenedGradients(),
          updater == null ? null : updater.getStateViewArray());
    }

    @Override
    public String countedJson() {
      return network.getConfiguration().toJson();
    }

    @Override
    public String toJson() {
      var copy = network.getConfiguration().clone();
      copy.setIterationCount(0);
      copy.setEpochCount(0);
      return copy.toJson();
    }
  }
}
