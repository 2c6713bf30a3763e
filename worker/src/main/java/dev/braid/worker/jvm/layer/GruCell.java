package dev.braid.worker.jvm.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.kernel.GruStep;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.RecurrentKernel;
import java.util.List;

/**
 * The cell of a GRU (arXiv:1406.1078), the reset gate behind the product as in cuDNN. It keeps
 * apart what input and state add to the new state: its sums are those of reset gate, update gate,
 * the new state's of the input, and that of the state.
 */
final class GruCell implements RecurrentCell {
  private final int units;
  private final RecurrentKernel kernel;
  private final GateActivation activation;
  private final Step step = Step.of(1);
  private final GruStep gates =
      new GruStep(step.sums(), step.before()[0], step.after()[0], step.gradient(), step.earlier());

  GruCell(int units, KernelSet kernels) {
    this.units = units;
    this.kernel = kernels.recurrent();
    this.activation = new GateActivation(kernels.activation(), numSums(), units);
  }

  @Override
  public Step step() {
    return step;
  }

  @Override
  public int numSums() {
    return 4;
  }

  @Override
  public List<Part> input() {
    return List.of(new Part(0, 0, 3));
  }

  @Override
  public List<Part> state() {
    return List.of(new Part(0, 0, 2), new Part(3, 2, 1));
  }

  @Override
  public void forward(int row) {
    activation.apply(Activation.SIGMOID, step.sums(), 0, 2);
    kernel.news(gates, units);
    activation.apply(Activation.TANH, step.sums(), 2, 3);
    kernel.states(gates, units);
  }

  @Override
  public void backward(int row) {
    kernel.backward(gates, units);
  }
}
