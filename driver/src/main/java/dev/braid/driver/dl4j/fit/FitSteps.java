package dev.braid.driver.dl4j.fit;

import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.Replica;
import java.io.Serializable;

/**
 * A worker's steps of one round.
 *
 * @param <B> see {@link FitEngine}
 */
public interface FitSteps<B> extends Serializable {

  /**
   * Trains a replica on the mini-batches of its pass.
   *
   * @param replica holds the round's state
   * @param batches all of the worker's
   * @param pass which of them are to be taken; its shard is the worker's number, its update DL4J's
   *     iteration
   * @param seed source of random numbers
   * @param times told of each step
   */
  Done fit(Replica replica, B batches, LocalPass pass, long seed, WorkerTimes times);

  /** The first mini-batch after a pass, of a worker that has {@code count}. */
  static int end(LocalPass pass, int count) {
    return Math.min(pass.cursor() + pass.localSteps(), count);
  }

  /**
   * What has been done.
   *
   * @param trained its steps are DL4J's iterations; each example counts as one with a label
   * @param heard what listeners have stored, as bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Done(LocalPass.PassResult trained, byte[] heard) {
    static Done of(int steps, long examples, double lossSum, byte[] heard) {
      double firstLoss = Double.NaN; // which nobody asks for
      return new Done(
          new LocalPass.PassResult(steps, examples, examples, lossSum, firstLoss), heard);
    }
  }
}
