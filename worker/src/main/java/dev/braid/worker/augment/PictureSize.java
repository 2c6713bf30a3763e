package dev.braid.worker.augment;

import static dev.braid.worker.Check.require;

import java.io.Serializable;

/**
 * How the numbers of a picture lie: [channels, height, width], row-major.
 *
 * @param channels 1 for grey, 3 for red, green and blue
 * @param height in pixels
 * @param width in pixels
 */
public record PictureSize(int channels, int height, int width) implements Serializable {
  public PictureSize {
    require(
        channels > 0 && height > 0 && width > 0,
        "a picture has at least one channel and one pixel, got [%d, %d, %d]",
        channels,
        height,
        width);
  }

  /** Pixels of one channel. */
  public int plane() {
    return height * width;
  }

  /** Numbers of all channels. */
  public int numbers() {
    return channels * plane();
  }

  /** Whether it has red, green and blue. */
  boolean hasColours() {
    return channels == 3;
  }
}
