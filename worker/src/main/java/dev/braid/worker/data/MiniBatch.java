package dev.braid.worker.data;

/**
 * The examples of one optimizer step, normalised, ready for an engine.
 *
 * @param size number of examples
 * @param inputs per input of the network its values, [size x features], row-major
 * @param labels per output its labels: a class index per example (or per time step) for
 *     classification, numbers for regression, 0 or 1 for multi-label; NaN where a label is missing
 */
@SuppressWarnings("ArrayRecordComponent") // values in bulk: compared nowhere, copied nowhere
public record MiniBatch(int size, float[][] inputs, float[][] labels) {}
