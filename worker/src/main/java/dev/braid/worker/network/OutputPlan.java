package dev.braid.worker.network;

import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.shape.Shape;
import java.io.Serializable;

/**
 * An output at its place in a network.
 *
 * @param name the output layer's name
 * @param index its place among the network's values: inputs first, then layers
 * @param settings loss, activation, weight
 * @param shape what it gives for one example
 * @param labels how an example's label is written in a mini-batch
 */
public record OutputPlan(String name, int index, Output settings, Shape shape, Labels labels)
    implements Serializable {

  /** How a label is written. */
  public enum Labels {
    /** The index of a class, at each position; what cross-entropy takes. */
    CLASS_INDEX,
    /** The index of a class, at each position, which the engine turns into 0s and a 1. */
    ONE_HOT,
    /** One number for each number the output gives. */
    NUMBERS,
    /** Objects, as many as an example has; how wide their label is, the data says. */
    OBJECTS
  }

  /**
   * An output with labels as its loss takes them.
   *
   * @param target what the data says about them; null where there are none
   * @throws IllegalArgumentException when they do not fit
   */
  public static OutputPlan of(String name, int index, Output settings, Shape shape, Target target) {
    Labels labels = Planner.labelsOf(settings.loss(), shape, target);
    OutputPlan output = new OutputPlan(name, index, settings, shape, labels);
    Planner.requireFit(output, target);
    return output;
  }

  /** What is minimised. */
  public Loss loss() {
    return settings.loss();
  }

  /** What the numbers go through last. */
  public Activation finalActivation() {
    return settings.finalActivation();
  }

  /** Whether it predicts numbers, not classes. */
  public boolean predictsNumbers() {
    return settings.predictsNumbers();
  }

  /** Whether it answers at each step of a sequence of any length. */
  public boolean isAlongTime() {
    return shape.isRagged();
  }

  /**
   * Numbers in the label of one example; where it is along time, of one step; where it is objects,
   * the one that says how many there are.
   */
  public int labelWidth() {
    if (labels == Labels.OBJECTS) {
      return 1;
    }
    return labels == Labels.NUMBERS ? numPositions() * numUnits() : numPositions();
  }

  /**
   * How many vectors of {@link #numUnits} an example gives: time steps, pixels, or just one. Where
   * it answers along time, how many each step gives.
   */
  public int numPositions() {
    return (shape.isRagged() ? shape.stepSize() : shape.size()) / shape.channels();
  }

  /** Whether an example's answer is a list: there are several positions. */
  public boolean isAlongPositions() {
    return isAlongTime() || numPositions() > 1;
  }

  /** Classes or numbers at each position. */
  public int numUnits() {
    return shape.channels();
  }
}
