package dev.braid.jobs.chart;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;

/** Inputs of a network that are pictures, drawn within a page as {@code data:} URIs. */
public final class InlineImage {
  /** Sides below it are rather a table's. */
  private static final int SMALLEST_SIDE = 5;

  private InlineImage() {}

  /**
   * Whether inputs of this shape can be looked at: [channels, height, width], grey or in colour.
   */
  public static boolean arePictures(List<Integer> shape) {
    return shape.size() == 3
        && (shape.get(0) == 1 || shape.get(0) == 3)
        && shape.get(1) >= SMALLEST_SIDE
        && shape.get(2) >= SMALLEST_SIDE;
  }

  /**
   * An {@code img} element that holds the picture itself.
   *
   * @param numbers from 0 to 255 or from 0 to 1; of others the least is black and the largest white
   */
  public static String img(float[] numbers, List<Integer> shape, String alt) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image(numbers, shape), "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException("a picture in memory cannot be written", e);
    }
    return "<img alt=\"%s\" src=\"data:image/png;base64,%s\">"
        .formatted(Html.escape(alt), Base64.getEncoder().encodeToString(png.toByteArray()));
  }

  private static BufferedImage image(float[] numbers, List<Integer> shape) {
    int height = shape.get(1);
    int width = shape.get(2);
    Range range = Range.of(numbers);
    boolean color = shape.get(0) == 3;
    BufferedImage image =
        new BufferedImage(
            width, height, color ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        if (color) {
          int plane = height * width;
          int red = range.level(numbers[at]);
          int green = range.level(numbers[at + plane]);
          image.setRGB(x, y, red << 16 | green << 8 | range.level(numbers[at + 2 * plane]));
        } else {
          image.getRaster().setSample(x, y, 0, range.level(numbers[at]));
        }
      }
    }
    return image;
  }

  /** What is drawn black, and what white. */
  private record Range(float black, float white) {
    static Range of(float[] numbers) {
      float min = Float.POSITIVE_INFINITY;
      float max = Float.NEGATIVE_INFINITY;
      for (float number : numbers) {
        min = Math.min(min, number);
        max = Math.max(max, number);
      }
      if (min >= 0 && max <= 255) {
        return new Range(0, max <= 1 ? 1 : 255);
      }
      return new Range(min, max);
    }

    int level(float number) {
      return Math.max(0, Math.min(255, Math.round(255 * (number - black) / (white - black))));
    }
  }
}
