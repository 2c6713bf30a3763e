package dev.braid.driver.training;

import dev.braid.driver.data.Shards;
import dev.braid.driver.exchange.StateBytes;
import dev.braid.driver.exchange.WeightedMean;
import dev.braid.worker.engine.LocalPass.Trained;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * One round: the driver broadcasts the state, each worker returns its own, and the driver averages
 * them. The driver holds one state per worker.
 */
final class DirectExchange {
  private final JavaSparkContext sc;
  private final Shards shards;
  private final StateLayout layout;
  private final Broadcast<byte[]> spec;
  private final List<State> returned = new ArrayList<>();

  DirectExchange(JavaSparkContext sc, Shards shards, StateLayout layout, Broadcast<byte[]> spec) {
    this.sc = sc;
    this.shards = shards;
    this.layout = layout;
    this.spec = spec;
  }

  /**
   * What a round has done to the state.
   *
   * @param steps by all workers together
   * @param longestPass most steps by one worker
   * @param examples trained on
   * @param lossSum sum over them of the loss their step minimised
   * @param spread see {@link WeightedMean#spread}
   * @param computeSeconds sum over the workers
   * @param exchangeSeconds loading and reading states, sum over the workers
   * @param driverSeconds encoding, broadcasting and averaging, on the driver
   */
  record Outcome(
      long steps,
      int longestPass,
      long examples,
      double lossSum,
      double spread,
      double computeSeconds,
      double exchangeSeconds,
      double driverSeconds) {}

  /**
   * Trains and averages.
   *
   * @param state what the workers begin with; overwritten with their mean
   * @throws LossNotFinite when a worker's loss became NaN or infinite; the state is unchanged then
   */
  Outcome run(State state, Round round) {
    long begin = System.nanoTime();
    Broadcast<byte[][]> sent = sc.broadcast(StateBytes.encode(state));
    long broadcast = System.nanoTime();
    byte[][][] answers;
    try {
      answers =
          ShardJob.run(
              sc,
              shards.rdd(),
              round.shards(),
              new LocalPassTask(spec, sent, round.passes()),
              round.description());
    } finally {
      sent.destroy();
    }
    long answered = System.nanoTime();
    List<LocalPassTask.Result> results = read(answers, state);
    requireFinite(round, results);
    long[] weights = results.stream().mapToLong(r -> r.trained().numExamples()).toArray();
    List<State> states = returned.subList(0, results.size());
    WeightedMean.write(states, weights, layout, state);
    double spread = WeightedMean.spread(states, weights, state.params());
    double driverSeconds = (broadcast - begin + System.nanoTime() - answered) / 1e9;
    return outcome(results, spread, driverSeconds);
  }

  private List<LocalPassTask.Result> read(byte[][][] answers, State like) {
    while (returned.size() < answers.length) {
      returned.add(like.copy());
    }
    List<LocalPassTask.Result> results = new ArrayList<>();
    for (int i = 0; i < answers.length; i++) {
      results.add(LocalPassTask.read(answers[i], returned.get(i)));
      answers[i] = null; // read: its memory is free for the next one
    }
    return results;
  }

  private static void requireFinite(Round round, List<LocalPassTask.Result> results) {
    for (int worker = 0; worker < results.size(); worker++) {
      Trained trained = results.get(worker).trained();
      if (!Double.isFinite(trained.lossSum())) {
        throw new LossNotFinite(trained.lossSum(), round, worker, trained.numSteps());
      }
    }
  }

  private static Outcome outcome(
      List<LocalPassTask.Result> results, double spread, double driverSeconds) {
    long steps = 0;
    int longestPass = 0;
    long examples = 0;
    double lossSum = 0;
    double computeSeconds = 0;
    double exchangeSeconds = 0;
    for (LocalPassTask.Result result : results) {
      Trained trained = result.trained();
      steps += trained.numSteps();
      longestPass = Math.max(longestPass, trained.numSteps());
      examples += trained.numExamples();
      lossSum += trained.lossSum();
      computeSeconds += result.computeSeconds();
      exchangeSeconds += result.exchangeSeconds();
    }
    return new Outcome(
        steps,
        longestPass,
        examples,
        lossSum,
        spread,
        computeSeconds,
        exchangeSeconds,
        driverSeconds);
  }
}
