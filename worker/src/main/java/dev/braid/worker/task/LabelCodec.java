package dev.braid.worker.task;

import java.io.Serializable;

/** How labels are written in the data, and the numbers that a network learns from. */
public interface LabelCodec extends Serializable {

  /**
   * The number of one label: of an example, of a time step, or one of several targets.
   *
   * @param label as it is written; a missing one is not asked about, it is NaN
   * @throws dev.braid.worker.WrongSettings saying what is wrong with it
   */
  float number(String label);

  /** How a number of {@link #number} is written. */
  String text(float number);

  /**
   * Does nothing when the numbers of one example's label may stand together.
   *
   * @param numbers all of them, in order; NaN for a missing one
   * @throws dev.braid.worker.WrongSettings saying which may not
   */
  default void requireWhole(float[] numbers) {}

  /**
   * The label of an example, where it is made of the inputs, see {@link Task#isOfInputs}.
   *
   * @param inputs per input of the network its encoded numbers, before any scaling
   */
  default float[] ofInputs(float[][] inputs) {
    throw new IllegalStateException("these labels are read from the data");
  }
}
