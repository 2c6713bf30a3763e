package dev.braid.worker.augment;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.random.SplitMix;

/**
 * A normal number added to each level of each pixel.
 *
 * @param deviation its standard deviation, in levels of 0 to 255
 */
@JsonTypeName("noise")
public record Noise(@JsonProperty(required = true) Double deviation) implements Augmentation {
  public Noise {
    require(
        deviation != null && deviation > 0 && deviation <= 255,
        "noise: deviation must be above 0 and at most 255 levels, got %s",
        deviation);
  }

  @Override
  public boolean moves() {
    return false;
  }

  @Override
  public Change draw(SplitMix random, PictureSize size) {
    return new Noisy(deviation, random.nextLong());
  }

  /**
   * Levels with noise.
   *
   * @param key of the stream that the numbers are drawn from
   */
  record Noisy(double deviation, long key) implements Change {
    @Override
    public float[] apply(float[] pixels, PictureSize size) {
      float[] noisy = new float[pixels.length];
      SplitMix random = SplitMix.stream(key);
      for (int i = 0; i < noisy.length; i++) {
        noisy[i] = Change.clamp(pixels[i] + deviation * random.nextGaussian());
      }
      return noisy;
    }
  }
}
