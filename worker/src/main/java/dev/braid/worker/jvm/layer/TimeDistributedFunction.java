package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.TimeDistributed;
import dev.braid.worker.shape.Node.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A chain of layers over the steps of sequences, each by itself: the steps that are there are one
 * mini-batch of a network of their own.
 */
final class TimeDistributedFunction implements LayerFunction {
  private final boolean readsRows;
  private final int stepSize;
  private final int features;
  private final Graph chain;
  private final Set<String> names;
  private final int last;
  private final List<LayerTensor> tensors = new ArrayList<>();
  private boolean frozen;
  private final Floats part = new Floats();
  private Floats steps = new Floats();
  private Floats stepGradients = new Floats();
  private int[] lengths = {};
  private int numSteps;

  TimeDistributedFunction(TimeDistributed settings, LayerPlan plan, KernelSet kernels) {
    List<LayerPlan> plans = settings.plans(plan.node());
    Source source = plans.get(0).node().sources().get(0);
    readsRows = settings.readsRows();
    stepSize = plan.node().shape().stepSize();
    features = plan.shape().channels();
    last = plans.size();
    names = plans.stream().map(LayerPlan::original).collect(Collectors.toSet());
    chain =
        new Graph(List.of(source.shape()), plans, 0, new int[] {last}, kernels, this::newTensors);
  }

  private List<LayerTensor> newTensors(LayerPlan layer) {
    List<LayerTensor> own = new ArrayList<>();
    layer.parameters().forEach(parameter -> own.add(new LayerTensor()));
    tensors.addAll(own);
    return own;
  }

  @Override
  public void plan(Call call, Room room) {
    long all = (long) call.size() * call.time(0) * stepSize;
    steps = room.kept(all);
    stepGradients = room.scratch(call.wants(0) ? all : 0);
  }

  @Override
  public void forward(Call call) {
    bindTensors(call);
    numSteps = gather(call, call.source(0), steps, stepSize);
    int time = readsRows ? shortenRows() : 0;
    chain.begin(mode(call), numSteps, call.key(), null);
    chain.input(0, steps.array(), steps.at(), time, readsRows ? lengths : null);
    if (call.wants(0)) {
      part.bind(stepGradients.array(), stepGradients.at(), numSteps * stepSize);
      chain.inputGradient(0, part);
    }
    chain.forward();
    spread(call, chain.value(last), call.result(), features);
  }

  /** A layer that is kept as it is has a gradient by its source all the same. */
  private static Mode mode(Call call) {
    if (!call.training()) {
      return call.wants(0) ? Mode.CHECK : Mode.INFERENCE;
    }
    return call.dropout() ? Mode.TRAINING : Mode.CHECK;
  }

  private void bindTensors(Call call) {
    boolean changed = frozen == call.training();
    for (int i = 0; i < tensors.size(); i++) {
      LayerTensor tensor = tensors.get(i);
      bind(tensor.value(), call.tensor(i));
      boolean learns = call.learns(i);
      if (learns) {
        bind(tensor.gradient(), call.tensorGradient(i));
      }
      changed |= learns != tensor.learns();
      tensor.learns(learns);
    }
    if (changed) {
      frozen = !call.training();
      chain.freeze(frozen ? names : Set.of());
    }
  }

  private static void bind(Floats floats, Floats to) {
    floats.bind(to.array(), to.at(), to.size());
  }

  /** Takes the steps that are there out of padded sequences, and says how many they are. */
  private static int gather(Call call, Floats padded, Floats steps, int width) {
    int first = 0;
    for (int i = 0; i < call.size(); i++) {
      int count = numSteps(call, i);
      padded.copy(i * call.time(0) * width, steps, first * width, count * width);
      first += count;
    }
    return first;
  }

  /** The inverse of {@link #gather}. */
  private static void spread(Call call, Floats steps, Floats padded, int width) {
    int first = 0;
    for (int i = 0; i < call.size(); i++) {
      int count = numSteps(call, i);
      steps.copy(first * width, padded, i * call.time(0) * width, count * width);
      first += count;
    }
  }

  private static int numSteps(Call call, int example) {
    return call.lengths(0) == null ? call.time(0) : call.lengths(0)[example];
  }

  /**
   * Leaves out of the rows of indices what is 0 at the end of all of them; a row of 0s has one.
   *
   * @return the length of the longest
   */
  private int shortenRows() {
    if (lengths.length != numSteps) {
      lengths = new int[numSteps];
    }
    int longest = 1;
    for (int row = 0; row < numSteps; row++) {
      int length = stepSize;
      while (length > 1 && steps.array()[steps.at() + row * stepSize + length - 1] == 0) {
        length--;
      }
      lengths[row] = length;
      longest = Math.max(longest, length);
    }
    for (int row = 1; row < numSteps; row++) {
      steps.copy(row * stepSize, steps, row * longest, longest);
    }
    return longest;
  }

  @Override
  public void backward(Call call) {
    if (chain.wantsEnd(0)) {
      gather(call, call.resultGradient(), chain.endGradient(0), features);
      chain.backward();
    }
    if (call.wants(0)) {
      addSourceGradient(call);
    }
  }

  private void addSourceGradient(Call call) {
    Floats gradient = call.clearedSourceGradient(0);
    int first = 0;
    for (int i = 0; i < call.size(); i++) {
      int count = numSteps(call, i);
      stepGradients.add(first * stepSize, gradient, i * call.time(0) * stepSize, count * stepSize);
      first += count;
    }
  }
}
