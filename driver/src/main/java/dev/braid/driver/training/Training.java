package dev.braid.driver.training;

import static dev.braid.worker.Check.require;

import dev.braid.driver.checkpoint.Checkpoint;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.checkpoint.Checkpoints.Found;
import dev.braid.driver.data.Shards;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.evaluation.Validation;
import dev.braid.driver.exchange.DirectExchange;
import dev.braid.driver.exchange.Diverged;
import dev.braid.driver.exchange.Exchange;
import dev.braid.driver.exchange.Exchange.Outcome;
import dev.braid.driver.exchange.ExchangeSetup;
import dev.braid.driver.exchange.LossExplosion;
import dev.braid.driver.exchange.Round;
import dev.braid.driver.exchange.Round.Share;
import dev.braid.driver.exchange.SlicedExchange;
import dev.braid.driver.exchange.WorkerOptimizerState;
import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.LocalSteps.Pace;
import dev.braid.driver.plan.OptimizerState;
import dev.braid.driver.plan.OuterStep;
import dev.braid.driver.plan.ReduceOnPlateau;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.run.CalledOff;
import dev.braid.driver.run.JobFailed;
import dev.braid.driver.run.ReplicaPool;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.Saving;
import dev.braid.driver.run.Stop;
import dev.braid.driver.run.Stopped;
import dev.braid.driver.training.Walk.Position;
import dev.braid.driver.wire.SentState;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
 *     take it into the moving average            ParameterAverage
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
  private static final String AVERAGE = "average";

  private final LearningTask task;
  private final TrainingPlan plan;
  private final RunContext context;
  private final TrainingListener listener;
  private final Saving saving;
  private final RunJobs jobs;
  private final Broadcast<byte[]> spec;
  private final Exchange exchange;
  private final Walk walk;
  private final State state;
  private final WorkerOptimizerState ownSlots;
  private final State outerMemory;
  private final Blocks before;
  private final Best best;
  private final ParameterAverage average;
  private final long statisticsNotFinite;

  private Progress progress;
  private int rounds;
  private final Set<String> miscounted = new TreeSet<>();
  private double secondsBefore;
  private final long begin = System.nanoTime();

  /** Whether state and progress belong together, so that a checkpoint may be written. */
  private boolean isWhole = true;

  private Training(
      RunJobs jobs,
      RunContext context,
      LearningTask task,
      Broadcast<byte[]> sentSpec,
      TrainingPlan plan,
      TrainingListener listener) {
    this.task = task;
    this.plan = plan;
    this.context = context;
    this.listener = listener;
    this.saving = new Saving(context.checkpointing(), listener);
    this.jobs = jobs;
    this.spec = sentSpec;
    Averaging averaging = plan.averaging();
    State initial = task.initial();
    boolean averaged = averaging.optimizerState() == OptimizerState.AVERAGED;
    this.state = averaged ? initial : initial.withoutSlots();
    this.statisticsNotFinite = initial.statistics().numOverflown();
    boolean kept = averaging.optimizerState() == OptimizerState.KEPT;
    this.ownSlots = new WorkerOptimizerState(kept ? plan.workers() : 0, initial);
    long outer = averaging.outerStep().hasMemory() ? task.layout().numParams() : 0;
    this.outerMemory = paramsAlone(Blocks.zeros(outer));
    this.before = Blocks.zeros(outer);
    Shards shards = task.shards();
    ExchangeSetup setup = new ExchangeSetup(jobs, shards, task.layout(), sentSpec, averaging);
    this.exchange =
        averaging.isSliced(SentState.bytes(state))
            ? new SlicedExchange(setup)
            : new DirectExchange(setup, ownSlots);
    RunSpec run = task.spec();
    this.walk = new Walk(numMiniBatches(shards, run), plan.workers(), run.seed());
    this.best = new Best(plan.earlyStopping());
    this.average = new ParameterAverage(plan.movingAverage());
    this.progress = Progress.first(walk.start(), plan.localSteps().begin());
  }

  /**
   * Trains, or goes on from a checkpoint, and returns the last state, or with early stopping the
   * best one.
   *
   * @throws Diverged when loss or state become NaN or infinite, or the loss has exploded at the end
   * @throws JobFailed when the executors cannot do a round
   * @throws Stopped when it was asked to stop
   */
  public static Trained run(
      RunContext context, LearningTask task, TrainingPlan plan, TrainingListener listener) {
    requireValidation(plan, task.validation());
    Broadcast<byte[]> sentSpec = ReplicaPool.begin(context.sc(), task.spec());
    try (RunJobs jobs = context.jobs()) {
      Training training = new Training(jobs, context, task, sentSpec, plan, listener);
      training.saving.begin(
          folder ->
              folder.newest(Map.of(STATE, training.state, OUTER_MEMORY, training.outerMemory)),
          training::restore);
      return training.run();
    } finally {
      ReplicaPool.end(sentSpec);
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
    rounds = progress.round() + progress.roundsLeft(walk, plan);
    try {
      while (progress.epoch() < plan.epochs() && !best.isPatienceOver()) {
        trainRound();
        saving.whenDue(progress.round(), this::write);
        if (context.stop().isRequested()) {
          throw stopped();
        }
      }
      double loss =
          best.state().isPresent() ? best.loss().orElse(0.0) : progress.explosion().loss();
      if (progress.explosion().isExploded(loss)) {
        throw Diverged.byExplosion(progress.explosion(), loss);
      }
    } catch (CalledOff e) {
      throw stopped();
    } catch (Diverged e) {
      throw lastGood().map(e::keeping).orElse(e);
    }
    saving.now(progress.round(), this::write);
    int epochs = progress.epoch();
    return new Trained(
        best.or(average.or(state)),
        epochs,
        progress.work(),
        seconds(),
        best.ending(epochs, plan.epochs()),
        average.describe());
  }

  /** A checkpoint of what was finite last, in a sentence; empty where none can be or is written. */
  private Optional<String> lastGood() {
    if (isWhole) {
      saving.now(progress.round(), this::write);
    }
    return saving.kept();
  }

  private void trainRound() {
    long roundBegin = System.nanoTime();
    int epoch = progress.epoch();
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
    average.add(state, epoch, outcome.totals().longestPass());
    LossExplosion known = progress.explosion();
    Pace pace = progress.pace();
    progress = progress.after(outcome.totals(), walk.after(progress.position(), pace.localSteps()));
    listener.round(report(outcome, next, (System.nanoTime() - roundBegin) / 1e9));
    progress
        .explosion()
        .warning(known, next.number())
        .ifPresent(sentence -> listener.warned(progress.round(), sentence));
    warnOfMiscounted(outcome.miscounted());
    progress =
        progress.with(
            plan.localSteps()
                .after(pace, progress.epoch(), outcome.totals().loss(), outcome.spread()));
    if (progress.epoch() > epoch) {
      endEpoch(epoch);
    }
    isWhole = true;
  }

  /** Says once of each parameter that it is trained otherwise than by PyTorch. */
  private void warnOfMiscounted(Set<String> parameters) {
    if (miscounted.addAll(parameters)) {
      listener.warned(
          progress.round(),
          ("only some steps have a gradient for %s: Adam's correction counts all steps of the"
                  + " run, PyTorch's only those with one, so that these parameters learn otherwise"
                  + " than in PyTorch; with sgd, momentum, nesterov, rmsProp and adaGrad they do"
                  + " not")
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
    Position position = progress.position();
    long steps = progress.work().steps();
    double factor = progress.level().rateFactor();
    List<Share> shares = walk.shares(position);
    List<LocalPass> passes =
        shares.stream()
            .map(
                share ->
                    new LocalPass(
                        position.epoch(),
                        share.shard(),
                        position.cursor(),
                        progress.pace().localSteps(),
                        new LocalPass.Counts(steps, shares.size(), updates(share.worker())),
                        factor))
            .toList();
    double learningRate = plan.learningRate(position.epoch(), steps) * factor;
    return new Round(position.epoch(), progress.round(), learningRate, shares, passes);
  }

  /** Updates that the optimizer state which a worker is about to get has undergone. */
  private long updates(int worker) {
    return switch (plan.averaging().optimizerState()) {
      case AVERAGED -> progress.work().updates();
      case KEPT -> ownSlots.updates(worker);
      case RESET -> 0;
    };
  }

  private void endEpoch(int epoch) {
    State scored = average.or(state);
    Optional<Validation> examples = task.validation();
    Optional<Evaluation> evaluation =
        examples.flatMap(Validation::shards).map(shards -> evaluate(scored, shards, "validation"));
    Optional<Evaluation> training =
        examples
            .flatMap(Validation::training)
            .map(shards -> evaluate(scored, shards, "training sample"));
    boolean improved = best.offer(evaluation, scored);
    ReduceOnPlateau.Level level = progress.level();
    ReduceOnPlateau rule = plan.reduceOnPlateau();
    if (rule != null && evaluation.isPresent()) {
      double value = evaluation.get().value(rule.metric());
      level = rule.after(level, value, evaluation.get().isBetterHigher(rule.metric()));
    }
    double loss = progress.losses().mean();
    progress = progress.afterEpoch(level);
    rounds = progress.round() + progress.roundsLeft(walk, plan);
    listener.epoch(
        new EpochReport(
            epoch,
            progress.work().steps(),
            loss,
            training,
            evaluation,
            new EpochReport.Verdict(improved, best.patienceLeft(), level.rateFactor()),
            seconds()));
  }

  /** Not called off by a request to stop: without the scores the last round cannot be saved. */
  private Evaluation evaluate(State scored, Shards examples, String what) {
    String description = "epoch %d: %s".formatted(progress.epoch(), what);
    Map<String, Metrics> blank = task.validation().orElseThrow().blank();
    try (RunJobs steady = new RunJobs(jobs.sc(), context.jobMinutes(), new Stop())) {
      return Evaluation.run(steady, examples, scored, spec, blank, description);
    }
  }

  /** Splits a round's time: what the tasks did side by side counts once. */
  private RoundReport report(Outcome outcome, Round done, double seconds) {
    int cores = jobs.sc().defaultParallelism();
    int sideBySide = Math.max(1, Math.min(done.passes().size(), cores));
    double compute = outcome.seconds().computing() / sideBySide;
    double exchanging = outcome.seconds().driver() + outcome.seconds().exchanging() / sideBySide;
    return new RoundReport(
        new RoundReport.At(
            done.epoch(),
            done.number(),
            progress.epochsDone(walk),
            Math.max(rounds, progress.round()),
            progress.work().steps()),
        new RoundReport.Pass(
            outcome.totals().longestPass(),
            outcome.totals().loss(),
            done.learningRate(),
            outcome.totals().examples()),
        new RoundReport.Times(
            compute, exchanging, Math.max(0, seconds - compute - exchanging), seconds),
        new RoundReport.Divergence(outcome.spread(), outcome.cosine()),
        progress.pace().reason());
  }

  private String write(Checkpoints folder, Map<String, String> settings) throws IOException {
    Map<String, State> states = new LinkedHashMap<>();
    states.put(STATE, state);
    best.state().ifPresent(bestState -> states.put(BEST, bestState));
    states.put(OUTER_MEMORY, outerMemory);
    average.state().ifPresent(averaged -> states.put(AVERAGE, averaged));
    states.putAll(ownSlots.states());
    SavedProgress saved =
        new SavedProgress(
            progress,
            seconds(),
            best.standing(),
            ownSlots.allUpdates(),
            shardSizes(),
            average.steps());
    return folder.write(new Checkpoint(progress.round(), settings, saved.toJson(), states));
  }

  private void restore(Found<Checkpoint> found) {
    Checkpoint checkpoint = found.checkpoint();
    Map<String, State> states = checkpoint.states();
    states
        .get(STATE)
        .notFinite(statisticsNotFinite)
        .ifPresent(
            part -> {
              throw new WrongSettings(
                  "checkpoint %s is of a training that has diverged: its %s are not all finite; remove it to go on from the one before, or start anew without --resume"
                      .formatted(found.path(), part));
            });
    SavedProgress saved = SavedProgress.fromJson(checkpoint.progress());
    require(
        saved.shardSizes().equals(shardSizes()),
        "the training examples are not those of the checkpoint: shards of %s then, of %s now",
        saved.shardSizes(),
        shardSizes());
    require(
        saved.progress().epoch() <= plan.epochs(),
        "the checkpoint has done %d epochs already; training.epochs is %d",
        saved.progress().epoch(),
        plan.epochs());
    progress = saved.progress();
    secondsBefore = saved.seconds();
    state.copyFrom(states.get(STATE));
    outerMemory.copyFrom(states.get(OUTER_MEMORY));
    ownSlots.restore(states, saved.workerUpdates());
    if (states.containsKey(AVERAGE)) {
      average.restore(states.get(AVERAGE), saved.averagedSteps());
    }
    if (states.containsKey(BEST)) {
      best.restore(states.get(BEST), saved.best());
    }
  }

  private Stopped stopped() {
    return saving.stopped(progress.round(), isWhole ? Optional.of(this::write) : Optional.empty());
  }

  private List<Integer> shardSizes() {
    return Arrays.stream(task.shards().sizes()).boxed().toList();
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
