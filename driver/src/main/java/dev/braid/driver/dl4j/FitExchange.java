package dev.braid.driver.dl4j;

import dev.braid.driver.dl4j.AveragingStats.Phase;
import dev.braid.driver.dl4j.batches.DealtBatches;
import dev.braid.driver.dl4j.fit.FitTask;
import dev.braid.driver.dl4j.fit.FitTask.Fitted;
import dev.braid.driver.dl4j.fit.Trainee;
import dev.braid.driver.exchange.Diverged;
import dev.braid.driver.exchange.Exchange;
import dev.braid.driver.exchange.Round;
import dev.braid.driver.exchange.WeightedMean;
import dev.braid.driver.exchange.WorkerDivergence;
import dev.braid.driver.exchange.WorkerResult;
import dev.braid.driver.run.ReplicaPool;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.Shared;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.state.State;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * The exchange whose workers fit DL4J's mini-batches: the state goes out, each worker makes its
 * fits, and what comes back is averaged, each worker counted by its examples.
 *
 * @param <B> a worker's mini-batches, see {@link dev.braid.driver.dl4j.fit.FitEngine}
 */
final class FitExchange<B> implements Exchange {
  private final RunJobs jobs;
  private final Broadcast<byte[]> spec;
  private final DealtBatches<B> batches;
  private final Trainee<B> trainee;
  private final AveragingStats stats;

  /**
   * @param spec says how to build the network's replicas
   */
  FitExchange(
      RunJobs jobs,
      Broadcast<byte[]> spec,
      DealtBatches<B> batches,
      Trainee<B> trainee,
      AveragingStats stats) {
    this.jobs = jobs;
    this.spec = spec;
    this.batches = batches;
    this.trainee = trainee;
    this.stats = stats;
  }

  @Override
  public boolean keepsState() {
    return true;
  }

  @Override
  public Outcome run(State state, Round round) {
    long begin = System.nanoTime();
    try (SentState sent = SentState.send(jobs.sc(), state, WireFormat.FLOAT32);
        Shared<State> shared = Shared.open()) {
      stats.add(Phase.BROADCAST, begin);
      Shared<State> here = jobs.sc().isLocal() ? shared : null;
      long sentAt = System.nanoTime();
      byte[][][] answers =
          fit(
              new FitTask<>(
                  spec, sent, here, round.passes(), trainee.steps(), stats.isCollecting()),
              round);
      stats.add(Phase.WORK, sentAt);
      long answered = System.nanoTime();
      List<State> states =
          Arrays.stream(answers).map(answer -> FitTask.state(answer, here, state)).toList();
      List<Fitted> fitted = Arrays.stream(answers).map(FitTask::result).toList();
      fitted.forEach(worker -> worker.times().ifPresent(stats::add));
      stats.add(Phase.GATHER, answered);
      List<WorkerResult> results = fitted.stream().map(Fitted::result).toList();
      requireFinite(Totals.of(results), results, round);
      average(states, results, state);
      fitted.forEach(worker -> trainee.hear(worker.heard()));
      double onDriver = (sentAt - begin + System.nanoTime() - answered) / 1e9;
      return Outcome.of(results, new WorkerDivergence(results.size()), 0, onDriver);
    }
  }

  private byte[][][] fit(FitTask<B> task, Round round) {
    List<Integer> workers = round.shards();
    byte[][][] answers = new byte[workers.size()][][];
    jobs.run(
        batches.rdd().rdd(),
        task,
        workers,
        (i, answer) -> answers[i] = answer,
        "fit mini-batches " + (round.passes().get(0).cursor() + 1) + " and on",
        () -> "workers " + workers);
    return answers;
  }

  private void requireFinite(Totals totals, List<WorkerResult> results, Round round) {
    boolean finite = Double.isFinite(totals.loss());
    if (!finite || !results.stream().allMatch(WorkerResult::isFinite)) {
      int cursor = round.passes().get(0).cursor();
      int end = Math.min(cursor + round.passes().get(0).localSteps(), batches.longest());
      throw new Diverged(
          "the loss or a worker's parameters became NaN or infinite in the round of"
              + " mini-batches %d to %d of each worker".formatted(cursor + 1, end),
          finite ? Double.NaN : totals.loss());
    }
  }

  private void average(List<State> states, List<WorkerResult> results, State state) {
    long begin = System.nanoTime();
    WeightedMean.write(states, WorkerResult.weights(results), trainee.layout(), state);
    if (jobs.sc().isLocal()) {
      states.forEach(ReplicaPool.of(spec.value())::giveRoomBack);
    }
    stats.add(Phase.AVERAGE, begin);
  }
}
