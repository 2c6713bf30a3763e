package dev.braid.worker.torch;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Differentiable;
import dev.braid.worker.engine.Scores;
import dev.braid.worker.layer.Indices;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.StateLayout;
import dev.braid.worker.torch.TorchOutputLoss.Beginning;
import dev.braid.worker.torch.TorchOutputLoss.Examples;
import dev.braid.worker.torch.layer.Carried;
import dev.braid.worker.torch.layer.ConvolutionAndPooling;
import dev.braid.worker.torch.layer.Forward;
import dev.braid.worker.torch.layer.Forwards;
import dev.braid.worker.torch.layer.Lengths;
import dev.braid.worker.torch.layer.Pass;
import dev.braid.worker.torch.layer.TorchLayer;
import dev.braid.worker.torch.runtime.Memory;
import dev.braid.worker.torch.runtime.Native;
import dev.braid.worker.torch.runtime.Precision;
import dev.braid.worker.torch.runtime.Staging;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A network on libtorch. One thread computes; the same state, mini-batch and key give the same bits
 * whatever other networks do at the same time.
 */
public final class TorchNetwork implements Differentiable {
  private final NetworkPlan plan;
  private final Precision precision;
  private final PointerScope lifetime;
  private final Memory memory;
  private final List<LayerForward> layers = new ArrayList<>();
  private final List<Shape> inputShapes;
  private final List<Staging> inputs = new ArrayList<>();
  private final boolean isRagged;
  private final List<TorchOutputLoss> outputLosses = new ArrayList<>();
  private Set<String> frozen = Set.of();

  /** All values of the network, and the lengths of those that are ragged. */
  @SuppressWarnings("ArrayRecordComponent") // of one pass; nobody compares them
  private record Computed(NetworkPlan plan, Tensor[] values, Lengths[] lengths) {
    Tensor output(int i) {
      return values[plan.outputs().get(i).index()];
    }

    int[] lengthsOf(int i) {
      Lengths own = lengths[plan.outputs().get(i).index()];
      return own == null ? null : own.steps();
    }

    Examples examples(int i, MiniBatch batch) {
      return new Examples(batch, i, lengthsOf(i));
    }
  }

  /** A layer and its function. */
  private record LayerForward(LayerPlan plan, Forward forward) {
    Node node() {
      return plan.node();
    }
  }

  /** A network that computes in floats; its parameters are undefined until loaded. */
  public TorchNetwork(NetworkPlan plan) {
    this(plan, Precision.FLOAT);
  }

  /** A network that computes in numbers of the given precision. */
  public TorchNetwork(NetworkPlan plan, Precision precision) {
    this(plan, precision, null);
  }

  /**
   * @param shared memory of another network, which must outlive this one; null for memory of its
   *     own
   */
  private TorchNetwork(NetworkPlan plan, Precision precision, Memory shared) {
    this.plan = plan;
    this.precision = precision;
    this.inputShapes = List.copyOf(plan.inputs().values());
    this.isRagged = plan.isRagged();
    Native.prepareThread();
    lifetime = new PointerScope();
    try {
      memory = shared == null ? new Memory(plan.layout(), precision) : shared;
      for (int i = 0; i < plan.layers().size(); i++) {
        LayerPlan layer = plan.layers().get(i);
        layers.add(
            new LayerForward(
                layer,
                Forwards.of(TorchLayer.in(memory, layer, plan.firstLayer() + i, precision))));
      }
      for (OutputPlan output : plan.outputs()) {
        outputLosses.add(new TorchOutputLoss(output, precision, ownParameters(output)));
      }
      inputShapes.forEach(shape -> inputs.add(new Staging(precision)));
      lifetime.extend();
    } finally {
      lifetime.close();
    }
  }

  /**
   * A network for another thread that reads the very parameters and statistics of this one: only
   * what it computes takes memory. For answers alone; it must be closed before this one is.
   */
  public TorchNetwork sharingWeights() {
    return new TorchNetwork(plan, precision, memory);
  }

  @Override
  public StateLayout layout() {
    return plan.layout();
  }

  @Override
  public void loadParams(Blocks params) {
    memory.loadParams(params);
  }

  @Override
  public void loadStatistics(Blocks statistics) {
    memory.loadStatistics(statistics);
  }

  @Override
  public void readStatistics(Blocks statistics) {
    memory.readStatistics(statistics);
  }

  @Override
  public void freeze(Set<String> layers) {
    Native.prepareThread();
    frozen = Set.copyOf(layers);
    lifetime.attach(memory.freeze(frozen));
  }

  @Override
  public double gradient(MiniBatch batch, long key, Blocks gradients) {
    return Native.scoped(
        batch.size(),
        () -> {
          Pass pass = Pass.training(batch.size(), key);
          Beginning beginning = new Beginning();
          double loss = loss(forward(batch, pass), batch, beginning);
          memory.readGradients(
              pass.tape().gradients(beginning.from(), beginning.with(), memory.learningLeaves()),
              gradients);
          return loss;
        });
  }

  /** The flat parameters themselves; for a network in double precision. */
  DoublePointer doubleParams() {
    return memory.doubleParams();
  }

  /** The loss in training mode without dropout. */
  double checkedLoss(MiniBatch batch) {
    return Native.scopedWithoutGradients(
        batch.size(), () -> loss(forward(batch, Pass.check(batch.size())), batch));
  }

