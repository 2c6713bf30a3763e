package dev.braid.worker.kernel;

import java.util.Arrays;

/** The meaning of what normalisations are made of, in plain loops. */
final class PlainNormalisationKernel implements NormalisationKernel {
  private final float[] accumulators = new float[PlainReductionKernel.ACCUMULATORS];

  @Override
  public void rowSquares(Floats x, Floats means, Floats sums) {
    int columns = x.size() / sums.size();
    for (int row = 0; row < sums.size(); row++) {
      Arrays.fill(accumulators, 0);
      float mean = means.array()[means.at() + row];
      int at = x.at() + row * columns;
      for (int i = 0; i < columns; i++) {
        float distance = x.array()[at + i] - mean;
        int j = i % accumulators.length;
        accumulators[j] = Math.fma(distance, distance, accumulators[j]);
      }
      sums.array()[sums.at() + row] = PlainReductionKernel.tree(accumulators);
    }
  }

  @Override
  public void rowProducts(Floats a, Floats x, Floats means, Floats sums) {
    int columns = x.size() / sums.size();
    for (int row = 0; row < sums.size(); row++) {
      Arrays.fill(accumulators, 0);
      float mean = means.array()[means.at() + row];
      for (int i = 0; i < columns; i++) {
        float factor = a.array()[a.at() + row * columns + i];
        float distance = x.array()[x.at() + row * columns + i] - mean;
        int j = i % accumulators.length;
        accumulators[j] = Math.fma(factor, distance, accumulators[j]);
      }
      sums.array()[sums.at() + row] = PlainReductionKernel.tree(accumulators);
    }
  }

  @Override
  public void columnSquares(Floats x, Floats means, Floats sums) {
    int columns = sums.size();
    for (int i = 0; i < x.size(); i++) {
      float distance = x.array()[x.at() + i] - means.array()[means.at() + i % columns];
      int to = sums.at() + i % columns;
      sums.array()[to] = Math.fma(distance, distance, sums.array()[to]);
    }
  }

  @Override
  public void columnProducts(Floats a, Floats x, Floats means, Floats sums) {
    int columns = sums.size();
    for (int i = 0; i < x.size(); i++) {
      float distance = x.array()[x.at() + i] - means.array()[means.at() + i % columns];
      int to = sums.at() + i % columns;
      sums.array()[to] = Math.fma(a.array()[a.at() + i], distance, sums.array()[to]);
    }
  }

  @Override
  public void affineRows(Floats x, Floats scales, Floats shifts, Floats y) {
    int columns = x.size() / scales.size();
    for (int i = 0; i < x.size(); i++) {
      affine(x, i, scales, shifts, i / columns, y);
    }
  }

  @Override
  public void affineColumns(Floats x, Floats scales, Floats shifts, Floats y) {
    for (int i = 0; i < x.size(); i++) {
      affine(x, i, scales, shifts, i % scales.size(), y);
    }
  }

  private static void affine(Floats x, int i, Floats scales, Floats shifts, int k, Floats y) {
    float scale = scales.array()[scales.at() + k];
    float shift = shifts.array()[shifts.at() + k];
    y.array()[y.at() + i] = Math.fma(x.array()[x.at() + i], scale, shift);
  }

  @Override
  public void blendRows(Floats a, Floats x, Line rows, Floats y, boolean adds) {
    int columns = a.size() / rows.scales().size();
    for (int i = 0; i < a.size(); i++) {
      put(blend(a, x, i, rows, i / columns), y, i, adds);
    }
  }

  @Override
  public void blendColumns(Floats a, Floats x, Line columns, Floats y, boolean adds) {
    for (int i = 0; i < a.size(); i++) {
      put(blend(a, x, i, columns, i % columns.scales().size()), y, i, adds);
    }
  }

  /** Number i of a and x, by the line of row or column k. */
  static float blend(Floats a, Floats x, int i, Line line, int k) {
    float scale = line.scales().array()[line.scales().at() + k];
    float slope = line.slopes().array()[line.slopes().at() + k];
    float shift = line.shifts().array()[line.shifts().at() + k];
    float rest = Math.fma(x.array()[x.at() + i], slope, shift);
    return Math.fma(a.array()[a.at() + i], scale, rest);
  }

  static void put(float number, Floats y, int i, boolean adds) {
    y.array()[y.at() + i] = adds ? y.array()[y.at() + i] + number : number;
  }
}
