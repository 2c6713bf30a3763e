package dev.braid.driver.training;

import static dev.braid.worker.Check.require;

import dev.braid.driver.data.DataFacts;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.Division;
import dev.braid.driver.data.NetworkNeeds;
import dev.braid.driver.data.Part;
import dev.braid.driver.data.Shards;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.plan.EarlyStopping;
import dev.braid.driver.plan.OuterStep;
import dev.braid.driver.plan.ReduceOnPlateau;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.source.column.InputScaling;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.augment.Augmentation;
import dev.braid.worker.augment.Augmentations;
import dev.braid.worker.augment.PictureSize;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.data.Windows;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.Architecture;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.FrozenFeatures;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Start;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What must hold before a training begins, as plain functions; each names the setting to change.
 */
final class TrainingChecks {
  private TrainingChecks() {}

  /**
   * The network on this data. Where all examples must be read to know the classes, two are taken
   * for granted.
   */
  static Blueprint plan(Architecture network, SourceFacts facts) {
    Map<String, Shape> inputs = new LinkedHashMap<>();
    facts.inputs().forEach(input -> inputs.put(input.name(), new Shape(input.shape())));
    Blueprint plan = network.plan(inputs, facts.outputs().stream().map(Labels::target).toList());
    requireOutputs(plan, facts.outputs());
    for (int i = 0; i < plan.outputs().size(); i++) {
      requireTwoClasses(plan.outputs().get(i), facts.outputs().get(i));
      facts.outputs().get(i).task().requireFits(plan.outputs().get(i));
    }
    NetworkNeeds.requireMasks(plan, facts.inputs());
    return plan;
  }

  /** The texts among the inputs, by name, that are inputs by themselves. */
  static Map<String, TextEncoding> texts(SourceFacts facts) {
    Map<String, TextEncoding> texts = new LinkedHashMap<>();
    for (SourceFacts.Input input : facts.inputs()) {
      if (input.encoding() != null
          && input.encoding().columns().get(0).as() instanceof TextEncoding text) {
        texts.put(input.name(), text);
      }
    }
    return texts;
  }

  private static void requireTwoClasses(OutputPlan output, Labels labels) {
    require(
        output.labels() == OutputPlan.Labels.NUMBERS
            || output.labels() == OutputPlan.Labels.OBJECTS
            || output.numUnits() > 1
            || labels.classes().size() != 1,
        "data.train: all labels are '%s'; classes are learned from examples of two at least",
        labels.classes().isEmpty() ? "" : labels.classes().get(0));
  }

  /** Several outputs are told apart by their names, so that no labels go to the wrong one. */
  private static void requireOutputs(Blueprint plan, List<Labels> labels) {
    List<String> theirs = plan.outputs().stream().map(OutputPlan::name).toList();
    List<String> ours = labels.stream().map(Labels::name).toList();
    require(
        ours.size() == 1 || ours.equals(theirs),
        "the data's outputs are called %s, the network's %s; give both the same names in the same"
            + " order",
        ours,
        theirs);
  }

  static void requireOptimizer(TrainingPlan training, Blueprint plan) {
    require(
        training.optimizer() != null || plan.hasOptimizer(),
        "training needs an optimizer, such as optimizer: {adam: {learningRate: 0.001}}");
    require(
        training.optimizer() != null
            || !(training.averaging().outerStep() instanceof OuterStep.SlowMo),
        "training.averaging: slowMo needs the workers' learning rate: set training.optimizer");
    require(
        training.optimizer() != null || training.reduceOnPlateau() == null,
        "training.reduceOnPlateau changes the learning rate of training.optimizer: set it");
  }

  static void requireFits(Start start, Blueprint plan, DataSettings data) {
    start
        .weights()
        .ifPresent(
            weights ->
                require(
                    weights.params().size() == plan.layout().numParams()
                        && weights.statistics().size() == plan.layout().numStatistics(),
                    "model: its weights do not fit the network on this data; the shapes of inputs"
                        + " and labels must be those it was trained with"));
    start.normalisers().ifPresent(fitted -> fitted.of(plan.inputs().values()));
    require(
        start.normalisers().isEmpty() || data.normalise() == InputScaling.NONE,
        "data.normalise: the model to go on from brings its own normalisation; leave it out");
  }

  static void requireAdapts(Start start, Blueprint plan, long seed) {
    start
        .adaptation()
        .ifPresent(
            adaptation -> {
              adaptation.rates(plan);
              adaptation.weights(plan, seed);
            });
  }

  /**
   * In which windows along time long sequences are learned from; null where they are taken whole.
   *
   * @throws IllegalArgumentException naming what in the network cannot go on from a window's end
   */
  static Windows windows(TrainingRun.Settings settings, Blueprint plan) {
    Integer steps = settings.training().truncate();
    if (steps == null) {
      return null;
    }
    require(
        plan instanceof NetworkPlan,
        "training.truncate is for networks of layers, which this is not; leave it out");
    for (OutputPlan output : plan.outputs()) {
      require(
          output.shape().isRagged(),
          "training.truncate: output '%s' does not answer at each step of a sequence of any length,"
              + " so that its gradient is of all steps; leave it out",
          output.name());
    }
    require(
        settings.start().adaptation().stream()
            .filter(adapted -> adapted.features().compute() == FrozenFeatures.Compute.ONCE)
            .allMatch(adapted -> adapted.rates(plan).frozenForever().isEmpty()),
        "training.truncate: the frozen layers are computed once, for whole sequences; set"
            + " features.compute: everyPass, or leave truncate out");
    try {
      return new Windows(steps, ((NetworkPlan) plan).stateWidths());
    } catch (WrongSettings e) {
      throw new WrongSettings("training.truncate: " + e.getMessage(), e);
    }
  }

