package dev.braid.worker.kernel;

import java.util.Arrays;

/** The meaning of sums and vector arithmetic, in plain loops. */
final class PlainReductionKernel implements ReductionKernel {
  /** Accumulators of a sum over a vector, as many as the widest vectors have lanes. */
  static final int ACCUMULATORS = 16;

  private final float[] accumulators = new float[ACCUMULATORS];

  @Override
  public float sum(Floats x) {
    return sum(x, 0, x.size());
  }

  private float sum(Floats x, int from, int size) {
    Arrays.fill(accumulators, 0);
    for (int i = 0; i < size; i++) {
      accumulators[i % ACCUMULATORS] += x.array()[x.at() + from + i];
    }
    return tree(accumulators);
  }

  /** 8 accumulators are added to 8, 4 to 4, 2 to 2, 1 to 1. */
  static float tree(float[] a) {
    float b0 = a[0] + a[8];
    float b1 = a[1] + a[9];
    float b2 = a[2] + a[10];
    float b3 = a[3] + a[11];
    float b4 = a[4] + a[12];
    float b5 = a[5] + a[13];
    float b6 = a[6] + a[14];
    float b7 = a[7] + a[15];
    return ((b0 + b4) + (b2 + b6)) + ((b1 + b5) + (b3 + b7));
  }

  @Override
  public float dot(Floats a, Floats b) {
    return dot(a, b, 0, a.size());
  }

  private float dot(Floats a, Floats b, int from, int size) {
    Arrays.fill(accumulators, 0);
    for (int i = 0; i < size; i++) {
      float x = a.array()[a.at() + from + i];
      float y = b.array()[b.at() + from + i];
      int j = i % ACCUMULATORS;
      accumulators[j] = Math.fma(x, y, accumulators[j]);
    }
    return tree(accumulators);
  }

  @Override
  public float max(Floats x) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < x.size(); i++) {
      max = Math.max(max, x.array()[x.at() + i]);
    }
    return max;
  }

  @Override
  public void rowSums(Floats x, Floats sums, boolean adds) {
    int columns = x.size() / sums.size();
    for (int row = 0; row < sums.size(); row++) {
      put(sum(x, row * columns, columns), sums, row, adds);
    }
  }

  @Override
  public void rowDots(Floats a, Floats b, Floats sums, boolean adds) {
    int columns = a.size() / sums.size();
    for (int row = 0; row < sums.size(); row++) {
      put(dot(a, b, row * columns, columns), sums, row, adds);
    }
  }

  static void put(float sum, Floats sums, int row, boolean adds) {
    int at = sums.at() + row;
    sums.array()[at] = adds ? sums.array()[at] + sum : sum;
  }

  @Override
  public void columnSums(Floats x, Floats sums, boolean adds) {
    clearUnless(adds, sums);
    int columns = sums.size();
    for (int i = 0; i < x.size(); i++) {
      sums.array()[sums.at() + i % columns] += x.array()[x.at() + i];
    }
  }

  @Override
  public void columnDots(Floats a, Floats b, Floats sums, boolean adds) {
    clearUnless(adds, sums);
    int columns = sums.size();
    for (int i = 0; i < a.size(); i++) {
      int at = sums.at() + i % columns;
      float x = a.array()[a.at() + i];
      sums.array()[at] = Math.fma(x, b.array()[b.at() + i], sums.array()[at]);
    }
  }

  static void clearUnless(boolean adds, Floats sums) {
    if (!adds) {
      Arrays.fill(sums.array(), sums.at(), sums.at() + sums.size(), 0);
    }
  }

  @Override
  public void axpy(float a, Floats x, Floats y) {
    for (int i = 0; i < x.size(); i++) {
      int at = y.at() + i;
      y.array()[at] = Math.fma(a, x.array()[x.at() + i], y.array()[at]);
    }
  }

  @Override
  public void scale(float a, Floats x, Floats y) {
    for (int i = 0; i < x.size(); i++) {
      y.array()[y.at() + i] = a * x.array()[x.at() + i];
    }
  }

  @Override
  public void add(Floats a, Floats b, Floats sum) {
    for (int i = 0; i < a.size(); i++) {
      sum.array()[sum.at() + i] = a.array()[a.at() + i] + b.array()[b.at() + i];
    }
  }

  @Override
  public void subtract(Floats a, Floats b, Floats difference) {
    for (int i = 0; i < a.size(); i++) {
      difference.array()[difference.at() + i] = a.array()[a.at() + i] - b.array()[b.at() + i];
    }
  }

  @Override
  public void multiply(Floats a, Floats b, Floats product) {
    for (int i = 0; i < a.size(); i++) {
      product.array()[product.at() + i] = a.array()[a.at() + i] * b.array()[b.at() + i];
    }
  }

  @Override
  public void multiplyAdd(Floats a, Floats b, Floats y) {
    for (int i = 0; i < a.size(); i++) {
      int at = y.at() + i;
      y.array()[at] = Math.fma(a.array()[a.at() + i], b.array()[b.at() + i], y.array()[at]);
    }
  }
}
