package dev.braid.driver.exchange;

import dev.braid.driver.run.JobFailed;
import dev.braid.worker.state.State;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** One round's way from one state through the workers to their mean. */
public interface Exchange {

  /**
   * Trains and averages.
   *
   * @param state what the workers begin with; overwritten with their mean
   * @throws Diverged when a worker's loss or state became NaN or infinite; see {@link #keepsState}
   * @throws JobFailed when the executors could not do it; see {@link #keepsState}
   */
  Outcome run(State state, Round round);

  /** Whether the state is as it was before after a round that has failed. */
  boolean keepsState();

  /**
   * What a round has done to the state.
   *
   * @param totals of the workers' passes
   * @param spread see {@link WorkerDivergence#spread}
   * @param cosine see {@link WorkerDivergence#cosine}
   * @param seconds it took
   * @param miscounted see {@link dev.braid.worker.engine.Replica#miscounted}
   */
  record Outcome(
      Totals totals, double spread, double cosine, Seconds seconds, Set<String> miscounted) {

    /**
     * What the workers have done.
     *
     * @param results in worker order
     * @param averaging seconds that the executors took to average
     * @param driver see {@link Seconds#driver}
     */
    public static Outcome of(
        List<WorkerResult> results, WorkerDivergence divergence, double averaging, double driver) {
      double computing = 0;
      double exchanging = averaging;
      Set<String> miscounted = new TreeSet<>();
      for (WorkerResult result : results) {
        computing += result.computeSeconds();
        exchanging += result.exchangeSeconds();
        miscounted.addAll(result.miscounted());
      }
      return new Outcome(
          Totals.of(results),
          divergence.spread(WorkerResult.weights(results)),
          divergence.cosine(),
          new Seconds(computing, exchanging, driver),
          miscounted);
    }
  }

  /**
   * What the workers' passes add up to.
   *
   * @param steps by all workers together
   * @param longestPass most steps by one worker
   * @param examples trained on
   * @param labelled those of them that have a label
   * @param lossSum sum over these of the loss their step minimised
   * @param firstLoss mean over the workers of the loss of their first step
   */
  record Totals(
      long steps, int longestPass, long examples, long labelled, double lossSum, double firstLoss) {

    /** Mean over the examples that have a label of the loss their step minimised. */
    public double loss() {
      return lossSum / Math.max(1, labelled);
    }

    /** The sums of what the workers say. */
    public static Totals of(List<WorkerResult> results) {
      long steps = 0;
      int longestPass = 0;
      long examples = 0;
      long labelled = 0;
      double lossSum = 0;
      double firstLosses = 0;
      for (WorkerResult result : results) {
        steps += result.trained().numSteps();
        longestPass = Math.max(longestPass, result.trained().numSteps());
        examples += result.trained().numExamples();
        labelled += result.trained().numLabelled();
        lossSum += result.trained().lossSum();
        firstLosses += result.trained().firstLoss();
      }
      return new Totals(
          steps, longestPass, examples, labelled, lossSum, firstLosses / results.size());
    }
  }

  /**
   * Where a round's time went.
   *
   * @param computing in local passes, sum over the workers
   * @param exchanging loading, reading and averaging states, sum over the executors' tasks
   * @param driver encoding, broadcasting and averaging, on the driver
   */
  record Seconds(double computing, double exchanging, double driver) {}
}