  /**
   * What is done to the pictures among the inputs.
   *
   * @throws IllegalArgumentException where there are none, or they are computed once for all epochs
   */
  static Augmentations augmentations(
      TrainingRun.Settings settings, SourceFacts facts, Blueprint plan) {
    if (settings.data().augment().isEmpty()) {
      return Augmentations.NONE;
    }
    List<PictureSize> pictures = new ArrayList<>();
    for (SourceFacts.Input input : facts.inputs()) {
      List<Integer> shape = input.shape();
      boolean isPicture = input.kind() == Kind.BYTE && shape.size() == 3;
      pictures.add(isPicture ? new PictureSize(shape.get(0), shape.get(1), shape.get(2)) : null);
    }
    require(
        pictures.stream().anyMatch(Objects::nonNull),
        "data.augment changes pictures: those of a folder, of an archive, of IDX files or of a"
            + " table's column of pictures; there are none among the inputs, leave it out");
    require(
        settings.start().adaptation().stream()
            .filter(adapted -> adapted.features().compute() == FrozenFeatures.Compute.ONCE)
            .allMatch(adapted -> adapted.rates(plan).frozenForever().isEmpty()),
        "data.augment: the frozen layers are computed once, so that each picture is seen in one"
            + " form alone; set features.compute: everyPass, or leave augment out");
    boolean boxes = facts.outputs().stream().anyMatch(output -> output.task().isOfBoxes());
    for (Augmentation change : settings.data().augment()) {
      require(
          !boxes || !change.moves(),
          "data.augment: %s moves what is in a picture, and boxes do not move with it yet; leave it"
              + " out",
          change.kind());
    }
    try {
      return new Augmentations(settings.data().augment(), pictures);
    } catch (WrongSettings e) {
      throw new WrongSettings("data.augment: " + e.getMessage(), e);
    }
  }

  static void requireMiniBatches(TrainingRun.Settings settings, long numExamples) {
    int batchSize = settings.data().batchSize();
    int workers = settings.training().workers();
    long numMiniBatches = (numExamples + batchSize - 1) / batchSize;
    require(
        workers <= numMiniBatches,
        "training.workers: %d workers, but only %d mini-batches (%d examples, batchSize %d); set"
            + " workers to %d or fewer, or data.batchSize lower",
        workers,
        numMiniBatches,
        numExamples,
        batchSize,
        numMiniBatches);
  }

  /** Does nothing when the network heeds the weights of examples, where they have any. */
  static void requireWeights(TrainingRun.Settings settings, DataFacts facts, Blueprint plan) {
    if (facts.train().weight().isPresent()) {
      plan.requireHeedsWeights();
      require(
          plan.outputs().size() == 1,
          "data.weight: only a network of one output can weigh examples, this one has %d",
          plan.outputs().size());
    }
    Division division = settings.data().division();
    settings.metrics().requireWeights(facts.train(), division.sourceSetting(Part.TRAIN));
    facts
        .given()
        .forEach(
            (part, given) ->
                settings.metrics().requireWeights(given, division.sourceSetting(part)));
  }

  static void requireMetric(TrainingRun.Settings settings, Map<String, Metrics> blank) {
    EarlyStopping stopping = settings.training().earlyStopping();
    if (stopping != null) {
      requireMetric(settings, blank, "earlyStopping", stopping.metric());
    }
    ReduceOnPlateau reducing = settings.training().reduceOnPlateau();
    if (reducing != null) {
      requireMetric(settings, blank, "reduceOnPlateau", reducing.metric());
    }
  }

  private static void requireMetric(
      TrainingRun.Settings settings, Map<String, Metrics> blank, String rule, String metric) {
    require(
        settings.data().division().parts().contains(Part.DEV),
        "training.%s needs validation examples: set data.validation, or data.parts.dev",
        rule);
    List<String> known = Evaluation.names(blank);
    require(
        known.contains(metric),
        "training.%s.metric: unknown metric '%s'%s known metrics: %s",
        rule,
        metric,
        Spelling.nearest(metric, known).map("; did you mean '%s'?"::formatted).orElse(";"),
        String.join(", ", known));
  }

  /**
   * Does nothing when each output has a label to learn from: one Spark job where labels may be
   * missing.
   *
   * @throws IllegalArgumentException naming the output that has none
   */
  static void requireLabels(Shards train, List<Labels> outputs) {
    if (outputs.size() == 1) {
      return;
    }
    List<boolean[]> found =
        train
            .rdd()
            .map(
                shard -> {
                  boolean[] present = new boolean[shard.numLabels()];
                  for (int k = 0; k < present.length; k++) {
                    present[k] = shard.label(k).hasNumber();
                  }
                  return present;
                })
            .collect();
    for (int i = 0; i < outputs.size(); i++) {
      int output = i;
      require(
          found.stream().anyMatch(present -> present[output]),
          "data.train: output '%s' has no label in any example to learn from; give it labels, or"
              + " leave the output out",
          outputs.get(i).name());
    }
  }
}
