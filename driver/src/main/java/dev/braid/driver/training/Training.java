package dev.braid.driver.training;

import static dev.braid.worker.Check.require;

import dev.braid.driver.checkpoint.Checkpoint;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.checkpoint.Checkpoints.Found;
import dev.braid.driver.data.Shards;
import dev.braid.driver.exchange.SentState;
import dev.braid.driver.run.CalledOff;
import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.run.JobFailed;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.Saving;
import dev.braid.driver.run.Stop;
import dev.braid.driver.run.Stopped;
import dev.braid.driver.training.Exchange.Outcome;
import dev.braid.driver.training.LocalSteps.Pace;
import dev.braid.driver.training.Walk.Position;
import dev.braid.driver.training.Walk.Share;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Trains one model by rounds of local passes and averaging.
 *
 * <pre>
 *   split the examples into shards               Shards
 *   go on from the newest checkpoint             Checkpoints     (where a resume is asked for)
 *   for each round of an epoch                   Walk
 *     send the state to the workers              Exchange
 *     each worker makes its local pass           LocalPass       (on the executors)
 *     average what comes back                    WeightedMean    (on the driver or the executors)
 *     step on from the mean                      OuterStep
 *     report loss and time                       RoundReport
 *     write a checkpoint when one is due         Checkpoints
 *   after each epoch
 *     score the validation examples              Evaluation
 *     lower the learning rate, or stop           ReduceOnPlateau, EarlyStopping
 * </pre>
 *
 * The result is a function of the initial state, the shards, the plan and the seed: not of the
 * number of executors, nor of what happened to them, nor of how often the run was resumed.
 */
public final class Training {
  private static final String STATE = "state";
  private static final String BEST = "best";
  private static final String OUTER_MEMORY = "outer memory";

  private final Shards shards;
  private final TrainingPlan plan;
  private final TrainingListener listener;
  private final Saving saving;
  private final Stop stop;
  private final RunJobs jobs;
  private final Broadcast<byte[]> spec;
  private final Optional<Validation> validation;
  private final Exchange exchange;
  private final Walk walk;
  private final State state;
  private final OwnSlots ownSlots;
  private final State outerMemory;
  private final Blocks before;
  private final Best best;
  private final long statisticsNotFinite;

  private Position position;
  private int round;
  private int rounds;
  private long step;
  private long update;
  private long examples;
  private double epochLossSum;
  private long epochExamples;
  private Pace pace;
  private ReduceOnPlateau.Level level = ReduceOnPlateau.Level.FIRST;
  private final Set<String> miscounted = new TreeSet<>();
  private LossExplosion explosion = LossExplosion.UNKNOWN;
  private double secondsBefore;
  private final long begin = System.nanoTime();

  /** Whether state and counters belong together, so that a checkpoint may be written. */
  private boolean isWhole = true;

  private Training(
      RunJobs jobs,
      Shards shards,
      Optional<Validation> validation,
      StateLayout layout,
      State initial,
      RunSpec spec,
      Broadcast<byte[]> sentSpec,
      TrainingPlan plan,
      TrainingListener listener,
      Optional<Checkpointing> checkpointing,
      Stop stop) {
    this.shards = shards;
    this.plan = plan;
    this.listener = listener;
    this.saving = new Saving(checkpointing, listener);
    this.stop = stop;
    this.jobs = jobs;
    this.spec = sentSpec;
    this.validation = validation;
    Averaging averaging = plan.averaging();
    boolean averaged = averaging.optimizerState() == OptimizerState.AVERAGED;
    this.state = averaged ? initial : OwnSlots.without(initial);
    this.statisticsNotFinite = initial.statistics().numOverflown();
    boolean kept = averaging.optimizerState() == OptimizerState.KEPT;
    this.ownSlots = new OwnSlots(kept ? plan.workers() : 0, initial);
    boolean outer = averaging.outerStep().hasMemory();
    this.outerMemory = paramsAlone(Blocks.zeros(outer ? layout.numParams() : 0));
    this.before = Blocks.zeros(outer ? layout.numParams() : 0);
    this.exchange =
        averaging.isSliced(SentState.bytes(state))
            ? new SlicedExchange(jobs, shards, layout, sentSpec, averaging)
            : new DirectExchange(jobs, shards, layout, sentSpec, averaging, ownSlots);
    this.walk = new Walk(numMiniBatches(shards, spec), plan.workers(), spec.seed());
    this.best = new Best(plan.earlyStopping());
    this.position = walk.start();
    this.pace = plan.localSteps().begin();
  }

