package dev.braid.worker.torch.script;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.CrossEntropy;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.MeanSquared;
import dev.braid.worker.network.Architecture;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.StateLayout;
import dev.braid.worker.torch.runtime.TorchClasspath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A network as a program in TorchScript.
 *
 * @param torchScript the program, its numbers taken out, see {@link Script.Numbers#program}
 * @param loss null for the one that suits the data's labels
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScriptArchitecture(@JsonProperty(required = true) String torchScript, Loss loss)
    implements Architecture {
  private static final String OUTPUT = "output";

  public ScriptArchitecture {
    require(torchScript != null, "a TorchScript network needs its program");
  }

  /** {@inheritDoc} The module is run on two examples of zeros to see what it gives. */
  @Override
  public ScriptPlan plan(Map<String, Shape> data, List<Target> targets) {
    TorchClasspath.requireHere("a TorchScript network");
    require(
        targets.size() <= 1,
        "a TorchScript network has one output, but the data has labels for %d",
        targets.size());
    Architecture.requireOneLength(data, "a TorchScript module");
    try (Script script = Script.ofProgram(torchScript)) {
      StateLayout layout = script.tensors().layout();
      require(
          layout.numParams() > 0,
          "the TorchScript module has no parameters that learn: all are frozen (requires_grad is"
              + " False), or it was frozen by torch.jit.freeze");
      List<Shape> inputs = List.copyOf(data.values());
      Script.Answer answer = script.answerTo(inputs);
      Shape shape = answer.shape();
      Target target = targets.isEmpty() ? null : targets.get(0);
      Output settings = Output.ofRead(lossFor(target), shape.channels(), OUTPUT);
      requireClasses(settings.loss(), shape, target);
      OutputPlan output = OutputPlan.of(OUTPUT, data.size(), settings, shape, target);
      return new ScriptPlan(
          torchScript, data, output, layout, answer.changing(), warnings(script, inputs));
    }
  }

  private static List<String> warnings(Script script, List<Shape> inputs) {
    List<String> warnings = new ArrayList<>();
    List<String> unreached = script.unreached(inputs);
    if (!unreached.isEmpty()) {
      warnings.add(
          "what the TorchScript module gives does not depend on %s: a parameter without a gradient"
                  .formatted(String.join(", ", unreached))
              + " is left as it is, as by PyTorch's optimizers");
    }
    List<String> strays = script.tensors().strays();
    if (!strays.isEmpty()) {
      warnings.add(
          "%s of the TorchScript module asks for gradients, but is no parameter and is left as it"
                  .formatted(String.join(", ", strays))
              + " is, as by PyTorch's optimizers; nn.Parameter or nn.ParameterList makes it one");
    }
    return warnings;
  }

  private Loss lossFor(Target target) {
    if (loss != null) {
      return loss;
    }
    return target != null && target.classes() > 0 ? new CrossEntropy() : new MeanSquared();
  }

  /**
   * A class for each number, and none more. Of data whose classes are only known once all of it is
   * read, two are taken for granted.
   */
  private static void requireClasses(Loss loss, Shape shape, Target target) {
    if (!loss.isOfClasses() || target == null) {
      return;
    }
    require(
        target.classes() > 0,
        "network.loss: crossEntropy needs classes, but the data's labels are plain numbers; use"
            + " loss: meanSquared");
    require(
        shape.channels() == target.classes()
            || (target.classes() <= 2 && shape.channels() > target.classes()),
        "the TorchScript module gives %d numbers an example, but the data has %d classes; give its"
            + " last layer %d outputs in PyTorch, or take other labels",
        shape.channels(),
        target.classes(),
        target.classes());
  }
}
