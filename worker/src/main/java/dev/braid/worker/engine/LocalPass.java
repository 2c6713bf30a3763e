package dev.braid.worker.engine;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.random.Counter;

/**
 * What one worker does in one round: optimizer steps on the next mini-batches of its shard.
 *
 * @param seed the run's seed
 * @param epoch passes over the data done before, from 0
 * @param worker which logical worker this is, from 0
 * @param cursor mini-batches of this epoch's pass over the shard that are done, from 0
 * @param localSteps how many to do; fewer are done where the shard ends
 * @param step optimizer steps done before this round by all workers together
 * @param stride how many workers step side by side: the run's step counter moves on by as many
 * @param update updates this state has undergone before
 */
public record LocalPass(
    long seed,
    int epoch,
    int worker,
    int cursor,
    int localSteps,
    long step,
    int stride,
    long update) {

  /** Key of the order in which an epoch takes a worker's examples. */
  public static long orderKey(long seed, int epoch, int worker) {
    return Counter.key(seed, 1, epoch, worker);
  }

  /** How many steps {@link #run} takes on a shard of {@code numMiniBatches}. */
  public int numSteps(int numMiniBatches) {
    return Math.max(0, Math.min(localSteps, numMiniBatches - cursor));
  }

  /**
   * Trains the replica, which must hold the round's state, on the mini-batches from the cursor on.
   *
   * @throws LossNotFinite when a step's loss is NaN or infinite
   */
  public Trained run(Replica replica, MiniBatches miniBatches) {
    int numSteps = numSteps(miniBatches.count());
    long numExamples = 0;
    double lossSum = 0;
    for (int i = 0; i < numSteps; i++) {
      MiniBatch miniBatch = miniBatches.get(cursor + i);
      double loss = replica.step(miniBatch, moment(i));
      if (!Double.isFinite(loss)) {
        throw new LossNotFinite(loss, worker, i);
      }
      numExamples += miniBatch.size();
      lossSum += loss * miniBatch.size();
    }
    return new Trained(numSteps, numExamples, lossSum);
  }

  private Moment moment(int i) {
    return new Moment(
        epoch,
        step + (long) i * stride,
        update + i,
        Counter.key(seed, 2, epoch, worker, cursor + i));
  }

  /**
   * What a local pass has done.
   *
   * @param numSteps optimizer steps
   * @param numExamples examples seen
   * @param lossSum sum over the examples of the loss their step minimised
   */
  public record Trained(int numSteps, long numExamples, double lossSum) {}
}