  /**
   * Trains, and returns the last state, or with early stopping the best one.
   *
   * @param shards the training examples; as many shards as workers, or a multiple
   * @param validation the examples scored after each epoch, if any
   * @param layout of the states
   * @param initial the state the first round begins with; given over to the training, which works
   *     in it: a large model has no room for two
   * @param spec what the workers know; its source must build replicas of this layout
   * @throws Diverged when loss or state become NaN or infinite, or the loss has exploded at the end
   * @throws JobFailed when the executors cannot do a round
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
    return run(
        sc,
        shards,
        validation,
        layout,
        initial,
        spec,
        plan,
        listener,
        Optional.empty(),
        new Stop());
  }

  /**
   * Trains with checkpoints, or goes on from one.
   *
   * @param checkpointing where checkpoints are written, if they are
   * @param stop ends the training early, after a last checkpoint
   * @throws Stopped when it did
   */
  public static Trained run(
      JavaSparkContext sc,
      Shards shards,
      Optional<Validation> validation,
      StateLayout layout,
      State initial,
      RunSpec spec,
      TrainingPlan plan,
      TrainingListener listener,
      Optional<Checkpointing> checkpointing,
      Stop stop) {
    requireValidation(plan, validation);
    Broadcast<byte[]> sentSpec = sc.broadcast(ReplicaPool.encode(spec));
    byte[] pool = sentSpec.value();
    try (RunJobs jobs = new RunJobs(sc, plan.roundMinutes(), stop)) {
      Training training =
          new Training(
              jobs,
              shards,
              validation,
              layout,
              initial,
              spec,
              sentSpec,
              plan,
              listener,
              checkpointing,
              stop);
      training.saving.begin(
          folder ->
              folder.newest(Map.of(STATE, training.state, OUTER_MEMORY, training.outerMemory)),
          training::restore);
      return training.run();
    } finally {
      sentSpec.destroy();
      ReplicaPool.close(pool);
    }
  }

  private static void requireValidation(TrainingPlan plan, Optional<Validation> validation) {
    require(
        plan.earlyStopping() == null || validation.flatMap(Validation::shards).isPresent(),
        "earlyStopping needs validation examples: set data.validation");
    require(
        plan.reduceOnPlateau() == null || validation.flatMap(Validation::shards).isPresent(),
        "reduceOnPlateau needs validation examples: set data.validation");
  }

  private Trained run() {
    rounds = round + roundsLeft();
    try {
      while (position.epoch() < plan.epochs() && !best.isPatienceOver()) {
        trainRound();
        saving.whenDue(round, this::write);
        if (stop.isRequested()) {
          throw stopped();
        }
      }
      double loss = best.state().isPresent() ? best.loss().orElse(0.0) : explosion.loss();
      if (explosion.isExploded(loss)) {
        throw Diverged.byExplosion(explosion, loss);
      }
    } catch (CalledOff e) {
      throw stopped();
    } catch (Diverged e) {
      throw lastGood().map(e::keeping).orElse(e);
    }
    saving.now(round, this::write);
    int epochs = position.epoch();
    return new Trained(
        best.or(state),
        epochs,
        round,
        step,
        update,
        examples,
        seconds(),
        best.ending(epochs, plan.epochs()));
  }

  /** A checkpoint of what was finite last, in a sentence; empty where none can be or is written. */
  private Optional<String> lastGood() {
    if (isWhole) {
      saving.now(round, this::write);
    }
    return saving.kept();
  }

