package dev.braid.worker.engine;

import dev.braid.worker.data.Buckets;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Shard;
import dev.braid.worker.data.States;
import dev.braid.worker.data.Windows;
import dev.braid.worker.random.RandomStream;
import dev.braid.worker.random.SplitMix;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What one worker does in one round: optimizer steps on the next mini-batches of its shard.
 *
 * @param epoch passes over the data done before, from 0
 * @param shard number of the shard the worker trains on, from 0
 * @param cursor mini-batches of this epoch's pass over the shard that are done, from 0
 * @param localSteps how many of them to do; fewer are done where the shard ends
 * @param counts how far the run and the worker's state have come
 * @param rateFactor what the learning rate is multiplied with on top of its schedule
 */
public record LocalPass(
    int epoch, int shard, int cursor, int localSteps, Counts counts, double rateFactor)
    implements Serializable {

  /**
   * How far a run has come before a round.
   *
   * @param steps optimizer steps done by all workers together
   * @param stride how many workers step side by side: the steps move on by as many at a time
   * @param updates that the worker's state has undergone
   */
  public record Counts(long steps, int stride, long updates) implements Serializable {}

  /** The order in which an epoch takes a shard's examples, as mini-batches. */
  public static MiniBatches miniBatches(RunSpec spec, Shard examples, int epoch, int shard) {
    return miniBatches(spec, examples, epoch, shard, order(spec, examples, epoch, shard));
  }

  /**
   * The same, for whoever keeps the order.
   *
   * @param order of {@link #order}; kept, not copied
   */
  public static MiniBatches miniBatches(
      RunSpec spec, Shard examples, int epoch, int shard, int[] order) {
    return MiniBatches.ordered(examples, spec.batchSize(), spec.normalisers(), order)
        .weighted(spec.labelWeights())
        .augmented(spec.augmentations(), RandomStream.AUGMENTATION.key(spec.seed(), epoch, shard));
  }

  /** That order: the numbers of all examples of the shard. */
  public static int[] order(RunSpec spec, Shard examples, int epoch, int shard) {
    int[] drawn =
        SplitMix.permutation(
            examples.size(), RandomStream.EXAMPLE_ORDER.key(spec.seed(), epoch, shard));
    long key = RandomStream.BATCH_ORDER.key(spec.seed(), epoch, shard);
    return Buckets.order(examples, drawn, spec.batchSize(), key);
  }

  /**
   * Trains the replica, which must hold the round's state, on the mini-batches from the cursor on;
   * where they are taken window by window, each window is a step, and the pass ends where a
   * mini-batch does. Stops at the first loss that is NaN or infinite: {@code lossSum} is that loss
   * then, and {@code numSteps} counts the steps before it.
   */
  public PassResult run(Replica replica, RunSpec spec, Shard examples) {
    return run(replica, spec, miniBatches(spec, examples, epoch, shard));
  }

  /**
   * The same, for whoever keeps the order from one round to the next.
   *
   * @param miniBatches all of the epoch's, see {@link #miniBatches}
   */
  public PassResult run(Replica replica, RunSpec spec, MiniBatches miniBatches) {
    int count = Math.max(0, Math.min(localSteps, miniBatches.count() - cursor));
    Steps steps = new Steps(replica);
    for (int i = 0; i < count && steps.areFinite(); i++) {
      MiniBatch miniBatch = miniBatches.get(cursor + i);
      if (spec.windows() == null) {
        steps.take(miniBatch, RandomStream.STEP.key(spec.seed(), epoch, shard, cursor + i));
      } else {
        takeWindows(steps, spec, miniBatch, cursor + i);
      }
      steps.numExamples += steps.areFinite() ? miniBatch.size() : 0;
    }
    return steps.result();
  }

  private void takeWindows(Steps steps, RunSpec spec, MiniBatch miniBatch, int number) {
    States states = States.zeros(miniBatch.size(), spec.windows().stateWidths());
    int[] rows = IntStream.range(0, miniBatch.size()).toArray();
    int windows = 0;
    for (Windows.Window window : spec.windows().of(miniBatch)) {
      if (!Arrays.equals(rows, window.rows())) {
        states = states.rows(places(window.rows(), rows));
        rows = window.rows();
      }
      long key = RandomStream.STEP.key(spec.seed(), epoch, shard, number, windows++);
      MiniBatch next = window.batch().from(states);
      if (next.numLabelled() > 0) {
        steps.take(next, key);
      } else {
        steps.replica.output(next); // nothing to learn from, but to remember
      }
      if (!steps.areFinite()) {
        return;
      }
    }
  }

  /** The places of some of the rows among all, both ascending. */
  private static int[] places(int[] some, int[] all) {
    return Arrays.stream(some).map(row -> Arrays.binarySearch(all, row)).toArray();
  }

  /** The optimizer steps of this pass. */
  private final class Steps {
    private final Replica replica;
    private int numSteps;
    private long numExamples;
    private long numLabelled;
    private double lossSum;
    private double firstLoss;
    private double loss;

    Steps(Replica replica) {
      this.replica = replica;
    }

    void take(MiniBatch miniBatch, long key) {
      loss = replica.step(miniBatch, context(key, numSteps));
      firstLoss = numSteps == 0 ? loss : firstLoss;
      if (areFinite()) {
        long weight = miniBatch.weight();
        numSteps++;
        numLabelled += weight;
        lossSum += loss * weight;
      }
    }

    boolean areFinite() {
      return Double.isFinite(loss);
    }

    PassResult result() {
      return new PassResult(
          numSteps, numExamples, numLabelled, areFinite() ? lossSum : loss, firstLoss);
    }
  }

  /**
   * Where in the run the {@code i}-th step of this pass stands.
   *
   * @param key source of its random numbers
   */
  public StepContext context(long key, int i) {
    long step = counts.steps + (long) i * counts.stride;
    return new StepContext(epoch, step, counts.updates + i, key, rateFactor);
  }

  /**
   * What a local pass has done.
   *
   * @param numSteps optimizer steps
   * @param numExamples examples seen
   * @param numLabelled those of them that have a label, what the worker counts by; with weights of
   *     classes the sum of its labels' weights
   * @param lossSum sum over these of the loss their step minimised
   * @param firstLoss of the first step
   */
  public record PassResult(
      int numSteps, long numExamples, long numLabelled, double lossSum, double firstLoss) {}
}
