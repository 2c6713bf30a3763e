package dev.braid.worker.jvm;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.OutputLoss;
import dev.braid.worker.function.Activation;
import dev.braid.worker.jvm.layer.Graph;
import dev.braid.worker.jvm.layer.LayerTensor;
import dev.braid.worker.jvm.layer.ShapedActivation;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.network.OutputPlan;
import java.util.Arrays;
import java.util.List;

/** An output of a network: its loss, where its gradient begins, and what users see of it. */
final class JvmOutput {
  private final OutputPlan output;
  private final int number;
  private final Graph graph;
  private final OutputLoss loss;
  private final ShapedActivation activation;
  private final boolean isOfActivated;
  private final LayerTensor[] own;
  private final List<double[]> ownValues;
  private final List<double[]> ownGradients;
  private final Floats activated = new Floats();
  private final Floats gradient = new Floats();

  /**
   * @param number of the output among the network's
   * @param own tensors of the loss's own
   */
  JvmOutput(OutputPlan output, int number, Graph graph, List<LayerTensor> own, KernelSet kernels) {
    this.output = output;
    this.number = number;
    this.graph = graph;
    this.loss = new OutputLoss(output);
    this.activation = new ShapedActivation(output.finalActivation(), output.shape(), kernels);
    isOfActivated = output.loss().link() == null && activates();
    this.own = own.toArray(new LayerTensor[0]);
    List<Integer> sizes =
        output.loss().parameters(output.numUnits()).stream()
            .map(parameter -> Math.toIntExact(parameter.size()))
            .toList();
    ownValues = sizes.stream().map(double[]::new).toList();
    ownGradients = sizes.stream().map(double[]::new).toList();
  }

  private boolean activates() {
    return output.finalActivation() != Activation.IDENTITY;
  }

  /** The loss times its weight. */
  double value(MiniBatch batch) {
    readForLoss(batch);
    return loss.value(ownValues);
  }

  /** The same; its gradients go to the network's end and to the tensors of the loss's own. */
  double backward(MiniBatch batch) {
    readForLoss(batch);
    double value = loss.backward(ownValues, ownGradients);
    for (int i = 0; i < own.length; i++) {
      if (own[i].learns()) {
        addGradient(ownGradients.get(i), own[i].begunGradient());
      }
    }
    if (graph.wantsEnd(number)) {
      writeGradient(batch.size());
    }
    return value;
  }

  /** How many labels of the last mini-batch were present. */
  long numPresent() {
    return loss.numPresent();
  }

  /** What users see. */
  float[] answer(int size) {
    if (output.loss().answers()) {
      Floats x = ofLoss(size);
      copy(x, loss.begin(size, steps(), lengths()));
      readOwn();
      return loss.answer(ownValues);
    }
    Floats x = graph.value(output.index());
    if (!activates()) {
      return Arrays.copyOfRange(x.array(), x.at(), x.at() + x.size());
    }
    float[] answer = new float[x.size()];
    activation.forward(size, x, activated.bind(answer, 0, answer.length));
    return answer;
  }

  private void readForLoss(MiniBatch batch) {
    copy(ofLoss(batch.size()), loss.begin(batch, number, steps(), lengths()));
    readOwn();
  }

  /** Losses with a link take what the layer computes, others what its activation makes of it. */
  private Floats ofLoss(int size) {
    Floats x = graph.value(output.index());
    if (!isOfActivated) {
      return x;
    }
    room(activated, x.size());
    activation.forward(size, x, activated);
    return activated;
  }

  private int steps() {
    return output.isAlongTime() ? graph.time(output.index()) : 1;
  }

  private int[] lengths() {
    return graph.lengths(output.index());
  }

  private void readOwn() {
    for (int i = 0; i < own.length; i++) {
      copy(own[i].value(), ownValues.get(i));
    }
  }

  private void writeGradient(int size) {
    Floats end = graph.endGradient(number);
    if (isOfActivated) {
      room(gradient, end.size());
      copy(loss.gradient(), gradient);
      activation.backward(size, graph.value(output.index()), activated, gradient, gradient);
      move(gradient, end);
    } else if (graph.addsToEnd(number)) {
      addGradient(loss.gradient(), end);
    } else {
      copy(loss.gradient(), end);
    }
  }

  private void move(Floats from, Floats to) {
    if (!graph.addsToEnd(number)) {
      System.arraycopy(from.array(), from.at(), to.array(), to.at(), to.size());
      return;
    }
    for (int i = 0; i < to.size(); i++) {
      to.array()[to.at() + i] += from.array()[from.at() + i];
    }
  }

  private static void room(Floats floats, int size) {
    float[] array = floats.array().length >= size ? floats.array() : new float[size];
    floats.bind(array, 0, size);
  }

  private static void copy(Floats from, double[] to) {
    for (int i = 0; i < from.size(); i++) {
      to[i] = from.array()[from.at() + i];
    }
  }

  private static void copy(double[] from, Floats to) {
    for (int i = 0; i < to.size(); i++) {
      to.array()[to.at() + i] = (float) from[i];
    }
  }

  private static void addGradient(double[] from, Floats to) {
    for (int i = 0; i < to.size(); i++) {
      to.array()[to.at() + i] += (float) from[i];
    }
  }
}
