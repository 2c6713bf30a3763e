package dev.braid.driver.training;

import static dev.braid.worker.Check.require;

import dev.braid.driver.data.DataFacts;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.NetworkNeeds;
import dev.braid.driver.data.Part;
import dev.braid.driver.data.Preflight;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.TrainingData;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.evaluation.MetricSettings;
import dev.braid.driver.evaluation.MistakenExample;
import dev.braid.driver.evaluation.ReferenceTask;
import dev.braid.driver.evaluation.TrainingSample;
import dev.braid.driver.evaluation.Validation;
import dev.braid.driver.exchange.Diverged;
import dev.braid.driver.features.Features;
import dev.braid.driver.plan.ClassCounts;
import dev.braid.driver.plan.ClassWeights;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.run.JobFailed;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.Stop;
import dev.braid.driver.run.Stopped;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.wire.JavaBytes;
import dev.braid.worker.data.LabelWeights;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.engine.GradientCheck;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.inference.Facts;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.Reference;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.FrozenFeatures;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Split;
import dev.braid.worker.network.Start;
import dev.braid.worker.optimizer.LayerRates;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * All of one training, from settings to a scored model.
 *
 * <pre>
 *   check data, shapes and plan                  Preflight, Network    (before Spark starts)
 *   read the examples into shards                TrainingData
 *   train by rounds                              Training
 *   score the test examples                      Evaluation
 * </pre>
 */
public final class TrainingRun {
  private final Settings settings;
  private final DataFacts facts;
  private final Blueprint plan;
  private final NetworkEngine engine;

  private TrainingRun(Settings settings, DataFacts facts, Blueprint plan, NetworkEngine engine) {
    this.settings = settings;
    this.facts = facts;
    this.plan = plan;
    this.engine = engine;
  }

  /**
   * What is to be trained.
   *
   * @param data what it learns from
   * @param start the network, and the weights and normalisation to go on from where it has them
   * @param engine what computes it; null for the network's own
   * @param training how it learns
   * @param seed source of every random choice
   * @param origin what the model's file says about where it comes from
   * @param metrics what is counted
   */
  public record Settings(
      DataSettings data,
      Start start,
      NetworkEngine engine,
      TrainingPlan training,
      long seed,
      Origin origin,
      MetricSettings metrics) {}

  /**
   * Who trained a model with which settings.
   *
   * @param braid version
   * @param settingsSha256 SHA-256 of the job file, 64 hexadecimal digits
   */
  public record Origin(String braid, String settingsSha256) {}

  /**
   * What a run has come to.
   *
   * @param model what was trained
   * @param trained counts and times
   * @param scores of the final model on each part, in the order train, trainDev, dev, test; on a
   *     sample of the training part; empty where there is no part but that
   * @param mistakes the surest ones on the test examples, or where there are none on the validation
   *     examples
   * @param classes per output how many training examples each class has, by its index; empty for an
   *     output that does not tell classes apart
   */
  public record Result(
      Model model,
      Trained trained,
      Map<Part, Evaluation> scores,
      List<MistakenExample> mistakes,
      List<long[]> classes) {

    /** Scores on the test examples, if there are any. */
    public Optional<Evaluation> test() {
      return Optional.ofNullable(scores.get(Part.TEST));
    }
  }

  /**
   * Checks all that can be checked without Spark: files and their headers, shapes, numbers.
   *
   * @throws IllegalArgumentException when the run cannot work, naming the setting
   */
  public static TrainingRun check(Settings settings, Configuration hadoop) {
    DataFacts facts =
        Preflight.check(
            settings.data,
            hadoop,
            train -> NetworkNeeds.of(plan(settings, train)),
            settings.start.encodings());
    Blueprint plan = plan(settings, facts.train());
    NetworkEngine engine = settings.engine == null ? NetworkEngine.of(plan) : settings.engine;
    engine.requireRuns(plan);
    TrainingChecks.requireOptimizer(settings.training, plan);
    if (facts.train().outputs().stream().noneMatch(Labels::isOpen)) {
      settings.metrics.requireFits(plan);
    }
    if (settings.training.classWeights() != null) {
      ClassWeights.requireHeeds(plan, facts.train().outputs());
      settings.training.classWeights().requireFits(facts.train().outputs().get(0));
    }
    TrainingChecks.requireWeights(settings, facts, plan);
    TrainingChecks.requireFits(settings.start, plan, settings.data);
    TrainingChecks.requireAdapts(start(settings, facts.train()), plan, settings.seed);
    TrainingChecks.windows(settings, plan);
    TrainingChecks.augmentations(settings, facts.train(), plan);
    facts
        .numTrain()
        .ifPresent(numExamples -> TrainingChecks.requireMiniBatches(settings, numExamples));
    TrainingChecks.requireMetric(settings, settings.metrics.blank(plan, facts.train().outputs()));
    return new TrainingRun(settings, facts, plan, engine);
  }

