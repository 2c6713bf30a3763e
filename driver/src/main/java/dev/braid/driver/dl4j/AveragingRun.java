package dev.braid.driver.dl4j;

import dev.braid.driver.dl4j.AveragingStats.Phase;
import dev.braid.driver.dl4j.FitTask.Fitted;
import dev.braid.driver.dl4j.FitTask.Turn;
import dev.braid.driver.exchange.WeightedMean;
import dev.braid.driver.run.ReplicaPool;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.Stop;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.Shared;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass over the user's mini-batches by rounds of fitting and averaging.
 *
 * @param <B> see {@link FitEngine}
 */
final class AveragingRun<B> {
  private static final Logger LOG = LoggerFactory.getLogger(AveragingRun.class);

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
   * @return the last round's mean loss over its examples; NaN or infinite where a round went wrong,
   *     which is not taken over and ends the pass
   */
  double train(Dl4jModel model, Broadcast<byte[]> spec, DealtBatches<B> batches) {
    State state = trainee.read();
    State initial = plan.saveUpdater() ? state : state.copy();
    double loss = model.network().score();
    int iteration = model.iteration();
    try (RunJobs jobs = new RunJobs(sc, ROUND_MINUTES, new Stop())) {
      for (int done = 0; done < batches.longest(); done += plan.averagingFrequency()) {
        boolean timed = plan.collectTrainingStats();
        Turn turn = new Turn(done, plan.averagingFrequency(), iteration, model.epoch(), timed);
        Answered answered = work(jobs, spec, state, batches, turn);
        List<Fitted> fitted = answered.fitted();
        loss = meanLoss(fitted);
        if (!Double.isFinite(loss) || !answered.states().stream().allMatch(State::isFinite)) {
          loss = Double.isFinite(loss) ? Double.NaN : loss;
          LOG.error(
              "the loss or a worker's parameters became NaN or infinite in the round of"
                  + " mini-batches {} to {} of each worker: the network keeps the state before it,"
                  + " its score is {}; try a smaller learning rate",
              done + 1,
              turn.end(batches.longest()),
              loss);
          break;
        }
        iteration = fitted.stream().mapToInt(Fitted::iteration).max().orElse(iteration);
        average(answered, spec, state);
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

  /**
   * What the workers of a round have given back.
   *
   * @param states one per worker, in worker order
   * @param fitted likewise
   */
  private record Answered(List<State> states, List<Fitted> fitted) {}

  /** Sends the state to the workers that have mini-batches left, and gathers what they answer. */
  private Answered work(
      RunJobs jobs, Broadcast<byte[]> spec, State state, DealtBatches<B> batches, Turn turn) {
    long begin = System.nanoTime();
    List<Integer> workers =
        IntStream.range(0, plan.workers())
            .filter(worker -> turn.cursor() < batches.count(worker))
            .boxed()
            .toList();
    stats.add(Phase.REPARTITION, begin);
    byte[][][] answers = new byte[workers.size()][][];
    long chosen = System.nanoTime();
    try (SentState sent = SentState.send(sc, state, WireFormat.FLOAT32);
        Shared<State> shared = Shared.open()) {
      stats.add(Phase.BROADCAST, chosen);
      long sentAt = System.nanoTime();
      Shared<State> here = sc.isLocal() ? shared : null;
      FitTask<B> task = new FitTask<>(spec, sent, here, turn, steps);
      jobs.run(
          batches.rdd().rdd(),
          task,
          workers,
          (i, answer) -> answers[i] = answer,
          "fit mini-batches " + (turn.cursor() + 1) + " and on",
          () -> "workers " + workers);
      stats.add(Phase.WORK, sentAt);
      long answered = System.nanoTime();
      List<State> states = new ArrayList<>();
      for (byte[][] answer : answers) {
        states.add(FitTask.state(answer, here, state));
      }
      List<Fitted> fitted = Arrays.stream(answers).map(FitTask::result).toList();
      fitted.forEach(result -> result.times().ifPresent(stats::add));
      stats.add(Phase.GATHER, answered);
      return new Answered(states, fitted);
    }
  }

  /** Makes {@code state} the workers' mean, each counted by its examples. */
  private void average(Answered answered, Broadcast<byte[]> spec, State state) {
    long begin = System.nanoTime();
    long[] weights = answered.fitted().stream().mapToLong(Fitted::examples).toArray();
    WeightedMean.write(answered.states(), weights, trainee.layout(), state);
    if (sc.isLocal()) {
      answered.states().forEach(ReplicaPool.of(spec.value())::giveRoomBack);
    }
    stats.add(Phase.AVERAGE, begin);
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
}
