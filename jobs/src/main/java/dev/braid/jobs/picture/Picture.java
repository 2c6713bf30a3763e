package dev.braid.jobs.picture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.evaluation.MistakenExample;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * What a report shows of one task beside the values of its metrics. Pictures announce themselves in
 * {@code META-INF/services}; a task needs none. The metrics that a picture is given are of its
 * task's kind.
 */
public interface Picture {
  /** What wrong answers are called; PART stands for the name of the part, such as test. */
  String SUREST_MISTAKES = "The surest mistakes on the PART examples";

  /** The name of the task, which is the kind of its metrics. */
  String task();

  /** Sections of a page; empty for none. */
  default String html(Metrics metrics, List<String> classes) {
    return "";
  }

  /** Lines for a terminal; empty for none. */
  default String text(Metrics metrics, List<String> classes) {
    return "";
  }

  /** Puts what programs read into the object of an output. */
  default void describe(Metrics metrics, List<String> classes, ObjectNode json) {}

  /**
   * Sections about what a finished model does by itself, such as the texts that it writes; empty
   * for none.
   */
  default String written(Model model) {
    return "";
  }

  /** What {@link #mistakes} are called. */
  default String mistakesTitle() {
    return SUREST_MISTAKES;
  }

  /**
   * The surest mistakes of an output, as the inside of a section; empty where they are shown as
   * those of any task are: what is right, what was answered, and the inputs.
   *
   * @param examples the surest first
   * @param output its number among the model's
   */
  default Optional<String> mistakes(
      List<MistakenExample> examples, ModelDescription model, int output) {
    return Optional.empty();
  }

  /** The picture of a task, or one that shows nothing. */
  static Picture of(String task) {
    return ServiceLoader.load(Picture.class, Picture.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(picture -> picture.task().equals(task))
        .findFirst()
        .orElse(() -> task);
  }
}
