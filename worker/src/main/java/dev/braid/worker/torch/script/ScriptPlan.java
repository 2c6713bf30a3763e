package dev.braid.worker.torch.script;

import dev.braid.worker.engine.OptimizedReplica;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import dev.braid.worker.torch.TorchBlueprint;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A TorchScript network on data of known shapes.
 *
 * @param program in TorchScript, see {@link Script.Numbers#program}
 * @param inputs names and shapes, in the order of the module's arguments
 * @param output what the module gives, before the activation of its loss
 * @param layout parameters and buffers, in the module's order
 * @param changing names of what the module changes of its own in inference mode
 * @param warnings what a user should know before it is trained
 */
public record ScriptPlan(
    String program,
    Map<String, Shape> inputs,
    OutputPlan output,
    StateLayout layout,
    Set<String> changing,
    List<String> warnings)
    implements TorchBlueprint {
  public ScriptPlan {
    changing = Set.copyOf(changing);
    warnings = List.copyOf(warnings);
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
  }

  @Override
  public List<OutputPlan> outputs() {
    return List.of(output);
  }

  @Override
  public State initialState(long seed) {
    throw new IllegalStateException("a TorchScript network begins with the numbers of its file");
  }

  @Override
  public ReplicaSource replicas(UpdateRule rule) {
    return new Replicas(this, rule);
  }

  private record Replicas(ScriptPlan plan, UpdateRule rule) implements ReplicaSource {
    @Override
    public Replica create() {
      return new OptimizedReplica(new ScriptNetwork(plan), rule);
    }
  }

  /**
   * Writes the module with these numbers, in inference mode, as PyTorch reads it: {@code
   * torch.jit.load}.
   *
   * @param state of this plan's layout
   */
  public void write(State state, OutputStream out) throws IOException {
    try (Script script = Script.ofProgram(program)) {
      out.write(script.with(state));
    }
  }
}
