package dev.braid.worker.keras;

/**
 * A tensor as a file of Keras's holds it: channels last, row after row.
 *
 * @param name within its layer, such as {@code kernel}
 * @param shape its sizes
 * @param values in the order of the file
 */
@SuppressWarnings("ArrayRecordComponent") // read, not compared
record KerasTensor(String name, int[] shape, float[] values) {

  /** Number of dimensions. */
  int rank() {
    return shape.length;
  }

  /** The same numbers under another name. */
  KerasTensor named(String other) {
    return new KerasTensor(other, shape, values);
  }

  /**
   * The same numbers with the dimensions in another order.
   *
   * @param order which dimension of this tensor comes first, second, ...
   */
  KerasTensor permuted(int... order) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    int[] sizes = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      sizes[i] = shape[order[i]];
    }
    float[] result = new float[values.length];
    int[] at = new int[order.length];
    for (int to = 0; to < result.length; to++) {
      int from = 0;
      for (int i = 0; i < order.length; i++) {
        from += at[i] * strides[order[i]];
      }
      result[to] = values[from];
      for (int i = order.length - 1; i >= 0 && ++at[i] == sizes[i]; i--) {
        at[i] = 0;
      }
    }
    return new KerasTensor(name, sizes, result);
  }

  /**
   * The same rows with their numbers in another order.
   *
   * @param order which number of a row comes first, second, ...; null for the order they have
   */
  KerasTensor withRowsIn(int[] order) {
    if (order == null) {
      return this;
    }
    float[] result = new float[values.length];
    for (int row = 0; row < result.length; row += order.length) {
      for (int i = 0; i < order.length; i++) {
        result[row + i] = values[row + order[i]];
      }
    }
    return new KerasTensor(name, shape, result);
  }
}