  /** What the training begins with, as far as the words of texts are known. */
  private static Start start(Settings settings, SourceFacts facts) {
    return settings.start.knowing(TrainingChecks.texts(facts));
  }

  private static Blueprint plan(Settings settings, SourceFacts facts) {
    return TrainingChecks.plan(start(settings, facts).network(), facts);
  }

  /** The network with all shapes resolved, as far as the data's classes are known. */
  public Blueprint plan() {
    return plan;
  }

  /** What computes it. */
  public NetworkEngine engine() {
    return engine;
  }

  /** The names of the scores an evaluation of it gives, in the order to show them: loss first. */
  public List<String> scores() {
    return Evaluation.names(settings.metrics.blank(plan, facts.train().outputs()));
  }

  /** Which layers learn and how fast. */
  public LayerRates rates() {
    return settings.start.adaptation().map(a -> a.rates(plan)).orElse(LayerRates.ALL_ALIKE);
  }

  /** What is known of the data. */
  public DataFacts facts() {
    return facts;
  }

  /**
   * Trains with checkpoints, or goes on from one, and scores.
   *
   * @param checkpointing where checkpoints are written, if they are
   * @param stop ends the training early, after a last checkpoint
   * @throws Diverged when loss or state become NaN or infinite, or the loss has exploded at the end
   * @throws JobFailed when the executors cannot do a round, or none has come in time
   * @throws Stopped when it was asked to stop
   */
  public Result run(
      SparkSession spark,
      TrainingListener listener,
      Optional<Checkpointing> checkpointing,
      Stop stop) {
    RunContext context =
        new RunContext(spark, settings.training.roundMinutes(), stop, checkpointing);
    JavaSparkContext sc = context.sc();
    RunJobs.requireExecutor(sc, context.jobMinutes(), stop);
    int workers = settings.training.workers();
    try (TrainingData data =
        TrainingData.load(spark, settings.data, facts, workers, settings.seed)) {
      if (!data.leftOut().isEmpty()) {
        listener.rowsLeftOut(data.leftOut());
      }
      TrainingChecks.requireMiniBatches(settings, data.train().numExamples());
      Blueprint complete = plan(settings, data.facts());
      TrainingChecks.requireLabels(data.train(), data.facts().outputs());
      settings.metrics.requireFits(complete);
      List<Normaliser> normalisers = normalisers(complete, data);
      LabelWeights weights = labelWeights(data);
      RunSpec spec = spec(complete, normalisers, weights);
      Map<String, Metrics> blank = settings.metrics.blank(complete, data.facts().outputs());
      LearningTask task =
          new LearningTask(
              data.train(),
              Optional.of(validation(data.train(), data.of(Part.DEV), blank)),
              complete.layout(),
              initial(complete, data.facts()),
              spec);
      Function<LearningTask, Trained> rounds =
          learning -> Training.run(context, learning, settings.training, listener);
      Optional<Split> split = split(complete);
      Trained trained =
          split.isPresent()
              ? trainHead(sc, split.get(), rule(complete), task, rounds, listener)
              : rounds.apply(task);
      Map<Part, Evaluation> scores = scores(sc, data, trained.state(), spec, blank);
      Model model = model(complete, normalisers, data.facts(), trained);
      return new Result(
          reference(sc, data.train(), model, complete, spec).map(model::with).orElse(model),
          trained,
          scores,
          mistakes(sc, data, scores),
          ClassCounts.of(data.train(), data.facts().outputs()));
    }
  }

  private static List<MistakenExample> mistakes(
      JavaSparkContext sc, TrainingData data, Map<Part, Evaluation> scores) {
    return Stream.of(Part.TEST, Part.DEV)
        .filter(scores::containsKey)
        .findFirst()
        .map(
            part ->
                MistakenExample.of(sc, data.of(part).orElseThrow(), scores.get(part).mistakes()))
        .orElse(List.of());
  }