  /** The gradient of {@link #checkedLoss}; for a network in double precision. */
  double[] checkedGradient(MiniBatch batch) {
    return Native.scoped(
        batch.size(),
        () -> {
          Pass pass = Pass.check(batch.size());
          Beginning beginning = new Beginning();
          loss(forward(batch, pass), batch, beginning);
          return memory.doubleGradients(
              pass.tape().gradients(beginning.from(), beginning.with(), memory.leaves()));
        });
  }

  @Override
  public float[][] output(MiniBatch batch) {
    return Native.scopedWithoutGradients(
        batch.size(), () -> outputs(forward(batch, Pass.inference(batch.size()))));
  }

  @Override
  public Scores score(MiniBatch batch) {
    return Native.scopedWithoutGradients(
        batch.size(),
        () -> {
          Computed computed = forward(batch, Pass.inference(batch.size()));
          double[] losses = new double[plan.outputs().size()];
          long[] counts = new long[losses.length];
          for (int i = 0; i < losses.length; i++) {
            TorchOutputLoss loss = outputLosses.get(i);
            losses[i] = loss.value(computed.output(i), computed.examples(i, batch));
            counts[i] = loss.numPresent();
          }
          return new Scores(outputs(computed), losses, counts);
        });
  }

  @Override
  public void close() {
    inputs.forEach(Staging::close);
    lifetime.close();
  }

  /** All values of the network: inputs first, then layers in order. */
  private Computed forward(MiniBatch batch, Pass pass) {
    Tensor[] values = new Tensor[inputShapes.size() + layers.size()];
    Lengths[] lengths = new Lengths[values.length];
    for (int i = 0; i < inputShapes.size(); i++) {
      Shape shape = batch.padded(i, inputShapes.get(i));
      values[i] = input(i, shape, batch);
      int[] steps = batch.steps(i, inputShapes.get(i));
      lengths[i] = steps == null ? null : new Lengths(steps, shape.sizes().get(0));
    }
    boolean carries = batch.states() != null;
    Pass learning = carries ? pass.carrying(new Carried(batch.states(), precision)) : pass;
    Pass evaluation = learning.evaluationMode();
    for (int i = 0; i < layers.size(); i++) {
      LayerForward layer = layers.get(i);
      Pass here = frozen.contains(layer.plan.original()) ? evaluation : learning;
      int value = inputShapes.size() + i;
      if (isRagged) {
        Lengths[] lengthsRead = read(layer, lengths, new Lengths[layer.node().sources().size()]);
        here = here.reading(Arrays.asList(lengthsRead));
        lengths[value] = Lengths.of(layer.plan, lengthsRead);
      }
      Tensor[] read = read(layer, values, new Tensor[layer.node().sources().size()]);
      values[value] = apply(layer, read, here);
    }
    return new Computed(plan, values, lengths);
  }

  /** What a layer reads of {@code values}, those of the inputs and of the layers before it. */
  private static <T> T[] read(LayerForward layer, T[] values, T[] read) {
    for (int k = 0; k < read.length; k++) {
      read[k] = values[layer.node().sources().get(k).index()];
    }
    return read;
  }

  private static Tensor apply(LayerForward layer, Tensor[] read, Pass pass) {
    try {
      return layer.forward.apply(read, pass);
    } catch (RuntimeException e) {
      throw Native.explain(e, "in layer '" + layer.node().name() + "'", pass.size());
    }
  }

  private Tensor input(int i, Shape shape, MiniBatch batch) {
    float[] numbers = batch.numbers(i, shape);
    for (LayerPlan layer : plan.layers()) {
      if (layer.layer().numIndices() > 0 && readsInput(layer, i)) {
        Indices.require(
            layer.node().name(), layer.layer().numIndices(), numbers, 0, numbers.length);
      }
    }
    Tensor x = inputs.get(i).load(numbers, Precision.batched(batch.size(), shape.sizes()));
    return shape.rank() == 3 ? ConvolutionAndPooling.channelsInnermost(x) : x;
  }

  private static boolean readsInput(LayerPlan layer, int input) {
    return layer.node().sources().get(0).index() == input;
  }

  /** The tensors of the output layer that are its loss's own. */
  private List<Tensor> ownParameters(OutputPlan output) {
    LayerPlan layer = plan.layers().get(output.index() - plan.inputs().size());
    return output.loss().parameters(output.numUnits()).stream()
        .map(parameter -> memory.tensor(layer.nameOf(parameter)))
        .toList();
  }

  /** The weighted sum of the outputs' losses. */
  private double loss(Computed computed, MiniBatch batch) {
    double sum = 0;
    for (int i = 0; i < outputLosses.size(); i++) {
      sum += outputLosses.get(i).value(computed.output(i), computed.examples(i, batch));
    }
    return sum;
  }

  /** The same, with where the backward pass begins. */
  private double loss(Computed computed, MiniBatch batch, Beginning beginning) {
    double sum = 0;
    for (int i = 0; i < outputLosses.size(); i++) {
      sum += outputLosses.get(i).value(computed.output(i), computed.examples(i, batch), beginning);
    }
    return sum;
  }

  private float[][] outputs(Computed computed) {
    float[][] outputs = new float[outputLosses.size()][];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = outputLosses.get(i).answer(computed.output(i), computed.lengthsOf(i));
    }
    return outputs;
  }
}
