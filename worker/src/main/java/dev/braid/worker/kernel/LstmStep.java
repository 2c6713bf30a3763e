package dev.braid.worker.kernel;

import dev.braid.worker.function.Activation;

/**
 * One step of an LSTM for some rows: what it reads and writes, bound anew at each step. Gates stand
 * side by side in the order input, forget, cell, output.
 *
 * @param gates activation of the input, forget and output gate
 * @param peepholes weights of input, forget and output gate for the cell, [3 units]; null for none
 * @param sums [rows, 4 units]: forward their values after activation, which backward overwrites by
 *     the gradients of the sums
 * @param before cells before the step, [rows, units]
 * @param after cells after it, which may be {@code before}; forward alone
 * @param squashed tanh of the cells after it, [rows, units]
 * @param gradients of what the step gives
 */
public record LstmStep(
    Activation gates,
    Floats peepholes,
    Floats sums,
    Floats before,
    Floats after,
    Floats squashed,
    Gradients gradients) {

  /**
   * The gradients of what a step gives.
   *
   * @param output by its output, [rows, units]
   * @param cells by the cells after it, overwritten by that by the cells before it, [rows, units]
   * @param peepholes by the peepholes, added to, [3 units]
   */
  public record Gradients(Floats output, Floats cells, Floats peepholes) {}
}
