package dev.braid.worker.task;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;

/**
 * What one output of a network is for, as a record of its settings that is kept in the model's
 * file. A task has four things, and all that trains, evaluates and applies networks knows them by
 * this interface only:
 *
 * <pre>
 *   labels    what stands in the data -> numbers, and back     {@link #codec}
 *   loss      which losses its outputs can have                {@link #requireFits}
 *   decoder   an output's numbers -> an answer                 {@link #decoder}
 *   metric    counts of how good the answers are               {@link #metrics}
 * </pre>
 *
 * <p>Tasks announce themselves in {@code META-INF/services}, each with a public constructor without
 * parameters that makes it with default settings; the order there is the order in which they are
 * asked whether labels or outputs are theirs. A job file writes {@code task: name}, or {@code task:
 * {name: {its settings}}}. What a report shows of a task is its picture, in the module jobs.
 */
@JsonAutoDetect(isGetterVisibility = JsonAutoDetect.Visibility.NONE)
public interface Task extends Serializable {

  /** Its name in job files, model files and the bytes of its metrics. */
  String name();

  /**
   * Whether labels are indices of classes, whose names are kept in the model's file. Where they are
   * not stated, all labels are read before the training begins.
   */
  default boolean hasClasses() {
    return false;
  }

  /**
   * Whether a label stands at each step of sequences of any length, so that it has as many steps as
   * its example; widths are those of one step then.
   */
  default boolean isAlongTime() {
    return false;
  }

  /**
   * Whether labels are made of the inputs, by {@link LabelCodec#ofInputs}, and stand in no column;
   * the classes are the tokens of the only input then, which is a text.
   */
  default boolean isOfInputs() {
    return false;
  }

  /** Whether a label is all the objects in a picture, with their boxes. */
  default boolean isOfBoxes() {
    return false;
  }

  /** Whether each unit of an output has a name: of a class, or of a property that may apply. */
  default boolean namesUnits() {
    return hasClasses();
  }

  /** Whether labels like these are this task's where the job file does not say. */
  default boolean isSuggestedBy(LabelFacts labels) {
    return false;
  }

  /** Whether an output like this is this task's where a model's file does not say. */
  default boolean isSuggestedBy(OutputPlan output) {
    return false;
  }

  /**
   * The classes in the order of their indices.
   *
   * @param width numbers in an example's label
   * @param names those that occur, in any order
   */
  default List<String> classes(int width, Collection<String> names) {
    return ClassNames.sorted(names);
  }

  /**
   * The classes known where no file names any, by what an output gives; empty where labels are
   * numbers.
   */
  default List<String> classes(OutputPlan output) {
    return List.of();
  }

  /**
   * How labels are written and read.
   *
   * @param classes by index; empty where there are none
   */
  LabelCodec codec(List<String> classes);

  /**
   * What the labels say to whoever plans the network.
   *
   * @param width numbers in an example's label, or in one step of it
   * @param numClasses how many classes are known; 0 for none
   */
  default Target target(int width, int numClasses) {
    return new Target(width, numClasses, isAlongTime());
  }

  /**
   * Does nothing when an output, its loss above all, can serve this task.
   *
   * @throws dev.braid.worker.WrongSettings naming what to change
   */
  default void requireFits(OutputPlan output) {}

  /**
   * What makes answers of an output's numbers.
   *
   * @param classes by index; empty where there are none
   */
  Decoder decoder(OutputPlan output, List<String> classes);

  /**
   * Metrics that have counted nothing yet.
   *
   * @param classes by index; empty where there are none
   */
  Metrics metrics(OutputPlan output, List<String> classes, MetricOptions options);

  /** Reads what {@link Metrics#write} of this task's own kind of metrics has written. */
  Metrics readMetrics(DataInputStream in) throws IOException;
}