  /**
   * Scores the final model on all parts; of the training part on a sample. They lie in the order in
   * which their differences tell bias, variance, a mismatch of the data, and how far the
   * development part was learned by choosing.
   */
  private static Map<Part, Evaluation> scores(
      JavaSparkContext sc,
      TrainingData data,
      State state,
      RunSpec spec,
      Map<String, Metrics> blank) {
    Map<Part, Evaluation> scores = new LinkedHashMap<>();
    if (data.parts().size() > 1) {
      for (Part part : Part.FROM_TRAIN_TO_TEST) {
        data.of(part)
            .map(shards -> part == Part.TRAIN ? TrainingSample.of(shards) : shards)
            .map(shards -> Evaluation.run(sc, shards, state, spec, blank))
            .ifPresent(scored -> scores.put(part, scored));
      }
    }
    return scores;
  }

  /** What is scored after each epoch: beside the validation examples some of the training's. */
  private static Validation validation(
      Shards train, Optional<Shards> examples, Map<String, Metrics> blank) {
    return new Validation(examples, Optional.of(TrainingSample.of(train)), blank);
  }

  private LabelWeights labelWeights(TrainingData data) {
    ClassWeights weights = settings.training.classWeights();
    LabelWeights ofExamples = settings.metrics.weights(data.facts(), data.train());
    return weights == null
        ? ofExamples
        : weights.of(data.facts().outputs().get(0), data.train()).with(ofExamples.examples());
  }

  private RunSpec spec(Blueprint plan, List<Normaliser> normalisers, LabelWeights weights) {
    return new RunSpec(
        engine.replicas(plan, rule(plan)),
        normalisers,
        settings.data.batchSize(),
        settings.seed,
        weights,
        TrainingChecks.windows(settings, plan),
        TrainingChecks.augmentations(settings, facts.train(), plan));
  }

  /** First layers that never learn and the others; empty where all layers compute in each pass. */
  private Optional<Split> split(Blueprint plan) {
    return settings
        .start
        .adaptation()
        .filter(adaptation -> adaptation.features().compute() == FrozenFeatures.Compute.ONCE)
        .flatMap(
            adaptation -> Split.of((NetworkPlan) plan, adaptation.rates(plan).frozenForever()));
  }

  /** Trains the last layers on what the first ones give, and puts the network together again. */
  private Trained trainHead(
      JavaSparkContext sc,
      Split split,
      Optional<UpdateRule> rule,
      LearningTask whole,
      Function<LearningTask, Trained> rounds,
      TrainingListener listener) {
    String folder = settings.start.adaptation().orElseThrow().features().folder();
    State first = whole.initial();
    RunSpec spec = whole.spec();
    try (Features features = new Features(sc, engine, split, first, spec.normalisers(), folder)) {
      Validation scored = whole.validation().orElseThrow();
      Features.Report report = features.report(whole.shards(), scored.shards());
      Shards train = features.of(whole.shards());
      Optional<Shards> examples = scored.shards().map(features::of);
      listener.featuresComputed(report);
      Trained trained =
          rounds.apply(
              new LearningTask(
                  train,
                  Optional.of(validation(train, examples, scored.blank())),
                  split.head().layout(),
                  split.ofHead(first),
                  new RunSpec(
                      engine.replicas(split.head(), rule),
                      List.of(Normaliser.NONE),
                      spec.batchSize(),
                      spec.seed(),
                      spec.labelWeights())));
      return trained.with(split.whole(first, trained.state()));
    }
  }

  /** What later rows are compared with. */
  private static Optional<Reference> reference(
      JavaSparkContext sc, Shards train, Model model, Blueprint plan, RunSpec spec) {
    ModelFacts facts = Facts.of(model.description(), plan, model.sha256());
    return ReferenceTask.reference(sc, train, model.state(), spec, facts);
  }

