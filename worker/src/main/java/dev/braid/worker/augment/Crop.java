package dev.braid.worker.augment;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.random.SplitMix;
import java.util.Arrays;

/**
 * A part as large as the picture, cut out of it at a place by chance after some pixels were put
 * around it. So did He et al. 2016, arXiv:1512.03385, section 4.2, with 4 pixels around 32 x 32.
 *
 * @param padding pixels on each side
 * @param fill level of these pixels, 0 to 255; 0 by default
 */
@JsonTypeName("crop")
public record Crop(@JsonProperty(required = true) Integer padding, Double fill)
    implements Augmentation {
  public Crop {
    fill = Augmentation.fill(fill);
    require(
        padding != null && padding > 0, "crop: padding must be at least 1 pixel, got %s", padding);
  }

  @Override
  public void requireFits(PictureSize size) {
    require(
        padding < Math.min(size.height(), size.width()),
        "crop: padding %d would leave nothing of pictures of %d x %d pixels; set it lower",
        padding,
        size.height(),
        size.width());
  }

  @Override
  public Change draw(SplitMix random, PictureSize size) {
    int right = random.nextInt(2 * padding + 1) - padding;
    int down = random.nextInt(2 * padding + 1) - padding;
    return new Shifted(right, down, fill.floatValue());
  }

  /** The picture moved by whole pixels, to the left and up where they are negative. */
  record Shifted(int right, int down, float fill) implements Change {
    @Override
    public float[] apply(float[] pixels, PictureSize size) {
      float[] shifted = new float[pixels.length];
      Arrays.fill(shifted, fill);
      int height = size.height();
      int width = size.width();
      int from = Math.max(0, -right);
      int length = width - Math.abs(right);
      for (int channel = 0; channel < size.channels() && length > 0; channel++) {
        for (int y = Math.max(0, down); y < Math.min(height, height + down); y++) {
          int row = channel * size.plane();
          System.arraycopy(
              pixels,
              row + (y - down) * width + from,
              shifted,
              row + y * width + from + right,
              length);
        }
      }
      return shifted;
    }
  }
}
