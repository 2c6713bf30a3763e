package dev.braid.driver.evaluation;

import static dev.braid.worker.Check.require;

import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.Division;
import dev.braid.driver.data.NetworkNeeds;
import dev.braid.driver.data.Part;
import dev.braid.driver.data.Preflight;
import dev.braid.driver.data.RowsLeftOut;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.TrainingData;
import dev.braid.driver.source.Source;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.state.State;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Scores a finished model on labelled examples. */
public final class ScoringRun {
  /** Fixed, so that sums over shards do not depend on the cluster. */
  private static final int NUM_SHARDS = 32;

  private final Model model;
  private final NetworkEngine engine;
  private final DataSettings data;
  private final Part part;
  private final MetricSettings metrics;
  private final SourceFacts facts;

  private ScoringRun(
      Model model,
      NetworkEngine engine,
      DataSettings data,
      Part part,
      MetricSettings metrics,
      SourceFacts facts) {
    this.model = model;
    this.engine = engine;
    this.data = data;
    this.part = part;
    this.metrics = metrics;
    this.facts = facts;
  }

  /**
   * Checks all that can be checked without Spark.
   *
   * @param engine what computes; null for the network's own
   * @param part of {@code data} that is scored; as it was held out in training, by {@code seed}
   * @param metrics what is counted
   * @throws IllegalArgumentException when the examples are not such as the model was trained with
   */
  public static ScoringRun check(
      Model model,
      NetworkEngine engine,
      DataSettings data,
      Part part,
      long seed,
      MetricSettings metrics,
      Configuration hadoop) {
    Division division = data.division();
    Source source =
        division
            .source(part)
            .orElseThrow(
                () ->
                    new WrongSettings(
                        "%s is missing: where the examples to score lie%s"
                            .formatted(division.setting(part), otherParts(division))));
    ModelDescription description = model.description();
    long trained = description.provenance().seed();
    require(
        !division.isDrawn(part) || seed == trained,
        "seed: the seed draws the examples of %s, and the model was trained with %d, not %d; set"
            + " seed to %d",
        division.setting(part),
        trained,
        seed,
        trained);
    String drawn = description.provenance().parts();
    require(
        !division.isDrawn(part) || drawn == null || drawn.equals(data.drawing()),
        "%s: the parts of the model's training are '%s', these '%s', so that examples it learned"
            + " from may be among those to score; set data.parts, or data.validation, and"
            + " data.weight as in training, or give them a source of their own",
        division.setting(part),
        drawn,
        data.drawing());
    Blueprint plan = description.plan();
    NetworkEngine computing = engine == null ? NetworkEngine.of(plan) : engine;
    computing.requireRuns(plan);
    require(
        plan.outputs().size() == description.labels().size(),
        "the model was made without labels; it cannot be scored");
    SourceFacts training =
        new SourceFacts(
            description.inputs().stream().map(ScoringRun::input).toList(),
            IntStream.range(0, plan.outputs().size())
                .mapToObj(i -> labels(plan.outputs().get(i).name(), description.labels().get(i)))
                .toList(),
            OptionalLong.empty());
    SourceFacts facts =
        Preflight.check(
            source, division.sourceSetting(part), hadoop, training, data.broken(), data.beside());
    NetworkNeeds.requireMasks(plan, facts.inputs());
    metrics.requireFits(plan);
    metrics.requireWeights(facts, division.sourceSetting(part));
    return new ScoringRun(model, computing, data, part, metrics, facts);
  }

  /** The way to score what there is, in words. */
  private static String otherParts(Division division) {
    return Part.FROM_TRAIN_TO_TEST.stream()
        .filter(division.parts()::contains)
        .map(other -> "--part " + (division.isNamed() ? other.key() : other.word()))
        .reduce((a, b) -> a + " or " + b)
        .map("; to score other examples of the job file say "::concat)
        .orElse("");
  }

  private static SourceFacts.Input input(ModelDescription.Input input) {
    boolean masked = input.encoding() != null && input.encoding().maskedStep() > 0;
    return new SourceFacts.Input(
        input.name(), input.shape().sizes(), Kind.FLOAT, masked, input.encoding());
  }

  private static Labels labels(String output, ModelDescription.Labels labels) {
    return new Labels(output, labels.task(), labels.width(), labels.classes());
  }

  /** What is known of the examples. */
  public SourceFacts facts() {
    return facts;
  }

  /**
   * Reads the examples and scores the model on them.
   *
   * @param leftOut told of rows that could not be used
   */
  public Evaluation run(SparkSession spark, long seed, Consumer<List<RowsLeftOut>> leftOut) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Blueprint plan = model.description().plan();
    ReplicaSource replicas = engine.replicas(plan);
    State state = new State(model.params(), List.of(), model.statistics());
    try (Shards shards = TrainingData.part(spark, data, part, facts, NUM_SHARDS, seed, leftOut)) {
      RunSpec spec =
          new RunSpec(
              replicas,
              model.description().normalisers(),
              data.batchSize(),
              seed,
              metrics.weights(facts, shards));
      return Evaluation.run(sc, shards, state, spec, metrics.blank(plan, facts.outputs()));
    }
  }
}
