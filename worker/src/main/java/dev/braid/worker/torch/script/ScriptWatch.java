package dev.braid.worker.torch.script;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;

/** What a module held before it computed, to tell afterwards what it has changed. */
final class ScriptWatch {
  private static final String MODE = "training";

  private final List<ScriptAttribute> attributes;
  private final Map<String, Object> before;

  /**
   * A tensor as it was.
   *
   * @param version counts what has been written to it
   */
  private record Seen(Tensor tensor, long version) {}

  ScriptWatch(List<ScriptAttribute> attributes) {
    this.attributes = attributes;
    before = look();
  }

  private Map<String, Object> look() {
    Map<String, Object> seen = new LinkedHashMap<>();
    for (ScriptAttribute attribute : attributes) {
      number(attribute).ifPresent(value -> seen.put(attribute.name(), value));
      attribute
          .tensors()
          .forEach((name, tensor) -> seen.put(name, new Seen(tensor, tensor._version())));
    }
    return seen;
  }

  /** What it holds as a number, but for its mode. */
  private static Optional<Object> number(ScriptAttribute attribute) {
    IValue value = attribute.value();
    if (attribute.key().equals(MODE)) {
      return Optional.empty();
    }
    if (value.isInt()) {
      return Optional.of(value.toInt());
    }
    if (value.isDouble()) {
      return Optional.of(value.toDouble());
    }
    return value.isBool() ? Optional.of(value.toBool()) : Optional.empty();
  }

  /**
   * Names of the tensors and numbers that are others now, or have been written to.
   *
   * @param mayBeWritten names of tensors that may have been written to, but are the same
   */
  List<String> changed(Predicate<String> mayBeWritten) {
    Map<String, Object> now = look();
    List<String> changed = new ArrayList<>();
    before.forEach(
        (name, was) -> {
          if (!isSame(was, now.remove(name), mayBeWritten.test(name))) {
            changed.add(name);
          }
        });
    changed.addAll(now.keySet());
    return changed;
  }

  private static boolean isSame(Object before, Object after, boolean mayBeWritten) {
    if (before instanceof Seen was && after instanceof Seen is) {
      return was.tensor.is_same(is.tensor) && (mayBeWritten || was.version == is.version);
    }
    return before.equals(after);
  }
}
