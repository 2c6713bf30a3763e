package dev.braid.worker.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What normalisations are made of, on the JDK's Vector API. */
final class VectorNormalisationKernel implements NormalisationKernel {
  private static final VectorSpecies<Float> SPECIES = VectorFunctionsKernel.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final int ACCUMULATORS = PlainReductionKernel.ACCUMULATORS;

  private final float[] accumulators = new float[ACCUMULATORS];

  @Override
  public void rowSquares(Floats x, Floats means, Floats sums) {
    int columns = x.size() / sums.size();
    for (int row = 0; row < sums.size(); row++) {
      float mean = means.array()[means.at() + row];
      sums.array()[sums.at() + row] = squares(x.array(), x.at() + row * columns, mean, columns);
    }
  }

  private float squares(float[] x, int at, float mean, int size) {
    int whole = size & -ACCUMULATORS;
    for (int lanes = 0; lanes < ACCUMULATORS; lanes += LANES) {
      squares(x, at + lanes, mean, whole, accumulators, lanes);
    }
    for (int i = whole; i < size; i++) {
      float distance = x[at + i] - mean;
      accumulators[i - whole] = Math.fma(distance, distance, accumulators[i - whole]);
    }
    return PlainReductionKernel.tree(accumulators);
  }

  private static void squares(
      float[] x, int at, float mean, int size, float[] accumulators, int lanes) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < size; i += ACCUMULATORS) {
      FloatVector distance = load(x, at + i).sub(mean);
      sum = distance.fma(distance, sum);
    }
    sum.intoArray(accumulators, lanes);
  }

  @Override
  public void rowProducts(Floats a, Floats x, Floats means, Floats sums) {
    int columns = x.size() / sums.size();
    for (int row = 0; row < sums.size(); row++) {
      float mean = means.array()[means.at() + row];
      sums.array()[sums.at() + row] = products(a, x, row * columns, mean, columns);
    }
  }

  private float products(Floats a, Floats x, int from, float mean, int size) {
    int whole = size & -ACCUMULATORS;
    for (int lanes = 0; lanes < ACCUMULATORS; lanes += LANES) {
      products(a, x, from + lanes, mean, whole, lanes);
    }
    for (int i = whole; i < size; i++) {
      float distance = x.array()[x.at() + from + i] - mean;
      int j = i - whole;
      accumulators[j] = Math.fma(a.array()[a.at() + from + i], distance, accumulators[j]);
    }
    return PlainReductionKernel.tree(accumulators);
  }

  private void products(Floats a, Floats x, int from, float mean, int size, int lanes) {
    float[] factors = a.array();
    float[] numbers = x.array();
    int aAt = a.at() + from;
    int xAt = x.at() + from;
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < size; i += ACCUMULATORS) {
      sum = load(factors, aAt + i).fma(load(numbers, xAt + i).sub(mean), sum);
    }
    sum.intoArray(accumulators, lanes);
  }

  @Override
  public void columnSquares(Floats x, Floats means, Floats sums) {
    int whole = SPECIES.loopBound(sums.size());
    for (int column = 0; column < whole; column += LANES) {
      columnSquares(x, means, sums, column);
    }
    for (int column = whole; column < sums.size(); column++) {
      float mean = means.array()[means.at() + column];
      float sum = sums.array()[sums.at() + column];
      for (int i = column; i < x.size(); i += sums.size()) {
        float distance = x.array()[x.at() + i] - mean;
        sum = Math.fma(distance, distance, sum);
      }
      sums.array()[sums.at() + column] = sum;
    }
  }

  private static void columnSquares(Floats x, Floats means, Floats sums, int column) {
    float[] numbers = x.array();
    FloatVector mean = load(means, column);
    FloatVector sum = load(sums, column);
    int end = x.at() + x.size();
    for (int i = x.at() + column; i < end; i += sums.size()) {
      FloatVector distance = load(numbers, i).sub(mean);
      sum = distance.fma(distance, sum);
    }
    store(sum, sums, column);
  }

  @Override
  public void columnProducts(Floats a, Floats x, Floats means, Floats sums) {
    int whole = SPECIES.loopBound(sums.size());
    for (int column = 0; column < whole; column += LANES) {
      columnProducts(a, x, means, sums, column);
    }
    for (int column = whole; column < sums.size(); column++) {
      float mean = means.array()[means.at() + column];
      float sum = sums.array()[sums.at() + column];
      for (int i = column; i < x.size(); i += sums.size()) {
        sum = Math.fma(a.array()[a.at() + i], x.array()[x.at() + i] - mean, sum);
      }
      sums.array()[sums.at() + column] = sum;
    }
  }

  private static void columnProducts(Floats a, Floats x, Floats means, Floats sums, int column) {
    float[] factors = a.array();
    float[] numbers = x.array();
    FloatVector mean = load(means, column);
    FloatVector sum = load(sums, column);
    int shift = a.at() - x.at();
    int end = x.at() + x.size();
    for (int i = x.at() + column; i < end; i += sums.size()) {
      sum = load(factors, i + shift).fma(load(numbers, i).sub(mean), sum);
    }
    store(sum, sums, column);
  }

  @Override
  public void affineRows(Floats x, Floats scales, Floats shifts, Floats y) {
    int columns = x.size() / scales.size();
    for (int row = 0; row < scales.size(); row++) {
      float scale = scales.array()[scales.at() + row];
      float shift = shifts.array()[shifts.at() + row];
      affineRow(x, row * columns, columns, scale, shift, y);
    }
  }

  private static void affineRow(
      Floats x, int from, int columns, float scale, float shift, Floats y) {
    FloatVector scales = FloatVector.broadcast(SPECIES, scale);
    FloatVector shifts = FloatVector.broadcast(SPECIES, shift);
    int end = from + columns;
    int whole = from + SPECIES.loopBound(columns);
    for (int i = from; i < whole; i += LANES) {
      store(load(x, i).fma(scales, shifts), y, i);
    }
    for (int i = whole; i < end; i++) {
      y.array()[y.at() + i] = Math.fma(x.array()[x.at() + i], scale, shift);
    }
  }

  @Override
  public void affineColumns(Floats x, Floats scales, Floats shifts, Floats y) {
    for (int from = 0; from < x.size(); from += scales.size()) {
      affineColumns(x, from, scales, shifts, y);
    }
  }

  private static void affineColumns(Floats x, int from, Floats scales, Floats shifts, Floats y) {
    int columns = scales.size();
    int whole = SPECIES.loopBound(columns);
    for (int i = 0; i < whole; i += LANES) {
      store(load(x, from + i).fma(load(scales, i), load(shifts, i)), y, from + i);
    }
    for (int i = whole; i < columns; i++) {
      float scale = scales.array()[scales.at() + i];
      float shift = shifts.array()[shifts.at() + i];
      y.array()[y.at() + from + i] = Math.fma(x.array()[x.at() + from + i], scale, shift);
    }
  }

  @Override
  public void blendRows(Floats a, Floats x, Line rows, Floats y, boolean adds) {
    int columns = a.size() / rows.scales().size();
    for (int row = 0; row < rows.scales().size(); row++) {
      int from = row * columns;
      int whole = from + SPECIES.loopBound(columns);
      if (adds) {
        addRow(a, x, from, whole, rows, row, y);
      } else {
        blendRow(a, x, from, whole, rows, row, y);
      }
      for (int i = whole; i < from + columns; i++) {
        PlainNormalisationKernel.put(
            PlainNormalisationKernel.blend(a, x, i, rows, row), y, i, adds);
      }
    }
  }

  private static void blendRow(Floats a, Floats x, int from, int to, Line rows, int row, Floats y) {
    FloatVector scale = all(rows.scales(), row);
    FloatVector slope = all(rows.slopes(), row);
    FloatVector shift = all(rows.shifts(), row);
    for (int i = from; i < to; i += LANES) {
      store(load(a, i).fma(scale, load(x, i).fma(slope, shift)), y, i);
    }
  }

  private static void addRow(Floats a, Floats x, int from, int to, Line rows, int row, Floats y) {
    FloatVector scale = all(rows.scales(), row);
    FloatVector slope = all(rows.slopes(), row);
    FloatVector shift = all(rows.shifts(), row);
    for (int i = from; i < to; i += LANES) {
      store(load(y, i).add(load(a, i).fma(scale, load(x, i).fma(slope, shift))), y, i);
    }
  }

  @Override
  public void blendColumns(Floats a, Floats x, Line columns, Floats y, boolean adds) {
    int size = columns.scales().size();
    int whole = SPECIES.loopBound(size);
    for (int from = 0; from < a.size(); from += size) {
      if (adds) {
        addColumns(a, x, from, columns, y);
      } else {
        blendColumns(a, x, from, columns, y);
      }
      for (int k = whole; k < size; k++) {
        float number = PlainNormalisationKernel.blend(a, x, from + k, columns, k);
        PlainNormalisationKernel.put(number, y, from + k, adds);
      }
    }
  }

  private static void blendColumns(Floats a, Floats x, int from, Line columns, Floats y) {
    Floats scales = columns.scales();
    Floats slopes = columns.slopes();
    Floats shifts = columns.shifts();
    int whole = SPECIES.loopBound(scales.size());
    for (int k = 0; k < whole; k += LANES) {
      FloatVector rest = load(x, from + k).fma(load(slopes, k), load(shifts, k));
      store(load(a, from + k).fma(load(scales, k), rest), y, from + k);
    }
  }

  private static void addColumns(Floats a, Floats x, int from, Line columns, Floats y) {
    Floats scales = columns.scales();
    Floats slopes = columns.slopes();
    Floats shifts = columns.shifts();
    int whole = SPECIES.loopBound(scales.size());
    for (int k = 0; k < whole; k += LANES) {
      FloatVector rest = load(x, from + k).fma(load(slopes, k), load(shifts, k));
      FloatVector sum = load(a, from + k).fma(load(scales, k), rest);
      store(load(y, from + k).add(sum), y, from + k);
    }
  }

  private static FloatVector all(Floats numbers, int i) {
    return FloatVector.broadcast(SPECIES, numbers.array()[numbers.at() + i]);
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
