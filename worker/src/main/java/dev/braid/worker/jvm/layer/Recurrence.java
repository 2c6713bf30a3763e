package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.ReductionKernel;
import java.util.Arrays;
import java.util.function.LongFunction;

/**
 * A recurrent layer in one direction. All values lie step by step, padding left out ({@link
 * StepOrder}). The input's share of the sums is one product for some steps at a time, then the
 * state's is added step by step; backward the gradients of all sums are made first, then those of
 * the weights and of the input by one product each.
 *
 * <p>Each sum begins with its biases; to it are added the terms of the input, then those of the
 * state.
 */
final class Recurrence {
  /** Rows whose sums are begun by one product with the input's weights, if steps have fewer. */
  private static final int ROWS_AT_A_TIME = 256;

  private static final int INPUT_WEIGHTS = 0;
  private static final int STATE_WEIGHTS = 1;
  private static final int INPUT_BIASES = 2;
  private static final int STATE_BIASES = 3;

  /** Tensors of a direction that every kind of cell has. */
  static final int NUM_TENSORS = 4;

  private final RecurrentCell cell;
  private final RecurrentCell.Step step;
  private final Direction direction;
  private final int units;
  private final int width;
  private final int features;
  private final ReductionKernel reductions;
  private final CellWeights inputWeights;
  private final CellWeights stateWeights;
  private final Floats part = new Floats();
  private final Floats partSums = new Floats();
  private final Floats[] states;
  private Floats inputs = new Floats();
  private Floats sums = new Floats();
  private Floats gradients = new Floats();
  private Floats biases = new Floats();
  private boolean keeps;

  /**
   * Where its values come from and go.
   *
   * @param tensor its first tensor among those of the layer
   * @param column its first column of the result
   * @param columns of the result
   * @param reversed whether it reads sequences from their ends
   * @param adds whether another direction has written its columns, and the input's gradient, before
   * @param everyStep whether the result has every step, or only the last
   */
  record Direction(
      int tensor, int column, int columns, boolean reversed, boolean adds, boolean everyStep) {}

  /**
   * @param features of the input
   */
  Recurrence(RecurrentCell cell, Direction direction, int units, int features, KernelSet kernels) {
    this.cell = cell;
    this.step = cell.step();
    this.direction = direction;
    this.units = units;
    this.width = cell.numSums() * units;
    this.features = features;
    this.reductions = kernels.reduction();
    this.inputWeights = new CellWeights(cell.input(), units, width, features, kernels.matrix());
    this.stateWeights = new CellWeights(cell.state(), units, width, units, kernels.matrix());
    this.states = new Floats[step.before().length];
  }

  /** Asks for memory. */
  void plan(Call call, Room room) {
    int size = call.size();
    int all = size * call.time(0);
    keeps = call.wants(0) || learnsAny(call);
    LongFunction<Floats> memory = keeps ? room::kept : room::scratch;
    long rows = keeps ? all : Math.min(all, Math.max(size, ROWS_AT_A_TIME));
    inputs = memory.apply(rows * features);
    sums = memory.apply(rows * width);
    for (int i = 0; i < states.length; i++) {
      states[i] = memory.apply(((keeps ? (long) all : 0) + size) * units);
    }
    gradients = room.scratch(keeps ? (long) all * units : 0);
    biases = room.scratch(width);
    cell.plan(size, keeps ? all : size, room, memory);
  }

  private boolean learnsAny(Call call) {
    for (int i = INPUT_WEIGHTS; i <= STATE_BIASES; i++) {
      if (call.learns(direction.tensor() + i)) {
        return true;
      }
    }
    return false;
  }

