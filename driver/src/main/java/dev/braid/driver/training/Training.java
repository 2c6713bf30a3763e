package dev.braid.driver.training;

import static dev.braid.worker.Check.require;

import dev.braid.driver.data.Shards;
import dev.braid.driver.training.DirectExchange.Outcome;
import dev.braid.driver.training.Walk.Position;
import dev.braid.driver.training.Walk.Share;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Trains one model by rounds of local passes and averaging.
 *
 * <pre>
 *   split the examples into shards               Shards
 *   for each round of an epoch                   Walk
 *     send the state to the workers              DirectExchange
 *     each worker makes its local pass           LocalPass       (on the executors)
 *     average what comes back                    WeightedMean
 *     report loss and time                       RoundReport
 *   after each epoch
 *     score the validation examples              Evaluation
 *     stop when they no longer improve           EarlyStopping
 * </pre>
 *
 * The result is a function of the initial state, the shards, the plan and the seed: not of the
 * number of executors, nor of what happened to them.
 */
public final class Training {
  private final JavaSparkContext sc;
  private final TrainingPlan plan;
  private final TrainingListener listener;
  private final Walk walk;
  private final int rounds;

  private Position position;
  private int round;
  private long step;
  private long update;
  private long examples;

  private Training(
      JavaSparkContext sc,
      Shards shards,
      RunSpec spec,
      TrainingPlan plan,
      TrainingListener listener) {
    this.sc = sc;
    this.plan = plan;
    this.listener = listener;
    this.walk = new Walk(numMiniBatches(shards, spec), plan.workers(), spec.seed());
    this.position = walk.start();
    this.rounds = walk.roundsPerEpoch(0, plan.localSteps()) * plan.epochs();
  }

  /**
   * Trains, and returns the last state, or with early stopping the best one.
   *
   * @param shards the training examples; as many shards as workers, or a multiple
   * @param validation the examples scored after each epoch, if any
   * @param layout of the states
   * @param initial the state the first round begins with; not changed
   * @param spec what the workers know; its source must build replicas of this layout
   * @throws LossNotFinite when a step's loss becomes NaN or infinite
   */
  public static Trained run(
      JavaSparkContext sc,
      Shards shards,
      Optional<Validation> validation,
      StateLayout layout,
      State initial,
      RunSpec spec,
      TrainingPlan plan,
      TrainingListener listener) {
    require(
        plan.earlyStopping() == null || validation.isPresent(),
        "earlyStopping needs validation examples: set data.validation");
    Broadcast<byte[]> sentSpec = sc.broadcast(ReplicaPool.encode(spec));
    byte[] pool = sentSpec.value();
    try {
      DirectExchange exchange = new DirectExchange(sc, shards, layout, sentSpec);
      Training training = new Training(sc, shards, spec, plan, listener);
      return training.run(exchange, validation, sentSpec, initial.copy());
    } finally {
      sentSpec.destroy();
      ReplicaPool.close(pool);
    }
  }

  private Trained run(
      DirectExchange exchange,
      Optional<Validation> validation,
      Broadcast<byte[]> sentSpec,
      State state) {
    long begin = System.nanoTime();
    Best best = new Best(plan.earlyStopping());
    int epoch = 0;
    while (epoch < plan.epochs() && !best.isPatienceOver()) {
      double loss = trainEpoch(exchange, state, epoch);
      Optional<Evaluation> evaluation = validation.map(v -> evaluate(v, sentSpec, state));
      boolean improved = best.offer(evaluation, state);
      listener.epoch(new EpochReport(epoch, step, loss, evaluation, improved, secondsSince(begin)));
      epoch++;
    }
    return new Trained(best.or(state), epoch, round, step, examples, secondsSince(begin));
  }

  private Evaluation evaluate(Validation validation, Broadcast<byte[]> sentSpec, State state) {
    String description = "epoch %d: validation".formatted(position.epoch());
    return Evaluation.run(
        sc, validation.shards(), state, sentSpec, validation.blank(), description);
  }

  /** Rounds until the walk enters the next epoch; returns the mean loss over its examples. */
  private double trainEpoch(DirectExchange exchange, State state, int epoch) {
    double lossSum = 0;
    long examplesBefore = examples;
    while (position.epoch() == epoch) {
      RoundReport report = trainRound(exchange, state);
      lossSum += report.loss() * report.examples();
      listener.round(report);
    }
    return lossSum / (examples - examplesBefore);
  }

  private RoundReport trainRound(DirectExchange exchange, State state) {
    long begin = System.nanoTime();
    Round next = nextRound();
    Outcome outcome = exchange.run(state, next);
    step += outcome.steps();
    update += outcome.longestPass();
    examples += outcome.examples();
    RoundReport report = report(outcome, next, secondsSince(begin));
    position = walk.after(position, plan.localSteps());
    round++;
    return report;
  }

  private Round nextRound() {
    List<Share> shares = walk.shares(position);
    List<LocalPass> passes =
        shares.stream()
            .map(
                share ->
                    new LocalPass(
                        position.epoch(),
                        share.shard(),
                        position.cursor(),
                        plan.localSteps(),
                        step,
                        shares.size(),
                        update))
            .toList();
    double learningRate = plan.rule().learningRate(position.epoch(), step);
    return new Round(position.epoch(), round, learningRate, passes);
  }

  /** Splits a round's time: what the tasks did side by side counts once. */
  private RoundReport report(Outcome outcome, Round done, double seconds) {
    int sideBySide = Math.max(1, Math.min(done.passes().size(), sc.defaultParallelism()));
    double compute = outcome.computeSeconds() / sideBySide;
    double exchange = outcome.driverSeconds() + outcome.exchangeSeconds() / sideBySide;
    return new RoundReport(
        done.epoch(),
        done.number(),
        rounds,
        step,
        outcome.longestPass(),
        outcome.lossSum() / outcome.examples(),
        done.learningRate(),
        outcome.examples(),
        compute,
        exchange,
        Math.max(0, seconds - compute - exchange),
        seconds,
        outcome.spread());
  }

  private static int[] numMiniBatches(Shards shards, RunSpec spec) {
    int batchSize = spec.batchSize();
    return Arrays.stream(shards.sizes()).map(n -> (n + batchSize - 1) / batchSize).toArray();
  }

  private static double secondsSince(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