  private void trainRound() {
    long roundBegin = System.nanoTime();
    int epoch = position.epoch();
    Round next = nextRound();
    OuterStep outerStep = plan.averaging().outerStep();
    if (outerStep.hasMemory()) {
      before.copyFrom(state.params());
    }
    isWhole = exchange.keepsState();
    Outcome outcome = exchange.run(state, next);
    isWhole = false;
    outerStep.stepInPlace(before, state.params(), outerMemory.params(), next.learningRate());
    requireFinite(next);
    step += outcome.steps();
    update += outcome.longestPass();
    examples += outcome.examples();
    epochLossSum += outcome.lossSum();
    epochExamples += outcome.labelled();
    position = walk.after(position, pace.localSteps());
    round++;
    listener.round(report(outcome, next, (System.nanoTime() - roundBegin) / 1e9));
    LossExplosion before = explosion;
    explosion = before.after(outcome);
    explosion
        .warning(before, next.number())
        .ifPresent(sentence -> listener.warned(round, sentence));
    warnOfMiscounted(outcome.miscounted());
    double loss = outcome.loss();
    pace = plan.localSteps().after(pace, position.epoch(), loss, outcome.spread());
    if (position.epoch() > epoch) {
      endEpoch(epoch);
    }
    isWhole = true;
  }

  /** Says once of each parameter that it is trained otherwise than by PyTorch. */
  private void warnOfMiscounted(Set<String> parameters) {
    if (miscounted.addAll(parameters)) {
      listener.warned(
          round,
          ("only some steps have a gradient for %s: Adam's correction counts all steps of the run,"
                  + " PyTorch's only those with one, so that these parameters learn otherwise than"
                  + " in PyTorch; with sgd, momentum, nesterov, rmsProp and adaGrad they do not")
              .formatted(String.join(", ", miscounted)));
    }
  }

