package dev.braid.worker.jvm.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.kernel.ActivationKernel;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import java.util.List;

/** The cell without gates: h' = activation(sum). */
final class SimpleCell implements RecurrentCell {
  private static final List<Part> ALL = List.of(new Part(0, 0, 1));

  private final Activation activation;
  private final ActivationKernel kernel;
  private final Step step = Step.of(1);

  SimpleCell(Activation activation, KernelSet kernels) {
    this.activation = activation;
    this.kernel = kernels.activation();
  }

  @Override
  public Step step() {
    return step;
  }

  @Override
  public int numSums() {
    return 1;
  }

  @Override
  public List<Part> input() {
    return ALL;
  }

  @Override
  public List<Part> state() {
    return ALL;
  }

  @Override
  public void forward(int row) {
    kernel.forward(activation, step.sums(), step.sums());
    copy(step.sums(), step.after()[0]);
  }

  @Override
  public void backward(int row) {
    kernel.backward(activation, null, step.sums(), step.gradient(), step.gradient());
    copy(step.gradient(), step.sums());
  }

  private static void copy(Floats from, Floats to) {
    System.arraycopy(from.array(), from.at(), to.array(), to.at(), from.size());
  }
}
