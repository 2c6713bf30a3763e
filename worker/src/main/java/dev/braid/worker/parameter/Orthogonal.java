package dev.braid.worker.parameter;

import dev.braid.worker.random.SplitMix;

/** Random matrices with orthonormal rows or columns, whichever are fewer. */
final class Orthogonal {
  private Orthogonal() {}

  /** Fills {@code values}, [rows x columns], by Gram and Schmidt's method on normal vectors. */
  static void fill(float[] values, int rows, SplitMix random) {
    int columns = values.length / rows;
    int count = Math.min(rows, columns);
    double[][] vectors = new double[count][Math.max(rows, columns)];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < vectors[i].length; j++) {
        vectors[i][j] = random.nextGaussian();
      }
      // Twice is enough for orthogonality to rounding (Giraud et al. 2005).
      subtractProjections(vectors, i);
      subtractProjections(vectors, i);
      scaleToUnitLength(vectors[i]);
    }
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        values[row * columns + column] =
            (float) (rows <= columns ? vectors[row][column] : vectors[column][row]);
      }
    }
  }

  private static void subtractProjections(double[][] vectors, int i) {
    double[] vector = vectors[i];
    for (int k = 0; k < i; k++) {
      double projection = dot(vectors[k], vector);
      for (int j = 0; j < vector.length; j++) {
        vector[j] -= projection * vectors[k][j];
      }
    }
  }

  private static void scaleToUnitLength(double[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    for (int j = 0; j < vector.length; j++) {
      vector[j] /= length;
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }
}
