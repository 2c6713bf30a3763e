package dev.braid.worker.inference;

import static dev.braid.worker.Check.require;

import dev.braid.worker.loss.Loss;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.task.MetricOptions;
import java.util.List;

/** What a model file says of its network. */
public final class Facts {
  private Facts() {}

  /**
   * What is known of a model that was read.
   *
   * @throws IllegalArgumentException when it has several inputs or outputs
   */
  public static ModelFacts of(Model model, Blueprint plan) {
    return of(model.description(), plan, model.sha256());
  }

  /**
   * What is known of a model.
   *
   * @throws IllegalArgumentException when it has several inputs or outputs
   */
  public static ModelFacts of(ModelDescription description, Blueprint plan, String sha256) {
    require(
        description.inputs().size() == 1 && plan.outputs().size() == 1,
        "the model has %d inputs and %d outputs (%s); only models with one of each can be applied,"
            + " others are scored by evaluate",
        description.inputs().size(),
        plan.outputs().size(),
        String.join(", ", plan.outputs().stream().map(OutputPlan::name).toList()));
    ModelDescription.Input input = description.inputs().get(0);
    OutputPlan output = plan.outputs().get(0);
    boolean hinge = output.loss().labels() == Loss.Labels.SIGNS;
    ModelDescription.Labels labels = description.labels().get(0);
    Answer answer = answer(labels, output);
    List<String> classes =
        answer == Answer.NUMBERS ? List.of() : description.labels().get(0).classes();
    return new ModelFacts(
        new ModelFacts.Input(input.shape().sizes(), input.normaliser(), input.encoding()),
        new ModelFacts.Output(answer, hinge ? 0 : 0.5f, output.shape().size(), classes),
        labels.task().metrics(output, labels.classes(), MetricOptions.NONE).toBytes(),
        sha256,
        description.reference());
  }

  private static Answer answer(ModelDescription.Labels labels, OutputPlan output) {
    boolean properties = !labels.task().hasClasses();
    if (!labels.task().namesUnits() || output.numPositions() > 1) {
      return Answer.NUMBERS;
    }
    if (properties) {
      return Answer.PROPERTIES;
    }
    return output.numUnits() == 1 ? Answer.TWO_CLASSES : Answer.CLASSES;
  }
}
