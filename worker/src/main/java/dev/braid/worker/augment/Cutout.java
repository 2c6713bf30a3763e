package dev.braid.worker.augment;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.random.SplitMix;
import java.util.Arrays;

/**
 * A square taken out of the picture, whose middle is any pixel, so that it may lie partly outside
 * (DeVries and Taylor 2017, arXiv:1708.04552).
 *
 * @param size side of the square in pixels
 * @param fill level of what is taken out, 0 to 255; 0 by default
 */
@JsonTypeName("cutout")
public record Cutout(@JsonProperty(required = true) Integer size, Double fill)
    implements Augmentation {
  public Cutout {
    fill = Augmentation.fill(fill);
    require(size != null && size > 0, "cutout: size must be at least 1 pixel, got %s", size);
  }

  @Override
  public void requireFits(PictureSize picture) {
    require(
        size < 2 * Math.min(picture.height(), picture.width()),
        "cutout: a square of %d pixels may take all of pictures of %d x %d; set size lower",
        size,
        picture.height(),
        picture.width());
  }

  @Override
  public boolean moves() {
    return false;
  }

  @Override
  public Change draw(SplitMix random, PictureSize picture) {
    int left = random.nextInt(picture.width()) - size / 2;
    int top = random.nextInt(picture.height()) - size / 2;
    return new Erased(
        Math.max(0, left),
        Math.max(0, top),
        Math.min(picture.width(), left + size),
        Math.min(picture.height(), top + size),
        fill.floatValue());
  }

  /** A rectangle of one level, from {@code left} and {@code top} up to the others. */
  record Erased(int left, int top, int right, int bottom, float fill) implements Change {
    @Override
    public float[] apply(float[] pixels, PictureSize size) {
      float[] erased = pixels.clone();
      for (int channel = 0; channel < size.channels(); channel++) {
        for (int y = top; y < bottom; y++) {
          int row = channel * size.plane() + y * size.width();
          Arrays.fill(erased, row + left, row + right, fill);
        }
      }
      return erased;
    }
  }
}
