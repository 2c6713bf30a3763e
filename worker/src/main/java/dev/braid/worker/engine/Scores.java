package dev.braid.worker.engine;

/**
 * What a network answers to a labelled mini-batch in inference mode.
 *
 * @param outputs per output [size x outputs], row-major, after the output's activation
 * @param loss mean over the batch's examples, without L1 and L2
 */
@SuppressWarnings("ArrayRecordComponent") // values in bulk: compared nowhere, copied nowhere
public record Scores(float[][] outputs, double loss) {}
