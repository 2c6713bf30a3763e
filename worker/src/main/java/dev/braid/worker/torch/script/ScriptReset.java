package dev.braid.worker.torch.script;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;

/**
 * Puts back what a module changes of its own in inference mode (a count that tracing has kept in, a
 * buffer that is written anew with what it was), so that what it answers does not depend on what it
 * was asked before. Few modules do.
 */
final class ScriptReset {
  private final Set<String> changing;
  private final List<ScriptAttribute> attributes;

  /**
   * @param changing names of the tensors and numbers that it changes
   */
  ScriptReset(JitModule module, Set<String> changing) {
    this.changing = changing;
    attributes =
        changing.isEmpty()
            ? List.of()
            : ScriptAttribute.all(module).stream().filter(this::changes).toList();
  }

  private boolean changes(ScriptAttribute attribute) {
    return changing.contains(attribute.name())
        || attribute.tensors().keySet().stream().anyMatch(changing::contains);
  }

  /** The result of {@code work} in inference mode; one at a time where the module changes. */
  <T> T around(Supplier<T> work) {
    if (attributes.isEmpty()) {
      return work.get();
    }
    synchronized (this) {
      Map<ScriptAttribute, IValue> values = new LinkedHashMap<>();
      Map<Tensor, Tensor> numbers = new LinkedHashMap<>();
      for (ScriptAttribute attribute : attributes) {
        values.put(attribute, attribute.value());
        attribute.tensors().values().forEach(tensor -> numbers.put(tensor, tensor.clone()));
      }
      try {
        return work.get();
      } finally {
        values.forEach(ScriptAttribute::set);
        numbers.forEach(Tensor::copy_);
      }
    }
  }
}
