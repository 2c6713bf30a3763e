package dev.braid.worker.augment;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.random.SplitMix;

/**
 * The picture turned about its middle.
 *
 * @param degrees the largest angle to either side, above 0 and at most 180
 * @param fill level of what comes from outside the picture, 0 to 255; 0 by default
 */
@JsonTypeName("rotate")
public record Rotate(@JsonProperty(required = true) Double degrees, Double fill)
    implements Augmentation {
  public Rotate {
    fill = Augmentation.fill(fill);
    require(
        degrees != null && degrees > 0 && degrees <= 180,
        "rotate: degrees must be above 0 and at most 180, got %s",
        degrees);
  }

  @Override
  public Change draw(SplitMix random, PictureSize size) {
    return Warped.rotated(Augmentation.between(-degrees, degrees, random), fill.floatValue());
  }
}
