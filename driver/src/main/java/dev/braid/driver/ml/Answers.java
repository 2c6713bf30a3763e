package dev.braid.driver.ml;

import java.io.Serializable;

/** Makes the values of the added columns of what a network answers for one row. */
@FunctionalInterface
interface Answers extends Serializable {

  /**
   * One value per added column, in their order.
   *
   * @param outputs the network's answers for several rows, row after row
   * @param from where this row's begin
   * @param width how many there are for each row
   */
  Object[] values(float[] outputs, int from, int width);
}
