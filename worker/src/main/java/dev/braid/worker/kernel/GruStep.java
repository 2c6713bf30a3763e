package dev.braid.worker.kernel;

/**
 * One step of a GRU for some rows: what it reads and writes, bound anew at each step. Its sums
 * stand side by side in the order reset gate, update gate, and for the new state the input's share
 * and the state's.
 *
 * @param sums [rows, 4 units]: forward their values after activation, but for the last, which is
 *     none; backward overwrites them by their gradients
 * @param before states before the step, [rows, units]
 * @param after states after it, which may be {@code before}; forward alone
 * @param afterGradient by the states after it, [rows, units]
 * @param beforeGradient by the states before it, [rows, units], added to; of no size where nobody
 *     asks
 */
public record GruStep(
    Floats sums, Floats before, Floats after, Floats afterGradient, Floats beforeGradient) {}
