package dev.braid.worker.dl4j.conversion;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.dl4j.nd4j.Free;
import dev.braid.worker.dl4j.network.BatchArrays;
import dev.braid.worker.dl4j.network.BatchArrays.Form;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.dl4j.network.Dl4jReplica;
import dev.braid.worker.engine.Differentiable;
import dev.braid.worker.engine.Scores;
import dev.braid.worker.layer.BatchNorm;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * A network of Braid's layers on DL4J, to compare libtorch with: the same description, flat
 * vectors, losses and statistics as on libtorch. One thread computes; the same state, mini-batch
 * and key give the same bits.
 */
public final class Dl4jNetwork implements Differentiable {
  private final NetworkPlan plan;
  private final ComputationGraph graph;
  private final TensorMap map;
  private final List<Target> targets;
  private final BatchArrays arrays;
  private final float[] params;
  private final float[] statistics;
  private final float[] theirs;

  /**
   * A network whose parameters are undefined until loaded.
   *
   * @throws IllegalArgumentException naming the layer that DL4J does not have
   */
  public Dl4jNetwork(NetworkPlan plan) {
    this.plan = plan;
    this.graph = new ComputationGraph(GraphBuilding.of(plan));
    graph.init();
    graph.initGradientsView();
    this.map = TensorMap.of(plan, graph.paramTable());
    this.targets = plan.outputs().stream().map(Target::new).toList();
    this.arrays =
        new BatchArrays(
            plan.inputs().values().stream()
                .map(shape -> new BatchArrays.Input(shape, false))
                .toList(),
            plan.outputs().stream()
                .map(output -> new BatchArrays.Labels(output.shape(), Form.NUMBERS, false, null))
                .toList());
    this.params = new float[Math.toIntExact(plan.layout().numParams())];
    this.statistics = new float[Math.toIntExact(plan.layout().numStatistics())];
    this.theirs = new float[Math.toIntExact(graph.params().length())];
  }

  @Override
  public StateLayout layout() {
    return plan.layout();
  }

  @Override
  public void loadParams(Blocks params) {
    params.read(0, this.params, this.params.length);
    send();
  }

  @Override
  public void loadStatistics(Blocks statistics) {
    statistics.read(0, this.statistics, this.statistics.length);
    send();
  }

  private void send() {
    State state = State.zeros(plan.layout(), 0);
    state.params().write(0, params, params.length);
    state.statistics().write(0, statistics, statistics.length);
    map.load(state, graph.params());
  }

  @Override
  public void readStatistics(Blocks statistics) {
    statistics.write(0, this.statistics, this.statistics.length);
  }

  @Override
  public double gradient(MiniBatch batch, long key, Blocks gradients) {
    Dl4jReplica.seed(key);
    MultiDataSet labelled = labelled(batch);
    graph.setInputs(labelled.getFeatures());
    graph.setLabels(labelled.getLabels());
    graph.setLayerMaskArrays(null, labelled.getLabelsMaskArrays());
    graph.computeGradientAndScore();
    graph.clearLayerMaskArrays();
    Free.batch(labelled);
    new FloatPointer(graph.getFlattenedGradients().data().pointer()).get(theirs, 0, theirs.length);
    double factor = factor(batch);
    float[] ours = gradients((float) (factor / batch.size()));
    gradients.write(0, ours, ours.length);
    moveStatistics(batch.size());
    return graph.score() * factor + constant(batch);
  }

  /** DL4J's gradients as ours: both of a recurrent layer's biases have that of DL4J's one. */
  private float[] gradients(float factor) {
    float[] ours = new float[params.length];
    map.paramsToOurs(theirs, ours);
    List<Segment> segments = plan.layout().params();
    for (Segment second : segments) {
      for (Segment first : segments) {
        if (second.name().contains(".bias_hh")
            && first.name().equals(second.name().replace(".bias_hh", ".bias_ih"))) {
          System.arraycopy(
              ours, (int) first.offset(), ours, (int) second.offset(), (int) first.size());
        }
      }
    }
    for (int i = 0; i < ours.length; i++) {
      ours[i] *= factor;
    }
    return ours;
  }

  /**
   * DL4J gives as gradient of a running statistic what is to be taken from it, (1 - decay) (running
   * - batch). Its variance of the batch is divided by n; ours, as libtorch's, by n - 1.
   */
  private void moveStatistics(int size) {
    if (statistics.length == 0) {
      return;
    }
    float[] change = new float[statistics.length];
    map.statisticsToOurs(theirs, change);
    for (LayerPlan layer : plan.layers()) {
      if (layer.layer() instanceof BatchNorm norm) {
        int n = size * (layer.shape().size() / layer.shape().channels());
        for (Segment segment : plan.layout().statistics()) {
          if (segment.name().startsWith(layer.node().name() + ".") && n > 1) {
            move(segment, change, norm.momentum(), n);
          }
        }
      }
    }
    send();
  }

  private void move(Segment segment, float[] change, double momentum, int n) {
    boolean variance = segment.role() == Segment.Role.VARIANCE;
    double unbias = variance ? (double) n / (n - 1) : 1;
    for (int i = (int) segment.offset(); i < segment.offset() + segment.size(); i++) {
      double ofBatch = statistics[i] - change[i] / momentum;
      statistics[i] += (float) (momentum * (ofBatch * unbias - statistics[i]));
    }
  }

  @Override
  public float[][] output(MiniBatch batch) {
    INDArray[] features = arrays.features(batch);
    INDArray[] outputs = graph.output(false, features);
    float[][] rows = arrays.outputRows(outputs);
    Free.arrays(features);
    Free.arrays(outputs);
    return rows;
  }

  @Override
  public Scores score(MiniBatch batch) {
    MultiDataSet labelled = labelled(batch);
    double loss = graph.score(labelled, false) * factor(batch) + constant(batch);
    graph.clearLayerMaskArrays();
    Free.batch(labelled);
    return new Scores(output(batch), loss, batch.size());
  }

  private MultiDataSet labelled(MiniBatch batch) {
    INDArray[] labels = new INDArray[targets.size()];
    INDArray[] masks = new INDArray[targets.size()];
    boolean masked = false;
    for (int i = 0; i < labels.length; i++) {
      labels[i] = targets.get(i).labels(batch.labels()[i], batch.size());
      masks[i] = targets.get(i).mask(batch.labels()[i], batch.size());
      masked |= masks[i] != null;
    }
    return new MultiDataSet(arrays.features(batch), labels, null, masked ? masks : null);
  }

  /**
   * What DL4J's loss is to be multiplied with: that of the first output, as the others' losses have
   * weights relative to it.
   */
  private double factor(MiniBatch batch) {
    double first = targets.get(0).factor(batch.labels()[0], batch.size());
    for (int i = 1; i < targets.size(); i++) {
      double own = targets.get(i).factor(batch.labels()[i], batch.size());
      double expected =
          first
              * GraphBuilding.lossFactor(plan.outputs().get(i))
              / GraphBuilding.lossFactor(plan.outputs().get(0));
      require(
          Math.abs(own - expected) <= 1e-9 * expected,
          "labels are missing in a network of several outputs, whose losses DL4J weighs as one");
    }
    return first;
  }

  /** What our losses have more than DL4J's, whatever the parameters. */
  private double constant(MiniBatch batch) {
    double sum = 0;
    for (int i = 0; i < targets.size(); i++) {
      sum += targets.get(i).constant(batch.labels()[i]);
    }
    return sum;
  }

  @Override
  public void close() {
    Dl4jModel.of(graph).free();
  }
}
