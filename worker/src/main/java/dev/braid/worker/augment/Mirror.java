package dev.braid.worker.augment;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.random.SplitMix;

/**
 * Left becomes right: for pictures whose meaning does not change by it, so not for letters.
 *
 * @param probability how often; 0.5 by default
 */
@JsonTypeName("mirror")
public record Mirror(Double probability) implements Augmentation {
  public Mirror {
    probability = probability == null ? 0.5 : probability;
    require(
        probability > 0 && probability <= 1,
        "mirror: probability must be above 0 and at most 1, got %s",
        probability);
  }

  @Override
  public Change draw(SplitMix random, PictureSize size) {
    return random.nextDouble() < probability ? new Mirrored() : Change.NONE;
  }

  /** Each row from its end. */
  record Mirrored() implements Change {
    @Override
    public float[] apply(float[] pixels, PictureSize size) {
      float[] mirrored = new float[pixels.length];
      int width = size.width();
      for (int row = 0; row < pixels.length; row += width) {
        for (int x = 0; x < width; x++) {
          mirrored[row + x] = pixels[row + width - 1 - x];
        }
      }
      return mirrored;
    }
  }
}