  /**
   * Compares the network's gradients near its first parameters with finite differences, dropout
   * off.
   *
   * @param numExamples of the training data to compute the loss of; the time grows with it
   */
  public GradientCheck.Report checkGradients(SparkSession spark, int numExamples) {
    require(
        plan instanceof NetworkPlan,
        "only networks of layers can be checked: DL4J's and TorchScript's compute in single"
            + " precision");
    int workers = settings.training.workers();
    try (TrainingData data =
        TrainingData.load(spark, settings.data, facts, workers, settings.seed)) {
      NetworkPlan complete = (NetworkPlan) plan(settings, data.facts());
      MiniBatch batch =
          LabelWeights.NONE.scored(
              first(data.train(), normalisers(complete, data), numExamples),
              complete.outputs().size());
      for (int i = 0; i < complete.outputs().size(); i++) {
        require(
            batch.hasLabel(i),
            "output '%s' has no label among the first %d examples; take more with --examples",
            complete.outputs().get(i).name(),
            batch.size());
      }
      return engine.checkGradients(complete, batch, settings.seed);
    }
  }

  /**
   * What the network will see of some pictures of the training part, whose settings change some.
   *
   * @param numPictures at most
   * @param numEpochs from the first one on
   */
  public List<AugmentedPicture> augmentedPictures(
      SparkSession spark, int numPictures, int numEpochs) {
    int workers = settings.training.workers();
    try (TrainingData data =
        TrainingData.load(spark, settings.data, facts, workers, settings.seed)) {
      Blueprint complete = plan(settings, data.facts());
      RunSpec spec = spec(complete, normalisers(complete, data), LabelWeights.NONE);
      Labels labels = data.facts().outputs().get(0);
      return AugmentedPicture.of(
          new JavaSparkContext(spark.sparkContext()),
          data.train(),
          spec,
          labels.task().codec(labels.classes()),
          numPictures,
          numEpochs);
    }
  }

  private static MiniBatch first(Shards shards, List<Normaliser> normalisers, int numExamples) {
    byte[] first =
        shards
            .rdd()
            .map(shard -> MiniBatches.inOrder(shard, numExamples, normalisers).get(0))
            .map(batch -> JavaBytes.write(batch, "a mini-batch"))
            .first();
    return JavaBytes.read(first, MiniBatch.class, "a mini-batch");
  }

  private List<Normaliser> normalisers(Blueprint plan, TrainingData data) {
    return settings
        .start
        .normalisers()
        .map(fitted -> fitted.of(plan.inputs().values()))
        .orElse(data.normalisers());
  }

  /** How gradients change parameters; empty for the network's own optimizer. */
  private Optional<UpdateRule> rule(Blueprint plan) {
    return settings
        .training
        .ownRule()
        .map(rule -> settings.start.adaptation().map(a -> rule.with(a.rates(plan))).orElse(rule));
  }

  private State initial(Blueprint plan, SourceFacts facts) {
    State weights =
        start(settings, facts)
            .adaptation()
            .map(adaptation -> adaptation.weights(plan, settings.seed))
            .or(() -> settings.start.weights().map(State::copy))
            .orElseGet(() -> plan.initialState(settings.seed));
    Optional<UpdateRule> rule = settings.training.ownRule();
    List<Blocks> memory =
        rule.isPresent()
            ? State.zeros(plan.layout(), rule.get().numSlots()).slots()
            : weights.slots().isEmpty() ? plan.initialMemory() : weights.slots();
    if (plan instanceof NetworkPlan layers) {
      layers.clearPadding(weights.params()); // of a model from elsewhere
    }
    return new State(weights.params(), memory, weights.statistics());
  }

  private Model model(
      Blueprint plan, List<Normaliser> normalisers, SourceFacts facts, Trained trained) {
    List<ModelDescription.Input> inputs = new ArrayList<>();
    for (String name : plan.inputs().keySet()) {
      int i = inputs.size();
      Shape shape = new Shape(facts.inputs().get(i).shape());
      inputs.add(
          new ModelDescription.Input(
              name, shape, normalisers.get(i), facts.inputs().get(i).encoding()));
    }
    ModelDescription.Provenance provenance =
        new ModelDescription.Provenance(
            settings.origin.braid,
            settings.seed,
            settings.origin.settingsSha256,
            trained.epochs(),
            trained.work().rounds(),
            trained.work().examples(),
            settings.data.drawing());
    ModelDescription description =
        new ModelDescription(
            plan.trained(
                start(settings, facts).network(), trained.work().updates(), trained.epochs()),
            inputs,
            facts.outputs().stream()
                .map(l -> new ModelDescription.Labels(l.task(), l.width(), l.classes()))
                .toList(),
            provenance);
    State state = trained.state();
    boolean ownMemory = settings.training.ownRule().isEmpty();
    return new Model(
        description, state.params(), state.statistics(), ownMemory ? state.slots() : List.of());
  }
}