  void forward(Call call, StepOrder order) {
    inputWeights.packForward(call.tensor(direction.tensor() + INPUT_WEIGHTS));
    stateWeights.packForward(call.tensor(direction.tensor() + STATE_WEIGHTS));
    cell.begin(call);
    beginStates(call, order);
    int from = 0;
    int to = 0;
    for (int t = 0; t < order.numSteps(); t++) {
      if (t == to) {
        from = t;
        to = beginSums(call, order, t);
      }
      bindStep(order, t, from);
      stateWeights.forward(step.before()[0], step.sums());
      cell.forward(keeps ? order.first(t) : 0);
      writeResult(call, order, t);
      writeLastStates(call, order, t);
    }
  }

  /** The states before the first step. */
  private void beginStates(Call call, StepOrder order) {
    Floats[] carried = call.carried();
    for (int i = 0; i < states.length; i++) {
      part.bind(states[i].array(), states[i].at(), call.size() * units);
      if (carried == null) {
        part.clear();
        continue;
      }
      for (int rank = 0; rank < call.size(); rank++) {
        carried[i].copy(order.example(rank) * units, part, rank * units, units);
      }
    }
  }

  /**
   * Begins the sums of some steps with biases and the input's share.
   *
   * @return the step that is the next
   */
  private int beginSums(Call call, StepOrder order, int from) {
    int to = from + 1;
    int first = order.first(from);
    while (to < order.numSteps()
        && (keeps || order.first(to + 1) - first <= sums.size() / width)
        && order.first(to) - first < ROWS_AT_A_TIME) {
      to++;
    }
    int kept = keeps ? first : 0;
    int rows = order.first(to) - first;
    rows(part, inputs, kept, rows, features);
    for (int t = from; t < to; t++) {
      gatherInputs(call, order, t, (order.first(t) - first) * features);
    }
    rows(partSums, sums, kept, rows, width);
    writeBiases(call);
    for (int row = 0; row < rows; row++) {
      biases.copy(0, partSums, row * width, width);
    }
    inputWeights.forward(part, partSums);
    return to;
  }

  private void gatherInputs(Call call, StepOrder order, int t, int to) {
    Floats source = call.source(0);
    for (int rank = 0; rank < order.active(t); rank++) {
      int from = order.place(t, rank, direction.reversed()) * features;
      source.copy(from, part, to + rank * features, features);
    }
  }

  private void writeBiases(Call call) {
    biases.clear();
    inputWeights.addBiases(call.tensor(direction.tensor() + INPUT_BIASES), biases);
    stateWeights.addBiases(call.tensor(direction.tensor() + STATE_BIASES), biases);
  }

  /**
   * Binds the step's parts of what is kept.
   *
   * @param from the step whose sums are the first, where they are not kept
   */
  private void bindStep(StepOrder order, int t, int from) {
    int count = order.active(t);
    int first = order.first(t);
    rows(step.sums(), sums, keeps ? first : first - order.first(from), count, width);
    for (int i = 0; i < states.length; i++) {
      rows(step.before()[i], states[i], keeps ? first : 0, count, units);
      // of the rows after it those of examples that end here are overwritten by the next step
      rows(step.after()[i], states[i], keeps ? order.first(t + 1) : 0, count, units);
    }
  }

  private static void rows(Floats part, Floats all, int first, int count, int width) {
    part.bind(all.array(), all.at() + first * width, count * width);
  }

  private void writeResult(Call call, StepOrder order, int t) {
    Floats output = step.after()[0];
    Floats result = call.result();
    for (int rank = 0; rank < order.active(t); rank++) {
      if (isAsked(order, t, rank)) {
        int to = resultAt(order, t, rank);
        if (direction.adds() && direction.column() == 0) {
          output.add(rank * units, result, to, units);
        } else {
          output.copy(rank * units, result, to, units);
        }
      }
    }
  }

  private boolean isAsked(StepOrder order, int t, int rank) {
    return direction.everyStep() || t == order.length(rank) - 1;
  }

  /** Where a step's output is in the result. */
  private int resultAt(StepOrder order, int t, int rank) {
    int row =
        direction.everyStep() ? order.place(t, rank, direction.reversed()) : order.example(rank);
    return row * direction.columns() + direction.column();
  }

