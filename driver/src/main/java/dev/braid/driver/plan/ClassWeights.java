package dev.braid.driver.plan;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.braid.driver.data.Shards;
import dev.braid.driver.source.example.Labels;
import dev.braid.worker.Spelling;
import dev.braid.worker.data.LabelWeights;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.OutputPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What the classes weigh in the loss: {@code training.classWeights} of a job file, either {@code
 * {auto: balanced}} or weights by the names of classes, such as {@code {healthy: 1, ill: 20}}; a
 * class that is not named weighs 1. Scores do not heed them.
 */
public sealed interface ClassWeights {

  /**
   * Every class weighs as much as any other in all: number of labels / (number of classes x labels
   * of the class), as scikit-learn's {@code class_weight="balanced"}, over the training examples.
   */
  record Balanced() implements ClassWeights {
    @Override
    public LabelWeights of(Labels labels, Shards train) {
      int numClasses = labels.classes().size();
      long[] all = ClassCounts.of(train, 0, numClasses);
      long present = Arrays.stream(all).filter(n -> n > 0).count();
      double sum = Arrays.stream(all).sum();
      float[] weights = new float[numClasses];
      for (int k = 0; k < numClasses; k++) {
        weights[k] = all[k] == 0 ? 1 : (float) (sum / (present * all[k]));
      }
      return new LabelWeights(weights);
    }
  }

  /**
   * By name.
   *
   * @param weights above 0
   */
  record Named(Map<String, Double> weights) implements ClassWeights {
    public Named {
      weights = Map.copyOf(weights);
      weights.forEach(
          (name, weight) ->
              require(
                  weight > 0 && Double.isFinite(weight),
                  "classWeights: class '%s' must weigh more than 0, got %s",
                  name,
                  weight));
    }

    @Override
    public void requireFits(Labels labels) {
      if (labels.isOpen()) {
        return; // the classes are known when all examples are read
      }
      for (String name : weights.keySet()) {
        require(
            labels.classes().contains(name),
            "training.classWeights: '%s' is none of the %d classes%s",
            name,
            labels.classes().size(),
            Spelling.suggestion(name, labels.classes()));
      }
    }

    @Override
    public LabelWeights of(Labels labels, Shards train) {
      requireFits(labels);
      float[] all = new float[labels.classes().size()];
      for (int k = 0; k < all.length; k++) {
        all[k] = weights.getOrDefault(labels.classes().get(k), 1.0).floatValue();
      }
      return new LabelWeights(all);
    }
  }

  /** As a job file writes it. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ClassWeights read(Map<String, Object> settings) {
    if (settings.keySet().equals(java.util.Set.of("auto"))
        && settings.get("auto") instanceof String how) {
      require(how.equals("balanced"), "classWeights.auto: known is balanced, got '%s'", how);
      return new Balanced();
    }
    Map<String, Double> weights = new java.util.HashMap<>();
    settings.forEach(
        (name, weight) -> {
          require(
              weight instanceof Number,
              "classWeights: class '%s' needs a number, got '%s'; or say {auto: balanced}",
              name,
              weight);
          weights.put(name, ((Number) weight).doubleValue());
        });
    return new Named(weights);
  }

  /**
   * Weights by the classes' indices.
   *
   * @param labels of the only output, all classes known
   */
  LabelWeights of(Labels labels, Shards train);

  /**
   * Does nothing when the classes may be weighted so, as far as is known.
   *
   * @throws IllegalArgumentException naming the class that does not exist
   */
  default void requireFits(Labels labels) {}

  /**
   * Does nothing when the network and its loss can heed weights.
   *
   * @throws IllegalArgumentException saying why not
   */
  static void requireHeeds(Blueprint plan, List<Labels> labels) {
    plan.requireHeedsWeights();
    require(
        plan.outputs().size() == 1 && labels.get(0).task().hasClasses(),
        "training.classWeights: only a network of one output whose labels are classes can weigh"
            + " them");
    OutputPlan output = plan.outputs().get(0);
    require(
        output.labels() == OutputPlan.Labels.CLASS_INDEX
            || (output.labels() == OutputPlan.Labels.NUMBERS && output.numUnits() == 1),
        "training.classWeights: loss %s of several units does not weigh classes; set loss:"
            + " crossEntropy",
        output.loss().name());
  }
}
