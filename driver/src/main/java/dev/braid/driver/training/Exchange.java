package dev.braid.driver.training;

import dev.braid.driver.exchange.Agreement;
import dev.braid.driver.run.JobFailed;
import dev.braid.worker.state.State;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** One round's way from one state through the workers to their mean. */
interface Exchange {

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
   * @param steps by all workers together
   * @param longestPass most steps by one worker
   * @param examples trained on
   * @param labelled those of them that have a label
   * @param lossSum sum over these of the loss their step minimised
   * @param firstLoss mean over the workers of the loss of their first step
   * @param spread see {@link Agreement#spread}
   * @param cosine see {@link Agreement#cosine}
   * @param computeSeconds sum over the workers
   * @param exchangeSeconds loading, reading and averaging states, sum over the executors' tasks
   * @param driverSeconds encoding, broadcasting and averaging, on the driver
   * @param miscounted see {@link dev.braid.worker.engine.Replica#miscounted}
   */
  record Outcome(
      long steps,
      int longestPass,
      long examples,
      long labelled,
      double lossSum,
      double firstLoss,
      double spread,
      double cosine,
      double computeSeconds,
      double exchangeSeconds,
      double driverSeconds,
      Set<String> miscounted) {

    /** Mean over the examples that have a label of the loss their step minimised. */
    double loss() {
      return lossSum / Math.max(1, labelled);
    }

    /**
     * The sum of what the workers have done.
     *
     * @param results in worker order
     */
    static Outcome of(
        List<WorkerResult> results, Agreement agreement, double averaging, double driverSeconds) {
      long steps = 0;
      int longestPass = 0;
      long examples = 0;
      long labelled = 0;
      double lossSum = 0;
      double firstLosses = 0;
      double computeSeconds = 0;
      double exchangeSeconds = averaging;
      Set<String> miscounted = new TreeSet<>();
      for (WorkerResult result : results) {
        steps += result.trained().numSteps();
        longestPass = Math.max(longestPass, result.trained().numSteps());
        examples += result.trained().numExamples();
        labelled += result.trained().numLabelled();
        lossSum += result.trained().lossSum();
        firstLosses += result.trained().firstLoss();
        computeSeconds += result.computeSeconds();
        exchangeSeconds += result.exchangeSeconds();
        miscounted.addAll(result.miscounted());
      }
      long[] weights = WorkerResult.weights(results);
      return new Outcome(
          steps,
          longestPass,
          examples,
          labelled,
          lossSum,
          firstLosses / results.size(),
          agreement.spread(weights),
          agreement.cosine(),
          computeSeconds,
          exchangeSeconds,
          driverSeconds,
          miscounted);
    }
  }
}
