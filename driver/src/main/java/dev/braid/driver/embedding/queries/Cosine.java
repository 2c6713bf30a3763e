package dev.braid.driver.embedding.queries;

/** Lengths and angles of vectors, summed in double precision. */
public final class Cosine {
  private Cosine() {}

  /** A copy of length one; zeros stay zeros. */
  static float[] unit(float[] vector) {
    double norm = Math.sqrt(dot(vector, vector, 0));
    float[] unit = new float[vector.length];
    for (int d = 0; d < vector.length && norm > 0; d++) {
      unit[d] = (float) (vector[d] / norm);
    }
    return unit;
  }

  /** Adds a multiple of {@code other} to {@code sum} in place. */
  static void add(float[] sum, float[] other, float times) {
    for (int d = 0; d < sum.length; d++) {
      sum[d] += times * other[d];
    }
  }

  /** Cosine between a vector of length one and the one that begins at {@code at}; 0 for zeros. */
  static double of(float[] unit, float[] vectors, int at) {
    double dot = 0;
    double square = 0;
    for (int d = 0; d < unit.length; d++) {
      double x = vectors[at + d];
      dot += unit[d] * x;
      square += x * x;
    }
    return square == 0 ? 0 : dot / Math.sqrt(square);
  }

  /** The product with the vector that begins at {@code at}. */
  static double dot(float[] vector, float[] vectors, int at) {
    double dot = 0;
    for (int d = 0; d < vector.length; d++) {
      dot += (double) vector[d] * vectors[at + d];
    }
    return dot;
  }
}
