package dev.braid.worker.augment;

import java.util.List;

/**
 * Light and colours changed: brightness, contrast, saturation, hue, then the shift of colours.
 *
 * @param brightness factor of all levels
 * @param contrast factor of the differences to the mean grey
 * @param saturation factor of the differences to each pixel's grey
 * @param hue part of the circle of colours, from -0.5 to 0.5
 * @param shift normal numbers times their standard deviation, one for each of three axes; empty for
 *     none
 */
record Recoloured(
    double brightness, double contrast, double saturation, double hue, List<Double> shift)
    implements Change {
  /** Of red, green and blue in what the eye takes for grey (ITU-R BT.601). */
  private static final float[] GREY = {0.2989f, 0.587f, 0.114f};

  @Override
  public float[] apply(float[] pixels, PictureSize size) {
    float[] changed = pixels.clone();
    if (brightness != 1) {
      blend(changed, brightness, 0);
    }
    if (contrast != 1) {
      blend(changed, contrast, meanGrey(changed, size));
    }
    if (saturation != 1 && size.hasColours()) {
      saturate(changed, size.plane());
    }
    if (hue != 0 && size.hasColours()) {
      turn(changed, size.plane());
    }
    if (!shift.isEmpty()) {
      shift(changed, size.plane());
    }
    return changed;
  }

  /** Each level moved away from another: factor level + (1 - factor) other. */
  private static void blend(float[] pixels, double factor, double other) {
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Change.clamp(factor * pixels[i] + (1 - factor) * other);
    }
  }

  private static float grey(float[] pixels, int at, int plane) {
    return GREY[0] * pixels[at] + GREY[1] * pixels[at + plane] + GREY[2] * pixels[at + 2 * plane];
  }

  private static double meanGrey(float[] pixels, PictureSize size) {
    double sum = 0;
    int numbers = size.hasColours() ? size.plane() : pixels.length;
    for (int i = 0; i < numbers; i++) {
      sum += size.hasColours() ? grey(pixels, i, size.plane()) : pixels[i];
    }
    return sum / numbers;
  }

  private void saturate(float[] pixels, int plane) {
    for (int i = 0; i < plane; i++) {
      double grey = grey(pixels, i, plane);
      for (int at = i; at < pixels.length; at += plane) {
        pixels[at] = Change.clamp(saturation * pixels[at] + (1 - saturation) * grey);
      }
    }
  }

  /** Turns hues in the hexcone of hue, saturation and value (Smith 1978). */
  private void turn(float[] pixels, int plane) {
    for (int i = 0; i < plane; i++) {
      float red = pixels[i];
      float green = pixels[i + plane];
      float blue = pixels[i + 2 * plane];
      float most = Math.max(red, Math.max(green, blue));
      float chroma = most - Math.min(red, Math.min(green, blue));
      if (chroma > 0) {
        double sixths = sixths(red, green, blue, most, chroma) + 6 * hue;
        pixels[i] = ofSixths(sixths + 5, most, chroma);
        pixels[i + plane] = ofSixths(sixths + 3, most, chroma);
        pixels[i + 2 * plane] = ofSixths(sixths + 1, most, chroma);
      }
    }
  }

  /** The hue in sixths of the circle, red at 0. */
  private static double sixths(float red, float green, float blue, float most, float chroma) {
    if (most == red) {
      return (double) (green - blue) / chroma;
    }
    return most == green ? 2 + (double) (blue - red) / chroma : 4 + (double) (red - green) / chroma;
  }

  /**
   * A channel whose level falls and rises along the circle: most - chroma max(0, min(k, 4 - k, 1)).
   */
  private static float ofSixths(double sixths, float most, float chroma) {
    double k = sixths - 6 * Math.floor(sixths / 6);
    return Change.clamp(most - chroma * Math.max(0, Math.min(Math.min(k, 4 - k), 1)));
  }

  /**
   * Adds C g to each pixel, C being the covariance of the picture's colours and g normal numbers.
   * The paper adds P (a L) with the axes P and variances L of C = P L P', and normal numbers a: a
   * normal vector with covariance P L L P' = C C, just as C g is, which needs no axes.
   */
  private void shift(float[] pixels, int plane) {
    double[] mean = new double[3];
    for (int channel = 0; channel < 3; channel++) {
      for (int i = 0; i < plane; i++) {
        mean[channel] += pixels[channel * plane + i];
      }
      mean[channel] /= plane;
    }
    double[] shifts = new double[3];
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        double sum = 0;
        for (int i = 0; i < plane; i++) {
          sum +=
              (pixels[row * plane + i] - mean[row]) * (pixels[column * plane + i] - mean[column]);
        }
        shifts[row] += sum / plane / 255 * shift.get(column); // variance / 255^2, and levels 255
      }
    }
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Change.clamp(pixels[i] + shifts[i / plane]);
    }
  }
}