  /** Hands over the states of examples that end with this step. */
  private void writeLastStates(Call call, StepOrder order, int t) {
    if (call.carried() == null) {
      return;
    }
    for (int rank = order.active(t + 1); rank < order.active(t); rank++) {
      for (int i = 0; i < states.length; i++) {
        Floats carried = call.carried()[i];
        step.after()[i].copy(rank * units, carried, order.example(rank) * units, units);
      }
    }
  }

  void backward(Call call, StepOrder order) {
    stateWeights.packBackward(call.tensor(direction.tensor() + STATE_WEIGHTS));
    cell.begin(call);
    cell.beginBackward(call);
    for (int t = 0; t < order.numSteps(); t++) {
      gatherGradients(call, order, t);
    }
    for (int t = order.numSteps() - 1; t >= 0; t--) {
      bindStep(order, t, 0);
      rows(step.gradient(), gradients, order.first(t), order.active(t), units);
      int earlier = t > 0 ? order.first(t - 1) : 0;
      rows(step.earlier(), gradients, earlier, t > 0 ? order.active(t) : 0, units);
      cell.backward(order.first(t));
      if (t > 0) {
        stateWeights.backward(step.sums(), step.earlier(), true);
      }
    }
    addTensorGradients(call, order);
    if (call.wants(0)) {
      addInputGradients(call, order);
    }
  }

  /** The gradients that arrive by the outputs of a step. */
  private void gatherGradients(Call call, StepOrder order, int t) {
    rows(part, gradients, order.first(t), order.active(t), units);
    for (int rank = 0; rank < order.active(t); rank++) {
      if (isAsked(order, t, rank)) {
        call.resultGradient().copy(resultAt(order, t, rank), part, rank * units, units);
      } else {
        int at = part.at() + rank * units;
        Arrays.fill(part.array(), at, at + units, 0);
      }
    }
  }

  private void addTensorGradients(Call call, StepOrder order) {
    int rows = order.first(order.numSteps());
    int tensor = direction.tensor();
    rows(partSums, sums, 0, rows, width);
    if (call.learns(tensor + STATE_WEIGHTS)) {
      rows(part, states[0], 0, rows, units);
      weightGradient(call, tensor + STATE_WEIGHTS, stateWeights);
    }
    if (call.learns(tensor + INPUT_WEIGHTS)) {
      rows(part, inputs, 0, rows, features);
      weightGradient(call, tensor + INPUT_WEIGHTS, inputWeights);
    }
    reductions.columnSums(partSums, biases, false);
    if (call.learns(tensor + INPUT_BIASES)) {
      inputWeights.addBiasGradients(biases, call.tensorGradient(tensor + INPUT_BIASES));
    }
    if (call.learns(tensor + STATE_BIASES)) {
      stateWeights.addBiasGradients(biases, call.tensorGradient(tensor + STATE_BIASES));
    }
  }

  /** From all sums and what is bound of what they were made from. */
  private void weightGradient(Call call, int tensor, CellWeights weights) {
    boolean adds = !call.beginsTensorGradient(tensor);
    weights.weightGradient(partSums, part, call.tensorGradient(tensor), adds);
  }

  /** They are made where the input was, which is needed no more. */
  private void addInputGradients(Call call, StepOrder order) {
    inputWeights.packBackward(call.tensor(direction.tensor() + INPUT_WEIGHTS));
    rows(part, inputs, 0, order.first(order.numSteps()), features);
    inputWeights.backward(partSums, part, false);
    Floats gradient = call.sourceGradient(0);
    boolean adds = call.adds(0) || direction.adds();
    if (!adds) {
      gradient.clear(); // at the padding
    }
    for (int t = 0; t < order.numSteps(); t++) {
      for (int rank = 0; rank < order.active(t); rank++) {
        int from = (order.first(t) + rank) * features;
        int to = order.place(t, rank, direction.reversed()) * features;
        if (adds) {
          part.add(from, gradient, to, features);
        } else {
          part.copy(from, gradient, to, features);
        }
      }
    }
  }
}
