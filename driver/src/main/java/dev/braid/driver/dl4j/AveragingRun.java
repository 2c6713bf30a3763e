package dev.braid.driver.dl4j;

import dev.braid.driver.dl4j.AveragingStats.Phase;
import dev.braid.driver.dl4j.FitTask.Fitted;
import dev.braid.driver.dl4j.FitTask.Turn;
import dev.braid.driver.exchange.SentState;
import dev.braid.driver.exchange.Shared;
import dev.braid.driver.exchange.Transfer;
import dev.braid.driver.exchange.WeightedMean;
import dev.braid.driver.training.ReplicaPool;
import dev.braid.driver.training.RoundJobs;
import dev.braid.driver.training.Stop;
import dev.braid.worker.dl4j.Dl4jModel;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * One pass over the user's mini-batches by rounds of fitting and averaging.
 *
 * @param <B> see {@link FitEngine}
 */
final class AveragingRun<B> {
  /** A round takes minutes; what takes a day hangs. */
  private static final double ROUND_MINUTES = 24 * 60;

  private final JavaSparkContext sc;
  private final AveragingPlan plan;
  private final Trainee<B> trainee;
  private final FitSteps<B> steps;
  private final AveragingStats stats;

  AveragingRun(JavaSparkContext sc, AveragingPlan plan, Trainee<B> trainee, AveragingStats stats) {
    this.sc = sc;
    this.plan = plan;
    this.trainee = trainee;
    this.steps = trainee.steps();
    this.stats = stats;
  }

  /**
   * Trains the network in place, its updater and counters too.
   *
   * @param spec says how to build the network's replicas
   * @return the last round's mean loss over its examples
   */
  double train(Dl4jModel model, Broadcast<byte[]> spec, DealtBatches<B> batches) {
    State state = trainee.read();
    State initial = plan.saveUpdater() ? state : state.copy();
    double loss = model.network().score();
    int iteration = model.iteration();
    try (RoundJobs jobs = new RoundJobs(sc, ROUND_MINUTES, new Stop())) {
      for (int done = 0; done < batches.longest(); done += plan.averagingFrequency()) {
        Turn turn = new Turn(done, plan.averagingFrequency(), iteration, model.epoch());
        List<Fitted> fitted = round(jobs, spec, state, batches, turn);
        iteration = fitted.stream().mapToInt(Fitted::iteration).max().orElse(iteration);
        loss = meanLoss(fitted);
        if (!plan.saveUpdater()) {
          for (int i = 0; i < state.slots().size(); i++) {
            state.slots().get(i).copyFrom(initial.slots().get(i));
          }
        }
        trainee.afterRound(state, fitted, iteration, loss);
      }
    }
    trainee.write(state);
    model.count(iteration, model.epoch());
    return loss;
  }

  /** Trains and averages; {@code state} becomes the workers' mean. */
  private List<Fitted> round(
      RoundJobs jobs, Broadcast<byte[]> spec, State state, DealtBatches<B> batches, Turn turn) {
    long begin = System.nanoTime();
    List<Integer> workers =
        IntStream.range(0, plan.workers())
            .filter(worker -> turn.cursor() < batches.count(worker))
            .boxed()
            .toList();
    byte[][][] answers = new byte[workers.size()][][];
    List<State> states = new ArrayList<>();
    long answered;
    try (SentState sent = SentState.send(sc, state, Transfer.FLOAT32);
        Shared<State> shared = Shared.open()) {
      Shared<State> here = sc.isLocal() ? shared : null;
      FitTask<B> task = new FitTask<>(spec, sent, here, turn, steps);
      jobs.run(
          batches.rdd().rdd(),
          task,
          workers,
          (i, answer) -> answers[i] = answer,
          "fit mini-batches " + (turn.cursor() + 1) + " and on",
          () -> "workers " + workers);
      answered = System.nanoTime();
      for (byte[][] answer : answers) {
        states.add(FitTask.state(answer, here, state));
      }
    }
    List<Fitted> fitted = Arrays.stream(answers).map(FitTask::result).toList();
    long[] weights = fitted.stream().mapToLong(Fitted::examples).toArray();
    WeightedMean.write(states, weights, trainee.layout(), state);
    if (sc.isLocal()) {
      states.forEach(ReplicaPool.of(spec.value())::giveRoomBack);
    }
    record(fitted, begin, answered);
    return fitted;
  }

  private static double meanLoss(List<Fitted> fitted) {
    double examples = 0;
    double lossSum = 0;
    for (Fitted result : fitted) {
      examples += result.examples();
      lossSum += result.lossSum();
    }
    return lossSum / examples;
  }

  private void record(List<Fitted> fitted, long begin, long answered) {
    if (!plan.collectTrainingStats()) {
      return;
    }
    for (Fitted result : fitted) {
      stats.add(Phase.COMPUTE, result.computeNanos());
      stats.add(Phase.EXCHANGE, result.exchangeNanos());
    }
    long now = System.nanoTime();
    stats.add(Phase.AVERAGE, now - answered);
    stats.add(Phase.ROUND, now - begin);
  }
}
