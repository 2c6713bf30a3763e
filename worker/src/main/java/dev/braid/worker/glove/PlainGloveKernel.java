package dev.braid.worker.glove;

/** The meaning of the kernel in plain loops; serves where the JDK's Vector API is absent. */
final class PlainGloveKernel implements GloveKernel {
  @Override
  public double train(GloveRows rows, GloveRows columns, CellBlock cells, float learningRate) {
    int width = rows.width();
    int dimension = rows.dimension();
    double loss = 0;
    for (int cell = 0; cell < cells.size(); cell++) {
      int row = cells.rows()[cell];
      int column = cells.columns()[cell];
      int w = row * width;
      int c = column * width;
      float score = rows.biases()[row] + columns.biases()[column];
      for (int d = 0; d < dimension; d++) {
        score += rows.values()[w + d] * columns.values()[c + d];
      }
      loss += cells.loss(cell, score);
      float scale = cells.gradient(cell, score) * learningRate;
      for (int d = 0; d < dimension; d++) {
        float ofRow = scale * columns.values()[c + d];
        float ofColumn = scale * rows.values()[w + d];
        step(rows.values(), rows.squares(), w + d, ofRow);
        step(columns.values(), columns.squares(), c + d, ofColumn);
      }
      step(rows.biases(), rows.biasSquares(), row, scale);
      step(columns.biases(), columns.biasSquares(), column, scale);
    }
    return loss;
  }

  /** One parameter's step. */
  static void step(float[] values, float[] squares, int at, float gradient) {
    values[at] -= gradient / (float) Math.sqrt(squares[at]);
    squares[at] += gradient * gradient;
  }
}
