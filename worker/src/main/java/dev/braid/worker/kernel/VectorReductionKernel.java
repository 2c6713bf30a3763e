package dev.braid.worker.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums and vector arithmetic on the JDK's Vector API. The 16 accumulators of a sum are one, two or
 * four vectors, as the hardware has them.
 */
final class VectorReductionKernel implements ReductionKernel {
  private static final VectorSpecies<Float> SPECIES = VectorFunctionsKernel.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final int ACCUMULATORS = PlainReductionKernel.ACCUMULATORS;
  private static final boolean TWO = LANES <= ACCUMULATORS / 2;
  private static final boolean FOUR = LANES <= ACCUMULATORS / 4;

  /** Columns of a sum that are held in registers at a time. */
  private static final int TILE = 4 * LANES;

  private final float[] accumulators = new float[ACCUMULATORS];

  @Override
  public float sum(Floats x) {
    return sum(x.array(), x.at(), x.size());
  }

  private float sum(float[] x, int at, int size) {
    int whole = size & -ACCUMULATORS;
    sumWhole(x, at, at + whole, accumulators);
    for (int i = whole; i < size; i++) {
      accumulators[i - whole] += x[at + i];
    }
    return PlainReductionKernel.tree(accumulators);
  }

  private static void sumWhole(float[] x, int from, int to, float[] accumulators) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = from; i < to; i += ACCUMULATORS) {
      s0 = s0.add(load(x, i));
      if (TWO) {
        s1 = s1.add(load(x, i + LANES));
      }
      if (FOUR) {
        s2 = s2.add(load(x, i + 2 * LANES));
        s3 = s3.add(load(x, i + 3 * LANES));
      }
    }
    s0.intoArray(accumulators, 0);
    if (TWO) {
      s1.intoArray(accumulators, LANES);
    }
    if (FOUR) {
      s2.intoArray(accumulators, 2 * LANES);
      s3.intoArray(accumulators, 3 * LANES);
    }
  }

  @Override
  public float dot(Floats a, Floats b) {
    return dot(a, b, 0, a.size());
  }

  private float dot(Floats a, Floats b, int from, int size) {
    int whole = size & -ACCUMULATORS;
    float[] x = a.array();
    float[] y = b.array();
    int xAt = a.at() + from;
    int yAt = b.at() + from;
    dotWhole(x, xAt, y, yAt, whole, accumulators);
    for (int i = whole; i < size; i++) {
      int j = i - whole;
      accumulators[j] = Math.fma(x[xAt + i], y[yAt + i], accumulators[j]);
    }
    return PlainReductionKernel.tree(accumulators);
  }

  private static void dotWhole(
      float[] x, int xAt, float[] y, int yAt, int size, float[] accumulators) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < size; i += ACCUMULATORS) {
      s0 = load(x, xAt + i).fma(load(y, yAt + i), s0);
      if (TWO) {
        s1 = load(x, xAt + i + LANES).fma(load(y, yAt + i + LANES), s1);
      }
      if (FOUR) {
        s2 = load(x, xAt + i + 2 * LANES).fma(load(y, yAt + i + 2 * LANES), s2);
        s3 = load(x, xAt + i + 3 * LANES).fma(load(y, yAt + i + 3 * LANES), s3);
      }
    }
    s0.intoArray(accumulators, 0);
    if (TWO) {
      s1.intoArray(accumulators, LANES);
    }
    if (FOUR) {
      s2.intoArray(accumulators, 2 * LANES);
      s3.intoArray(accumulators, 3 * LANES);
    }
  }

  @Override
  public float max(Floats x) {
    return max(x.array(), x.at(), x.size());
  }

  private float max(float[] x, int at, int size) {
    int whole = SPECIES.loopBound(size);
    float max = Float.NEGATIVE_INFINITY;
    if (whole > 0) {
      maxWhole(x, at, at + whole, accumulators);
      for (int lane = 0; lane < LANES; lane++) {
        max = Math.max(max, accumulators[lane]);
      }
    }
    for (int i = whole; i < size; i++) {
      max = Math.max(max, x[at + i]);
    }
    return max;
  }

  private static void maxWhole(float[] x, int from, int to, float[] lanes) {
    FloatVector max = load(x, from);
    for (int i = from + LANES; i < to; i += LANES) {
      max = max.max(load(x, i));
    }
    max.intoArray(lanes, 0);
  }

  @Override
  public void rowSums(Floats x, Floats sums, boolean adds) {
    int columns = x.size() / sums.size();
    for (int row = 0; row < sums.size(); row++) {
      float sum = sum(x.array(), x.at() + row * columns, columns);
      PlainReductionKernel.put(sum, sums, row, adds);
    }
  }

  @Override
  public void rowDots(Floats a, Floats b, Floats sums, boolean adds) {
    int columns = a.size() / sums.size();
    for (int row = 0; row < sums.size(); row++) {
      PlainReductionKernel.put(dot(a, b, row * columns, columns), sums, row, adds);
    }
  }

  @Override
  public void columnSums(Floats x, Floats sums, boolean adds) {
    PlainReductionKernel.clearUnless(adds, sums);
    int column = 0;
    for (; column + TILE <= sums.size(); column += TILE) {
      columnTile(x, sums, column);
    }
    for (; column + LANES <= sums.size(); column += LANES) {
      columnVector(x, sums, column);
    }
    if (column < sums.size()) {
      lastColumns(x, sums, column);
    }
  }

  private static void columnTile(Floats x, Floats sums, int column) {
    float[] from = x.array();
    float[] to = sums.array();
    int at = sums.at() + column;
    FloatVector s0 = load(to, at);
    FloatVector s1 = load(to, at + LANES);
    FloatVector s2 = load(to, at + 2 * LANES);
    FloatVector s3 = load(to, at + 3 * LANES);
    int end = x.at() + x.size();
    for (int i = x.at() + column; i < end; i += sums.size()) {
      s0 = s0.add(load(from, i));
      s1 = s1.add(load(from, i + LANES));
      s2 = s2.add(load(from, i + 2 * LANES));
      s3 = s3.add(load(from, i + 3 * LANES));
    }
    s0.intoArray(to, at);
    s1.intoArray(to, at + LANES);
    s2.intoArray(to, at + 2 * LANES);
    s3.intoArray(to, at + 3 * LANES);
  }

  private static void columnVector(Floats x, Floats sums, int column) {
    float[] from = x.array();
    FloatVector s = load(sums.array(), sums.at() + column);
    int end = x.at() + x.size();
    for (int i = x.at() + column; i < end; i += sums.size()) {
      s = s.add(load(from, i));
    }
    s.intoArray(sums.array(), sums.at() + column);
  }

  private static void lastColumns(Floats x, Floats sums, int column) {
    float[] from = x.array();
    float[] to = sums.array();
    int left = sums.size() - column;
    int at = sums.at() + column;
    int end = x.at() + x.size();
    for (int i = x.at() + column; i < end; i += sums.size()) {
      for (int j = 0; j < left; j++) {
        to[at + j] += from[i + j];
      }
    }
  }

  @Override
  public void columnDots(Floats a, Floats b, Floats sums, boolean adds) {
    PlainReductionKernel.clearUnless(adds, sums);
    int column = 0;
    for (; column + LANES <= sums.size(); column += LANES) {
      columnDots(a, b, sums, column);
    }
    if (column < sums.size()) {
      lastColumnDots(a, b, sums, column);
    }
  }

  private static void columnDots(Floats a, Floats b, Floats sums, int column) {
    float[] x = a.array();
    float[] y = b.array();
    int shift = b.at() - a.at();
    FloatVector s = load(sums.array(), sums.at() + column);
    int end = a.at() + a.size();
    for (int i = a.at() + column; i < end; i += sums.size()) {
      s = load(x, i).fma(load(y, i + shift), s);
    }
    s.intoArray(sums.array(), sums.at() + column);
  }

  private static void lastColumnDots(Floats a, Floats b, Floats sums, int column) {
    float[] x = a.array();
    float[] y = b.array();
    float[] to = sums.array();
    int left = sums.size() - column;
    int at = sums.at() + column;
    int shift = b.at() - a.at();
    int end = a.at() + a.size();
    for (int i = a.at() + column; i < end; i += sums.size()) {
      for (int j = 0; j < left; j++) {
        to[at + j] = Math.fma(x[i + j], y[i + j + shift], to[at + j]);
      }
    }
  }

  @Override
  public void axpy(float a, Floats x, Floats y) {
    int whole = SPECIES.loopBound(x.size());
    for (int i = 0; i < whole; i += LANES) {
      store(load(x, i).fma(FloatVector.broadcast(SPECIES, a), load(y, i)), y, i);
    }
    for (int i = whole; i < x.size(); i++) {
      y.array()[y.at() + i] = Math.fma(a, x.array()[x.at() + i], y.array()[y.at() + i]);
    }
  }

  @Override
  public void scale(float a, Floats x, Floats y) {
    int whole = SPECIES.loopBound(x.size());
    for (int i = 0; i < whole; i += LANES) {
      store(load(x, i).mul(a), y, i);
    }
    for (int i = whole; i < x.size(); i++) {
      y.array()[y.at() + i] = a * x.array()[x.at() + i];
    }
  }

  /** y = x + a; y may be x. */
  void addConstant(float a, Floats x, Floats y) {
    int whole = SPECIES.loopBound(x.size());
    for (int i = 0; i < whole; i += LANES) {
      store(load(x, i).add(a), y, i);
    }
    for (int i = whole; i < x.size(); i++) {
      y.array()[y.at() + i] = x.array()[x.at() + i] + a;
    }
  }

  /** y = x / a; y may be x. */
  void divide(Floats x, float a, Floats y) {
    int whole = SPECIES.loopBound(x.size());
    for (int i = 0; i < whole; i += LANES) {
      store(load(x, i).div(a), y, i);
    }
    for (int i = whole; i < x.size(); i++) {
      y.array()[y.at() + i] = x.array()[x.at() + i] / a;
    }
  }

  @Override
  public void add(Floats a, Floats b, Floats sum) {
    int whole = SPECIES.loopBound(a.size());
    for (int i = 0; i < whole; i += LANES) {
      store(load(a, i).add(load(b, i)), sum, i);
    }
    for (int i = whole; i < a.size(); i++) {
      sum.array()[sum.at() + i] = a.array()[a.at() + i] + b.array()[b.at() + i];
    }
  }

  @Override
  public void subtract(Floats a, Floats b, Floats difference) {
    int whole = SPECIES.loopBound(a.size());
    for (int i = 0; i < whole; i += LANES) {
      store(load(a, i).sub(load(b, i)), difference, i);
    }
    for (int i = whole; i < a.size(); i++) {
      difference.array()[difference.at() + i] = a.array()[a.at() + i] - b.array()[b.at() + i];
    }
  }

  @Override
  public void multiply(Floats a, Floats b, Floats product) {
    int whole = SPECIES.loopBound(a.size());
    for (int i = 0; i < whole; i += LANES) {
      store(load(a, i).mul(load(b, i)), product, i);
    }
    for (int i = whole; i < a.size(); i++) {
      product.array()[product.at() + i] = a.array()[a.at() + i] * b.array()[b.at() + i];
    }
  }

  @Override
  public void multiplyAdd(Floats a, Floats b, Floats y) {
    int whole = SPECIES.loopBound(a.size());
    for (int i = 0; i < whole; i += LANES) {
      store(load(a, i).fma(load(b, i), load(y, i)), y, i);
    }
    for (int i = whole; i < a.size(); i++) {
      y.array()[y.at() + i] =
          Math.fma(a.array()[a.at() + i], b.array()[b.at() + i], y.array()[y.at() + i]);
    }
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }

  private static FloatVector load(Floats x, int i) {
    return FloatVector.fromArray(SPECIES, x.array(), x.at() + i);
  }

  private static void store(FloatVector v, Floats y, int i) {
    v.intoArray(y.array(), y.at() + i);
  }
}
