package dev.braid.worker.kernel;

/** The products in plain loops, number by number: what {@link ConvolutionKernel} means. */
final class PlainConvolutionKernel implements ConvolutionKernel {
  @Override
  public void copy(Matrix from, Matrix to) {
    for (int i = 0; i < to.rows(); i++) {
      System.arraycopy(
          from.array(),
          from.at() + i * from.rowStride(),
          to.array(),
          to.at() + i * to.rowStride(),
          to.columns());
    }
  }

  @Override
  public void add(Matrix from, Matrix to) {
    for (int i = 0; i < to.rows(); i++) {
      addRow(
          from.array(),
          from.at() + i * from.rowStride(),
          to.array(),
          to.at() + i * to.rowStride(),
          to.columns());
    }
  }

  @Override
  public void addShifted(Floats from, ShiftedRows shifted, Floats to) {
    for (int row = 0; row < shifted.rows().length; row++) {
      addShifted(from, shifted, row, to);
    }
  }

  /** Adds to one row of the image. */
  static void addShifted(Floats from, ShiftedRows shifted, int row, Floats to) {
    for (int i = row == 0 ? 0 : shifted.ends()[row - 1]; i < shifted.ends()[row]; i++) {
      int next = to.at() + shifted.rows()[row] + shifted.left()[i];
      int first = from.at() + shifted.from()[i];
      addRow(from.array(), first, to.array(), next, shifted.counts()[i]);
    }
  }

  static void addRow(float[] from, int at, float[] to, int next, int count) {
    for (int j = 0; j < count; j++) {
      to[next + j] += from[at + j];
    }
  }

  /** Row by row. */
  @Override
  public void pack(Floats weights, int rows, int rowStride, int[] terms, Floats packed) {
    int next = packed.at();
    for (int i = 0; i < rows; i++) {
      for (int term : terms) {
        packed.array()[next++] = weights.array()[weights.at() + i * rowStride + term];
      }
    }
  }

  @Override
  public void slide(Floats packed, Floats start, Floats values, int[] taps, Matrix result) {
    for (int i = 0; i < result.rows(); i++) {
      float first = start == null ? 0 : start.array()[start.at() + i];
      int row = packed.at() + i * taps.length;
      for (int j = 0; j < result.columns(); j++) {
        float sum = first;
        for (int k = 0; k < taps.length; k++) {
          float value = values.array()[values.at() + taps[k] + j];
          sum = Math.fma(packed.array()[row + k], value, sum);
        }
        result.array()[result.at() + i * result.rowStride() + j] = sum;
      }
    }
  }

  @Override
  public void gather(Floats values, int[] taps, Matrix gradients, Matrix sums) {
    for (int k = 0; k < sums.rows(); k++) {
      for (int j = 0; j < sums.columns(); j++) {
        int at = sums.at() + k * sums.rowStride() + j;
        float sum = sums.array()[at];
        for (int p = 0; p < gradients.rows(); p++) {
          float value = values.array()[values.at() + taps[k] + p];
          sum = Math.fma(value, at(gradients, p, j), sum);
        }
        sums.array()[at] = sum;
      }
    }
  }

  @Override
  public void dots(Floats values, int[] taps, int rowStride, Matrix gradients, Floats sums) {
    for (int k = 0; k < taps.length; k++) {
      for (int r = 0; r < gradients.rows(); r++) {
        for (int j = 0; j < gradients.columns(); j++) {
          float value = values.array()[values.at() + taps[k] + r * rowStride + j];
          int at = sums.at() + k * ACCUMULATORS + j % ACCUMULATORS;
          sums.array()[at] = Math.fma(value, at(gradients, r, j), sums.array()[at]);
        }
      }
    }
  }

  @Override
  public void rank(float[] numbers, int at, int stride, int count, int[] ranks) {
    rankEach(numbers, at, stride, count, ranks);
  }

  static void rankEach(float[] numbers, int at, int stride, int count, int[] ranks) {
    for (int i = 0; i < count; i++) {
      ranks[i] = Math.max(ranks[i], ConvolutionKernel.rank(numbers[at + i * stride]));
    }
  }

  private static float at(Matrix matrix, int row, int column) {
    return matrix.array()[matrix.at() + row * matrix.rowStride() + column * matrix.columnStride()];
  }
}
