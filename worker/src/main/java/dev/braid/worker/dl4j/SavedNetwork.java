package dev.braid.worker.dl4j;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.Normaliser;
import dev.braid.worker.dl4j.network.Dl4jArchitecture;
import dev.braid.worker.dl4j.network.Dl4jFile;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.dl4j.network.Dl4jPlan;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelDescription.Labels;
import dev.braid.worker.model.ModelDescription.Provenance;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.util.List;
import java.util.Map;

/** A network as DL4J saved it, as a model that DL4J itself computes. */
public final class SavedNetwork {
  private SavedNetwork() {}

  /**
   * The network of a zip, its weights and its normaliser.
   *
   * @param name of the file, for messages
   * @param input shape of one example; null where the network tells
   * @param classes names of the outputs where they are probabilities of classes; null to call them
   *     by their numbers
   * @throws IllegalArgumentException saying what is wrong with the file
   */
  public static Model read(String name, byte[] bytes, Shape input, List<String> classes) {
    Dl4jModel network = Dl4jFile.read(name, bytes);
    Dl4jArchitecture architecture = Dl4jArchitecture.of(network);
    Shape shape = input == null ? network.inputShape().orElse(null) : input;
    require(
        shape != null,
        "%s does not say what its network reads: set foreign.inputShape to that of one example,"
            + " such as [1, 28, 28]",
        name);
    Dl4jPlan plan = architecture.plan(Map.of("input", shape), List.of());
    require(
        plan.outputs().size() == 1,
        "%s has %d outputs; only models with one can be applied",
        name,
        plan.outputs().size());
    Normaliser normaliser = Dl4jFile.normaliser(name, bytes, shape);
    State state = Dl4jPlan.stateOf(network);
    ModelDescription description =
        new ModelDescription(
            architecture,
            List.of(new ModelDescription.Input("input", shape, normaliser)),
            List.of(named(ModelDescription.Labels.numbered(plan.outputs().get(0)), plan, classes)),
            new Provenance(null, 0, null, 0, 0, 0));
    return new Model(description, state.params(), state.statistics());
  }

  private static Labels named(Labels labels, Dl4jPlan plan, List<String> classes) {
    if (classes == null) {
      return labels;
    }
    OutputPlan output = plan.outputs().get(0);
    int expected = Math.max(output.numUnits(), labels.classes().size());
    require(
        classes.size() == expected,
        "%d classes are named, but the network has %d",
        classes.size(),
        expected);
    Task task = labels.task().namesUnits() ? labels.task() : Tasks.named("classification");
    return new Labels(task, labels.width(), classes);
  }
}
