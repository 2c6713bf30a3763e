package dev.braid.worker.augment;

/**
 * The picture under an affine map about its middle. Each pixel of the result is taken from where it
 * came, between the four pixels there (bilinear):
 *
 * <pre>
 *   x' = xx x + xy y        of the middle of a pixel, from the middle of the picture
 *   y' = yx x + yy y
 * </pre>
 *
 * @param xx of the map from a pixel of the result to its place in the picture
 * @param xy of that map
 * @param yx of that map
 * @param yy of that map
 * @param fill level of all that lies outside the picture
 */
record Warped(double xx, double xy, double yx, double yy, float fill) implements Change {

  /** Turned clockwise. */
  static Warped rotated(double degrees, float fill) {
    double angle = radians(degrees);
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    return new Warped(cos, sin, -sin, cos, fill);
  }

  /** Each row moved to the left by the angle's tangent times how far it lies below the middle. */
  static Warped sheared(double degrees, float fill) {
    return new Warped(1, StrictMath.tan(radians(degrees)), 0, 1, fill);
  }

  /** Larger where the factor is above 1. */
  static Warped scaled(double factor, float fill) {
    return new Warped(1 / factor, 0, 0, 1 / factor, fill);
  }

  private static double radians(double degrees) {
    return degrees / 180 * Math.PI;
  }

  @Override
  public float[] apply(float[] pixels, PictureSize size) {
    float[] warped = new float[pixels.length];
    double middleX = (size.width() - 1) / 2.0;
    double middleY = (size.height() - 1) / 2.0;
    for (int y = 0; y < size.height(); y++) {
      for (int x = 0; x < size.width(); x++) {
        double fromX = xx * (x - middleX) + xy * (y - middleY) + middleX;
        double fromY = yx * (x - middleX) + yy * (y - middleY) + middleY;
        take(pixels, size, fromX, fromY, warped, y * size.width() + x);
      }
    }
    return warped;
  }

  /** Writes what lies at a place of the picture to {@code at}, in all channels. */
  private void take(float[] pixels, PictureSize size, double x, double y, float[] target, int at) {
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    float right = (float) (x - left);
    float below = (float) (y - top);
    for (int plane = 0; plane < pixels.length; plane += size.plane()) {
      float upper =
          (1 - right) * level(pixels, size, plane, left, top)
              + right * level(pixels, size, plane, left + 1, top);
      float lower =
          (1 - right) * level(pixels, size, plane, left, top + 1)
              + right * level(pixels, size, plane, left + 1, top + 1);
      target[plane + at] = (1 - below) * upper + below * lower;
    }
  }

  private float level(float[] pixels, PictureSize size, int plane, int x, int y) {
    boolean inside = x >= 0 && x < size.width() && y >= 0 && y < size.height();
    return inside ? pixels[plane + y * size.width() + x] : fill;
  }
}
