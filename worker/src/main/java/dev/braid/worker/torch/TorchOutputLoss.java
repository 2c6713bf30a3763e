package dev.braid.worker.torch;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.OutputLoss;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.torch.layer.Activations;
import dev.braid.worker.torch.runtime.Precision;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The loss of one output that libtorch computes: its numbers are read, and the gradient that the
 * loss gives goes back through libtorch's graph.
 */
public final class TorchOutputLoss {
  private final OutputPlan output;
  private final Precision precision;
  private final List<Tensor> parameters;
  private final OutputLoss loss;
  private float[] between = {};

  /**
   * @param parameters of the loss's own
   */
  public TorchOutputLoss(OutputPlan output, Precision precision, List<Tensor> parameters) {
    this.output = output;
    this.precision = precision;
    this.parameters = parameters;
    this.loss = new OutputLoss(output);
  }

  /**
   * The examples that an output is of.
   *
   * @param batch with their labels
   * @param number of the output among the network's
   * @param lengths of the output's examples; null where it is not along time
   */
  @SuppressWarnings("ArrayRecordComponent") // read, not compared
  public record Examples(MiniBatch batch, int number, int[] lengths) {}

  /**
   * Where a backward pass begins: tensors, and the loss's gradients by them.
   *
   * @param from tensors of libtorch's graph
   * @param with one for each
   */
  public record Beginning(List<Tensor> from, List<Tensor> with) {
    /** Nothing yet. */
    public Beginning() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    private void add(Tensor tensor, Tensor gradient) {
      if (tensor.requires_grad()) {
        from.add(tensor);
        with.add(gradient);
      }
    }
  }

  /** The loss times its weight; {@code x} is what the output layer computes, [size, shape...]. */
  public double value(Tensor x, Examples examples) {
    read(ofLoss(x), examples);
    return loss.value(parameters());
  }

  /** The same, with its gradients added to where the backward pass begins. */
  public double value(Tensor x, Examples examples, Beginning beginning) {
    Tensor p = ofLoss(x);
    read(p, examples);
    List<double[]> own = parameters();
    List<double[]> ownGradients = own.stream().map(each -> new double[each.length]).toList();
    double value = loss.backward(own, ownGradients);
    beginning.add(p, tensor(loss.gradient(), p));
    for (int i = 0; i < own.size(); i++) {
      beginning.add(parameters.get(i), tensor(ownGradients.get(i), parameters.get(i)));
    }
    return value;
  }

  /** How many labels of the last mini-batch were present. */
  public long numPresent() {
    return loss.numPresent();
  }

  /**
   * What users see of the output.
   *
   * @param lengths of its examples; null where it is not along time
   */
  public float[] answer(Tensor x, int[] lengths) {
    if (output.loss().answers()) {
      Tensor p = ofLoss(x);
      copy(p, loss.begin(Math.toIntExact(p.size(0)), steps(p), lengths));
      return loss.answer(parameters());
    }
    return precision.numbers(
        Activations.apply(output.finalActivation(), x, Activations.channelDim(output.shape())));
  }

  /** Losses with a link take what the layer computes, others what its activation makes of it. */
  private Tensor ofLoss(Tensor x) {
    return output.loss().link() != null
        ? x
        : Activations.apply(output.finalActivation(), x, Activations.channelDim(output.shape()));
  }

  private void read(Tensor p, Examples of) {
    copy(p, loss.begin(of.batch, of.number, steps(p), of.lengths));
  }

  private int steps(Tensor p) {
    return output.isAlongTime() ? Math.toIntExact(p.size(1)) : 1;
  }

  private void copy(Tensor p, double[] to) {
    int count = loss.count();
    between = between.length >= count ? between : new float[count];
    precision.read(p.contiguous(), to, count, between);
  }

  private List<double[]> parameters() {
    List<double[]> values = new ArrayList<>(parameters.size());
    for (Tensor parameter : parameters) {
      double[] own = new double[Math.toIntExact(parameter.numel())];
      precision.read(parameter.contiguous(), own, own.length, new float[own.length]);
      values.add(own);
    }
    return values;
  }

  /** A tensor of these numbers that is shaped like another. */
  private Tensor tensor(double[] numbers, Tensor like) {
    Tensor tensor = torch.zeros(like.sizes().vec().get(), like.options());
    int count = Math.toIntExact(tensor.numel());
    precision.write(tensor, numbers, count, between.length >= count ? between : new float[count]);
    return tensor;
  }
}
