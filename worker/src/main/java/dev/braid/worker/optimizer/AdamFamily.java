package dev.braid.worker.optimizer;

/** {@link Adam} and its kin: a running mean of the gradient and one of its square. */
sealed interface AdamFamily extends Optimizer permits Adam, AdamEpsilonHat, AdamW {
  /** Share of the mean that is kept. */
  Double beta1();

  /** Share of the mean square that is kept. */
  Double beta2();

  @Override
  default int numSlots() {
    return 2;
  }

  @Override
  default boolean countsUpdates() {
    return true;
  }

  /** A number times itself, by squaring: unlike {@code StrictMath.pow} without arrays. */
  static double power(double number, long exponent) {
    double power = 1;
    double square = number;
    for (long left = exponent; left > 0; left >>= 1) {
      power *= (left & 1) == 1 ? square : 1;
      square *= square;
    }
    return power;
  }

  /**
   * Adam's update.
   *
   * @param shrink share of the parameters that is taken away from them first
   * @param epsilon keeps the divisor from zero
   */
  default void moveInPlace(
      Slice slice, double learningRate, long update, double shrink, double epsilon) {
    float[] params = slice.params();
    float[] gradients = slice.gradients();
    float[] mean = slice.slots()[0];
    float[] meanSquare = slice.slots()[1];
    float keptMean = beta1().floatValue();
    float freshMean = (float) (1 - beta1());
    float keptSquare = beta2().floatValue();
    float freshSquare = (float) (1 - beta2());
    float rate = (float) (learningRate / (1 - power(beta1(), update + 1)));
    float rootScale = (float) (1 / StrictMath.sqrt(1 - power(beta2(), update + 1)));
    float guard = (float) epsilon;
    float keptParams = (float) (1 - shrink);
    for (int i = slice.from(); i < slice.to(); i++) {
      float g = Underflow.gradient(gradients[i]);
      float m = Underflow.memory(keptMean * mean[i] + freshMean * g);
      float v = Underflow.memory(keptSquare * meanSquare[i] + freshSquare * g * g);
      mean[i] = m;
      meanSquare[i] = v;
      float direction = m / ((float) Math.sqrt(v) * rootScale + guard);
      params[i] = keptParams * params[i] - rate * direction;
    }
  }
}
