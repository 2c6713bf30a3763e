package dev.braid.driver.dl4j;

import dev.braid.driver.dl4j.FitTask.Turn;
import dev.braid.worker.engine.Replica;
import java.io.Serializable;

/**
 * A worker's steps of one round.
 *
 * @param <B> see {@link FitEngine}
 */
interface FitSteps<B> extends Serializable {

  /**
   * Trains a replica on its turn's mini-batches.
   *
   * @param replica holds the round's state
   * @param batches all of the worker's
   * @param seed source of random numbers
   * @param times told of each step
   */
  Done fit(Replica replica, B batches, Turn turn, long seed, int worker, WorkerTimes times);

  /**
   * What has been done.
   *
   * @param examples trained on
   * @param lossSum sum over them of the loss their step minimised
   * @param iteration DL4J's count after the last step
   * @param heard what listeners have stored, as bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Done(long examples, double lossSum, int iteration, byte[] heard) {}
}
