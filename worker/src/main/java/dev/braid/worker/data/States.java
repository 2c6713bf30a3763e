package dev.braid.worker.data;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * What a network that goes along time remembers of the steps before, for each of several rows: the
 * places of a text that are read side by side, or the beginnings that a search goes on from.
 *
 * @param size number of rows
 * @param values per state of a layer, in the network's order, [size x width], row-major;
 *     overwritten by what computes with them
 */
@SuppressWarnings("ArrayRecordComponent") // values in bulk: compared nowhere, copied nowhere
public record States(int size, float[][] values) implements Serializable {

  /**
   * States before the first step: 0.
   *
   * @param widths of the states of one row
   */
  public static States zeros(int size, List<Integer> widths) {
    require(size > 0, "states are for at least 1 row, got %d", size);
    float[][] values = new float[widths.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = new float[Math.multiplyExact(size, widths.get(i))];
    }
    return new States(size, values);
  }

  /** Copies of these rows, in this order; a row may come several times. */
  public States rows(int... rows) {
    float[][] selected = new float[values.length][];
    for (int i = 0; i < values.length; i++) {
      int width = values[i].length / size;
      selected[i] = new float[rows.length * width];
      for (int row = 0; row < rows.length; row++) {
        System.arraycopy(values[i], rows[row] * width, selected[i], row * width, width);
      }
    }
    return new States(rows.length, selected);
  }

  /** Sets a row to what it is before the first step. */
  public void clear(int row) {
    for (float[] state : values) {
      int width = state.length / size;
      Arrays.fill(state, row * width, (row + 1) * width, 0);
    }
  }
}
