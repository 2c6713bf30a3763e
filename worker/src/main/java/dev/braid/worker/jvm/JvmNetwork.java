package dev.braid.worker.jvm;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Differentiable;
import dev.braid.worker.engine.Scores;
import dev.braid.worker.jvm.layer.Graph;
import dev.braid.worker.jvm.layer.LayerTensor;
import dev.braid.worker.jvm.layer.Mode;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.StateLayout;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network in plain Java. One thread computes; the same state, mini-batch and key give the same
 * bits on every processor.
 */
public final class JvmNetwork implements Differentiable {
  private final NetworkPlan plan;
  private final List<Shape> inputs;
  private final StateTensors tensors;
  private final Graph graph;
  private final JvmOutput[] outputs;
  private AtomicInteger loads = new AtomicInteger(1);
  private boolean keepsTensors;

  /** A network on the fastest kernels there are; its parameters are undefined until loaded. */
  public JvmNetwork(NetworkPlan plan) {
    this(plan, KernelSet.best());
  }

  /** A network on these kernels. */
  public JvmNetwork(NetworkPlan plan, KernelSet kernels) {
    this.plan = plan;
    inputs = List.copyOf(plan.inputs().values());
    tensors = new StateTensors(plan.layout());
    int[] ends = plan.outputs().stream().mapToInt(OutputPlan::index).toArray();
    graph = new Graph(inputs, plan.layers(), plan.firstLayer(), ends, kernels, this::tensorsOf);
    outputs = new JvmOutput[ends.length];
    for (int i = 0; i < outputs.length; i++) {
      OutputPlan output = plan.outputs().get(i);
      outputs[i] = new JvmOutput(output, i, graph, ownTensors(output), kernels);
    }
  }

  private List<LayerTensor> tensorsOf(LayerPlan layer) {
    return layer.parameters().stream().map(p -> tensors.tensor(layer.nameOf(p))).toList();
  }

  /** The tensors of the output layer that are its loss's own. */
  private List<LayerTensor> ownTensors(OutputPlan output) {
    LayerPlan layer = plan.layers().get(output.index() - inputs.size());
    return output.loss().parameters(output.numUnits()).stream()
        .map(parameter -> tensors.tensor(layer.nameOf(parameter)))
        .toList();
  }

  /**
   * A network for another thread that reads the very parameters and statistics of this one: only
   * what it computes takes memory, and what it packs of small weights. For answers alone, with
   * parameters that from now on change by {@link #loadParams} only.
   */
  public JvmNetwork sharingWeights() {
    JvmNetwork other = new JvmNetwork(plan);
    other.tensors.bind(tensors.params(), tensors.statistics());
    other.loads = loads;
    other.keepsTensors = true;
    return other;
  }

  @Override
  public StateLayout layout() {
    return plan.layout();
  }

  @Override
  public boolean computesIn(Blocks params, Blocks statistics) {
    tensors.bind(params, statistics);
    return true;
  }

  @Override
  public void loadParams(Blocks params) {
    vectors();
    loads.incrementAndGet();
    tensors.params().copyFrom(params);
  }

  @Override
  public void loadStatistics(Blocks statistics) {
    vectors();
    tensors.statistics().copyFrom(statistics);
  }

  /** Sees to it that there are vectors to compute in. */
  private void vectors() {
    if (tensors.params() == null) {
      tensors.bind(Blocks.zeros(layout().numParams()), Blocks.zeros(layout().numStatistics()));
    }
  }

  @Override
  public void readStatistics(Blocks statistics) {
    statistics.copyFrom(tensors.statistics());
  }

  @Override
  public void freeze(Set<String> layers) {
    tensors.freeze(layers);
    graph.freeze(layers);
  }

  @Override
  public double gradient(MiniBatch batch, long key, Blocks gradients) {
    return gradient(batch, Mode.TRAINING, key, gradients);
  }

  /** The gradient without dropout, which would make the loss another function each time. */
  double checkedGradient(MiniBatch batch, Blocks gradients) {
    return gradient(batch, Mode.CHECK, 0, gradients);
  }

  private double gradient(MiniBatch batch, Mode mode, long key, Blocks gradients) {
    tensors.beginGradients(gradients);
    forward(batch, mode, key);
    double loss = 0;
    for (JvmOutput output : outputs) {
      loss += output.backward(batch);
    }
    graph.backward();
    tensors.end();
    return loss;
  }

  @Override
  public float[][] output(MiniBatch batch) {
    forward(batch, Mode.INFERENCE, 0);
    return answers(batch.size());
  }

  private float[][] answers(int size) {
    float[][] answers = new float[outputs.length][];
    for (int i = 0; i < answers.length; i++) {
      answers[i] = outputs[i].answer(size);
    }
    return answers;
  }

  @Override
  public Scores score(MiniBatch batch) {
    forward(batch, Mode.INFERENCE, 0);
    double[] losses = new double[outputs.length];
    long[] counts = new long[losses.length];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = outputs[i].value(batch);
      counts[i] = outputs[i].numPresent();
    }
    return new Scores(answers(batch.size()), losses, counts);
  }

  private void forward(MiniBatch batch, Mode mode, long key) {
    tensors.begin();
    graph.version(keepsTensors ? loads.get() : 0);
    graph.begin(mode, batch.size(), key, batch.states());
    for (int i = 0; i < inputs.size(); i++) {
      Shape shape = inputs.get(i);
      float[] numbers = batch.numbers(i, shape);
      graph.input(i, numbers, 0, batch.time(i, shape), batch.steps(i, shape));
    }
    graph.forward();
  }

  @Override
  public void close() {}
}
