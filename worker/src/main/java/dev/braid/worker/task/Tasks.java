package dev.braid.worker.task;

import static dev.braid.worker.Check.require;

import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.metric.MetricBytes;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.OutputPlan;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;

/** The tasks that are here, as they announce themselves, each with its default settings. */
public final class Tasks {
  private Tasks() {}

  /** All tasks, in the order in which they are asked. */
  public static List<Task> all() {
    return ServiceLoader.load(Task.class, Task.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  /** The names of all tasks. */
  public static List<String> names() {
    return all().stream().map(Task::name).toList();
  }

  /**
   * The task of this name with default settings.
   *
   * @throws WrongSettings if there is none
   */
  public static Task named(String name) {
    return find(name).orElseThrow(() -> new WrongSettings(unknown(name)));
  }

  static Optional<Task> find(String name) {
    return first(task -> task.name().equals(name));
  }

  static String unknown(String name) {
    return "unknown task '%s'%s known: %s"
        .formatted(
            name,
            Spelling.nearest(name, names()).map("; did you mean '%s'?"::formatted).orElse(";"),
            String.join(", ", names()));
  }

  /** The task that labels suggest. */
  public static Task suggestedBy(LabelFacts labels) {
    return first(task -> task.isSuggestedBy(labels)).orElseThrow();
  }

  /** The task that an output suggests. */
  public static Task suggestedBy(OutputPlan output) {
    return first(task -> task.isSuggestedBy(output)).orElseThrow();
  }

  private static Optional<Task> first(Predicate<Task> predicate) {
    return all().stream().filter(predicate).findFirst();
  }

  /** What {@link Metrics#toBytes} wrote. */
  public static Metrics metrics(byte[] bytes) {
    return MetricBytes.read(
        bytes,
        (kind, in) -> {
          Optional<Task> task = find(kind);
          require(task.isPresent(), "there is no task '%s' whose metrics these could be", kind);
          return task.get().readMetrics(in);
        });
  }
}
