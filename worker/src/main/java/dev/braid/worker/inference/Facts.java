package dev.braid.worker.inference;

import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.OutputPlan;
import java.util.ArrayList;
import java.util.List;

/** What a model file says of its network. */
public final class Facts {
  private Facts() {}

  /** What is known of a model that was read. */
  public static ModelFacts of(Model model, Blueprint plan) {
    return of(model.description(), plan, model.sha256());
  }

  /** What is known of a model. */
  public static ModelFacts of(ModelDescription description, Blueprint plan, String sha256) {
    List<ModelFacts.Output> outputs = new ArrayList<>();
    for (OutputPlan output : plan.outputs()) {
      outputs.add(ModelFacts.Output.of(output, description.labels().get(outputs.size())));
    }
    return new ModelFacts(description.inputs(), outputs, sha256, description.reference());
  }
}
