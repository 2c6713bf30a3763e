package dev.braid.worker.glove;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernel on the JDK's Vector API. Always 8 lanes, sums in one written order, fused
 * multiply-add: the same bits on every machine with 256-bit vectors.
 */
final class VectorGloveKernel implements GloveKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;
  private static final int LANES = 8;

  private final float[] partialSums = new float[LANES];

  /**
   * @throws UnsupportedOperationException if this machine has no 256-bit vectors, which would make
   *     this kernel slower than plain loops
   */
  VectorGloveKernel() {
    if (FloatVector.SPECIES_PREFERRED.length() < LANES) {
      throw new UnsupportedOperationException("this CPU has no 256-bit vectors");
    }
  }

  @Override
  public double train(GloveRows rows, GloveRows columns, CellBlock cells, float learningRate) {
    int width = rows.width();
    double loss = 0;
    for (int cell = 0; cell < cells.size(); cell++) {
      int row = cells.rows()[cell];
      int column = cells.columns()[cell];
      float product = product(rows.values(), row * width, columns.values(), column * width, width);
      float score = rows.biases()[row] + columns.biases()[column] + product;
      loss += cells.loss(cell, score);
      float scale = cells.gradient(cell, score) * learningRate;
      step(rows, row * width, columns, column * width, width, scale);
      PlainGloveKernel.step(rows.biases(), rows.biasSquares(), row, scale);
      PlainGloveKernel.step(columns.biases(), columns.biasSquares(), column, scale);
    }
    return loss;
  }

  private float product(float[] a, int aAt, float[] b, int bAt, int width) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int d = 0; d < width; d += LANES) {
      sum = load(a, aAt + d).fma(load(b, bAt + d), sum);
    }
    sum.intoArray(partialSums, 0);
    float[] s = partialSums;
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
  }

  private static void step(
      GloveRows rows, int w, GloveRows columns, int c, int width, float scale) {
    float[] rowValues = rows.values();
    float[] rowSquares = rows.squares();
    float[] columnValues = columns.values();
    float[] columnSquares = columns.squares();
    for (int d = 0; d < width; d += LANES) {
      FloatVector a = load(rowValues, w + d);
      FloatVector b = load(columnValues, c + d);
      FloatVector ofRow = b.mul(scale);
      FloatVector ofColumn = a.mul(scale);
      FloatVector s = load(rowSquares, w + d);
      FloatVector t = load(columnSquares, c + d);
      a.sub(ofRow.div(s.lanewise(VectorOperators.SQRT))).intoArray(rowValues, w + d);
      b.sub(ofColumn.div(t.lanewise(VectorOperators.SQRT))).intoArray(columnValues, c + d);
      ofRow.fma(ofRow, s).intoArray(rowSquares, w + d);
      ofColumn.fma(ofColumn, t).intoArray(columnSquares, c + d);
    }
  }

  private static FloatVector load(float[] values, int at) {
    return FloatVector.fromArray(SPECIES, values, at);
  }
}
