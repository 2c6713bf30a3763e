package dev.braid.worker.loss;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.function.Activation;
import dev.braid.worker.parameter.Parameter;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What training minimises at an output. With x what the output layer computes, p = activation(x), y
 * the label, all are means over the labels present; a label NaN is missing and counts nothing, in
 * value and gradient. Where no label of a mini-batch is present the loss is 0. Where labels have
 * weights the means are weighted: sum(w loss) / sum(w).
 *
 * <p>A loss is a record without state that computes in double precision, with {@link
 * dev.braid.worker.function.Transcendental} in place of {@link Math}, so that its bits are the same
 * everywhere. Losses announce themselves in {@code META-INF/services}; a job file names them.
 */
public interface Loss extends Serializable {

  /** What the labels of a loss are. */
  enum Labels {
    /** The index of a class. */
    CLASSES,
    /** Numbers between 0 and 1, each of a class that applies or does not. */
    SHARES,
    /** Numbers of any size; answers are the better the nearer to them. */
    NUMBERS,
    /** Numbers of which the sign counts: answers are told by theirs. */
    SIGNS,
    /** A whole vector over the units, missing when any part of it is. */
    VECTORS,
    /**
     * Objects, as many as an example has: how many there are, then the numbers of each; NaN fills
     * up. A label is missing when its first number is.
     */
    OBJECTS
  }

  /** The loss of this name, whatever the case of its letters, with its settings by default. */
  static Loss named(String name) {
    return Losses.named(name);
  }

  /** The loss of a name, or of a name and settings. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Loss of(Object written) {
    return Losses.of(written);
  }

  /** Its name in job files and model files. */
  String name();

  /**
   * What stands in job files and model files: its name, or {@code {name: {settings}}} where these
   * are not all by default.
   */
  @JsonValue
  default Object written() {
    return name();
  }

  /**
   * The same with settings, by their names.
   *
   * @throws dev.braid.worker.WrongSettings if it has none
   */
  default Loss with(Map<String, Object> settings) {
    throw new WrongSettings(
        "the loss %s has no settings, but %s is set".formatted(name(), settings.keySet()));
  }

  /** The activation this loss is made for and contains; null where any will do. */
  default Activation link() {
    return null;
  }

  /** What its labels are. */
  Labels labels();

  /** Whether its labels are indices of classes. */
  default boolean isOfClasses() {
    return labels() == Labels.CLASSES;
  }

  /** Whether its labels are objects, as many as an example has. */
  default boolean isOfObjects() {
    return labels() == Labels.OBJECTS;
  }

  /**
   * The units of an output whose labels are objects of so many classes.
   *
   * @throws IllegalStateException where labels are none
   */
  default int unitsFor(int numClasses) {
    throw new IllegalStateException("the labels of %s are no objects".formatted(name()));
  }

  /** Whether its labels are whole vectors of numbers. */
  default boolean isOverVectors() {
    return labels() == Labels.VECTORS;
  }

  /**
   * Parameters of the output layer that are this loss's own, learned with all others.
   *
   * @param units of the output
   */
  default List<Parameter> parameters(int units) {
    return List.of();
  }

  /**
   * The loss of a mini-batch. Its gradient is written into {@link LossBatch#gradient} and {@link
   * LossBatch#parameterGradient}, over whatever was there, where these are not null.
   *
   * @param batch whose outputs are x where the loss has a {@link #link}, else p
   */
  double of(LossBatch batch);

  /** Whether {@link #answer} makes what users see of an output, and no activation does. */
  default boolean answers() {
    return false;
  }

  /** Puts in place of a mini-batch's outputs what users see of them. */
  default void answer(LossBatch batch) {
    throw new IllegalStateException("the activation makes this loss's answers");
  }
}