  /** Means of numbers near the largest float, and steps on from a mean, may leave the floats. */
  private void requireFinite(Round done) {
    Optional<State.Part> part = state.notFinite(statisticsNotFinite);
    part.or(() -> outerMemory.notFinite(0))
        .ifPresent(
            notFinite -> {
              throw Diverged.byAveraging(notFinite, done);
            });
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
                        pace.localSteps(),
                        step,
                        shares.size(),
                        updates(share.worker()),
                        level.rateFactor()))
            .toList();
    double learningRate = plan.learningRate(position.epoch(), step) * level.rateFactor();
    return new Round(position.epoch(), round, learningRate, shares, passes);
  }

  /** Updates that the optimizer state which a worker is about to get has undergone. */
  private long updates(int worker) {
    return switch (plan.averaging().optimizerState()) {
      case AVERAGED -> update;
      case KEPT -> ownSlots.updates(worker);
      case RESET -> 0;
    };
  }

  private void endEpoch(int epoch) {
    Optional<Evaluation> evaluation =
        validation.flatMap(Validation::shards).map(shards -> evaluate(shards, "validation"));
    Optional<Evaluation> training =
        validation.flatMap(Validation::training).map(shards -> evaluate(shards, "training sample"));
    boolean improved = best.offer(evaluation, state);
    ReduceOnPlateau rule = plan.reduceOnPlateau();
    if (rule != null && evaluation.isPresent()) {
      double value = evaluation.get().value(rule.metric());
      level = rule.after(level, value, Evaluation.isBetterHigher(rule.metric()));
    }
    double loss = epochLossSum / Math.max(1, epochExamples);
    epochLossSum = 0;
    epochExamples = 0;
    rounds = round + roundsLeft();
    listener.epoch(
        new EpochReport(
            epoch,
            step,
            loss,
            training,
            evaluation,
            new EpochReport.Verdict(improved, best.patienceLeft(), level.rateFactor()),
            seconds()));
  }

  /** Not called off by a request to stop: without the scores the last round cannot be saved. */
  private Evaluation evaluate(Shards examples, String what) {
    String description = "epoch %d: %s".formatted(position.epoch(), what);
    Map<String, Metrics> blank = validation.orElseThrow().blank();
    try (RunJobs steady = new RunJobs(jobs.sc(), plan.roundMinutes(), new Stop())) {
      return Evaluation.run(steady, examples, state, spec, blank, description);
    }
  }

  private int roundsLeft() {
    int left = 0;
    int perEpoch = 0;
    int steps = 0;
    for (int epoch = position.epoch(); epoch < plan.epochs(); epoch++) {
      int expected = plan.localSteps().expected(pace, epoch);
      if (expected != steps) {
        steps = expected;
        perEpoch = walk.roundsPerEpoch(epoch, steps);
      }
      left += perEpoch;
    }
    return left - walk.roundsDone(position, Math.max(1, pace.localSteps()));
  }

  private double epochsDone() {
    int localSteps = Math.max(1, pace.localSteps());
    double share =
        (double) walk.roundsDone(position, localSteps)
            / walk.roundsPerEpoch(position.epoch(), localSteps);
    return position.epoch() + share;
  }

  /** Splits a round's time: what the tasks did side by side counts once. */
  private RoundReport report(Outcome outcome, Round done, double seconds) {
    int cores = jobs.sc().defaultParallelism();
    int sideBySide = Math.max(1, Math.min(done.passes().size(), cores));
    double compute = outcome.computeSeconds() / sideBySide;
    double exchanging = outcome.driverSeconds() + outcome.exchangeSeconds() / sideBySide;
    return new RoundReport(
        done.epoch(),
        done.number(),
        epochsDone(),
        Math.max(rounds, round),
        step,
        outcome.longestPass(),
        outcome.loss(),
        done.learningRate(),
        outcome.examples(),
        compute,
        exchanging,
        Math.max(0, seconds - compute - exchanging),
        seconds,
        outcome.spread(),
        outcome.cosine(),
        pace.reason());
  }

  private String write(Checkpoints folder, Map<String, String> settings) throws IOException {
    Map<String, State> states = new LinkedHashMap<>();
    states.put(STATE, state);
    best.state().ifPresent(bestState -> states.put(BEST, bestState));
    states.put(OUTER_MEMORY, outerMemory);
    states.putAll(ownSlots.states());
    Progress progress =
        new Progress(
            position,
            round,
            step,
            update,
            examples,
            epochLossSum,
            epochExamples,
            seconds(),
            pace,
            level,
            best.value(),
            best.epochsSince(),
            ownSlots.allUpdates(),
            shardSizes(),
            explosion);
    return folder.write(new Checkpoint(round, settings, progress.toJson(), states));
  }

  private void restore(Found<Checkpoint> found) {
    Checkpoint saved = found.checkpoint();
    saved
        .states()
        .get(STATE)
        .notFinite(statisticsNotFinite)
        .ifPresent(
            part -> {
              throw new WrongSettings(
                  "checkpoint %s is of a training that has diverged: its %s are not all finite; remove it to go on from the one before, or start anew without --resume"
                      .formatted(found.path(), part));
            });
    Progress progress = Progress.fromJson(saved.progress());
    require(
        progress.shardSizes().equals(shardSizes()),
        "the training examples are not those of the checkpoint: shards of %s then, of %s now",
        progress.shardSizes(),
        shardSizes());
    require(
        progress.position().epoch() <= plan.epochs(),
        "the checkpoint has done %d epochs already; training.epochs is %d",
        progress.position().epoch(),
        plan.epochs());
    position = progress.position();
    round = progress.round();
    step = progress.step();
    update = progress.update();
    examples = progress.examples();
    epochLossSum = progress.epochLossSum();
    epochExamples = progress.epochExamples();
    secondsBefore = progress.seconds();
    pace = progress.pace();
    level = progress.level();
    explosion = progress.explosion();
    state.copyFrom(saved.states().get(STATE));
    outerMemory.copyFrom(saved.states().get(OUTER_MEMORY));
    ownSlots.restore(saved.states(), progress.workerUpdates());
    if (saved.states().containsKey(BEST)) {
      best.restore(saved.states().get(BEST), progress.bestValue(), progress.epochsSinceBest());
    }
  }

  private Stopped stopped() {
    return saving.stopped(round, isWhole ? Optional.of(this::write) : Optional.empty());
  }

  private List<Integer> shardSizes() {
    return Arrays.stream(shards.sizes()).boxed().toList();
  }

  private static State paramsAlone(Blocks params) {
    return new State(params, List.of(), Blocks.zeros(0));
  }

  private static int[] numMiniBatches(Shards shards, RunSpec spec) {
    int batchSize = spec.batchSize();
    return Arrays.stream(shards.sizes()).map(n -> (n + batchSize - 1) / batchSize).toArray();
  }

  /** Spent by this run and those it goes on from. */
  private double seconds() {
    return secondsBefore + (System.nanoTime() - begin) / 1e9;
  }
}
