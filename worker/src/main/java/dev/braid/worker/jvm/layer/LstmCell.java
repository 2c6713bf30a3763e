package dev.braid.worker.jvm.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.kernel.ActivationKernel;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.LstmStep;
import dev.braid.worker.kernel.LstmStep.Gradients;
import dev.braid.worker.kernel.RecurrentKernel;
import dev.braid.worker.layer.Lstm;
import java.util.List;
import java.util.function.LongFunction;

/** The cell of an LSTM; its states are output and cell. */
final class LstmCell implements RecurrentCell {
  private static final List<Part> ALL = List.of(new Part(0, 0, 4));
  private static final int PEEPHOLES = 3;

  private final int units;
  private final int peepholes;
  private final RecurrentKernel kernel;
  private final ActivationKernel activation;
  private final GateActivation gates;
  private final Step step = Step.of(2);
  private final Floats squashed = new Floats();
  private final Floats ofCells = new Floats();
  private final LstmStep lstm;
  private Floats allSquashed = new Floats();
  private Floats allOfCells = new Floats();
  private Floats unasked = new Floats();

  /**
   * @param peepholes which of the layer's tensors they are, where it has some
   */
  LstmCell(Lstm settings, int peepholes, KernelSet kernels) {
    this.units = settings.units();
    this.peepholes = settings.peepholes() ? peepholes : -1;
    this.kernel = kernels.recurrent();
    this.activation = kernels.activation();
    this.gates = new GateActivation(activation, numSums(), units);
    this.lstm =
        new LstmStep(
            settings.gates(),
            settings.peepholes() ? new Floats() : null,
            step.sums(),
            step.before()[1],
            step.after()[1],
            squashed,
            new Gradients(step.gradient(), ofCells, new Floats()));
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
    return ALL;
  }

  @Override
  public List<Part> state() {
    return ALL;
  }

  @Override
  public void plan(int size, int numRows, Room room, LongFunction<Floats> memory) {
    allSquashed = memory.apply((long) numRows * units);
    allOfCells = room.scratch((long) size * units);
    unasked = room.scratch(hasPeepholes() ? (long) PEEPHOLES * units : 0);
  }

  private boolean hasPeepholes() {
    return peepholes >= 0;
  }

  @Override
  public void begin(Call call) {
    if (hasPeepholes()) {
      bind(lstm.peepholes(), call.tensor(peepholes));
    }
  }

  @Override
  public void beginBackward(Call call) {
    allOfCells.clear();
    if (hasPeepholes()) {
      unasked.clear();
      boolean learns = call.learns(peepholes);
      bind(lstm.gradients().peepholes(), learns ? call.tensorGradient(peepholes) : unasked);
    }
  }

  private static void bind(Floats floats, Floats to) {
    floats.bind(to.array(), to.at(), to.size());
  }

  private void bindRows(int row) {
    int size = step.before()[0].size();
    squashed.bind(allSquashed.array(), allSquashed.at() + row * units, size);
  }

  @Override
  public void forward(int row) {
    bindRows(row);
    if (hasPeepholes()) {
      kernel.addPeepholes(lstm, units);
    }
    gates.apply(lstm.gates(), step.sums(), 0, 2);
    gates.apply(Activation.TANH, step.sums(), 2, 3);
    kernel.cells(lstm, units);
    gates.apply(lstm.gates(), step.sums(), 3, 4);
    activation.forward(Activation.TANH, step.after()[1], squashed);
    kernel.outputs(lstm, step.after()[0], units);
  }

  @Override
  public void backward(int row) {
    bindRows(row);
    ofCells.bind(allOfCells.array(), allOfCells.at(), step.before()[0].size());
    kernel.backward(lstm, units);
  }
}
