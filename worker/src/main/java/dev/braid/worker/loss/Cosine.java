package dev.braid.worker.loss;

/** 1 - cosine of the angle between p and y; of a length below 1e-8 that is taken for it. */
public record Cosine() implements RowLoss {
  @Override
  public String name() {
    return "cosine";
  }

  @Override
  public Labels labels() {
    return Labels.VECTORS;
  }

  private static final double SHORTEST = 1e-8;

  @Override
  public double ofRow(LossBatch batch, int row, double share) {
    double[] p = batch.outputs();
    float[] y = batch.labels();
    int from = row * batch.units();
    int to = from + batch.units();
    double product = 0;
    double squares = 0;
    double labelSquares = 0;
    for (int i = from; i < to; i++) {
      product += p[i] * y[i];
      squares += p[i] * p[i];
      labelSquares += (double) y[i] * y[i];
    }
    double length = Math.sqrt(squares);
    double clamped = Math.max(length, SHORTEST);
    double lengths = clamped * Math.max(Math.sqrt(labelSquares), SHORTEST);
    double cosine = product / lengths;
    for (int i = from; batch.gradient() != null && i < to; i++) {
      double turning = length > SHORTEST ? cosine * p[i] / squares : 0;
      batch.gradient()[i] = share * (turning - y[i] / lengths);
    }
    return 1 - cosine;
  }
}
