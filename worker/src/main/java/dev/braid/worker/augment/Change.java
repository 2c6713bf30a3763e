package dev.braid.worker.augment;

/**
 * One change of a picture whose parameters are drawn: a pure function of the picture, to be
 * compared with other implementations at the same parameters.
 */
public interface Change {
  /** Leaves pictures as they are. */
  Change NONE = (pixels, size) -> pixels;

  /**
   * The changed picture; the given one stays as it is.
   *
   * @param pixels [channels, height, width] of numbers from 0 to 255
   * @return of the same size and range
   */
  float[] apply(float[] pixels, PictureSize size);

  /** A number brought back to what a pixel can be. */
  static float clamp(double value) {
    return (float) Math.max(0, Math.min(255, value));
  }
}
