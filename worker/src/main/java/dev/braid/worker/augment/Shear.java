package dev.braid.worker.augment;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.random.SplitMix;

/**
 * The picture slanted: rows are moved against one another, the one in the middle stays.
 *
 * @param degrees the largest angle to either side, above 0 and below 90
 * @param fill level of what comes from outside the picture, 0 to 255; 0 by default
 */
@JsonTypeName("shear")
public record Shear(@JsonProperty(required = true) Double degrees, Double fill)
    implements Augmentation {
  public Shear {
    fill = Augmentation.fill(fill);
    require(
        degrees != null && degrees > 0 && degrees < 90,
        "shear: degrees must be above 0 and below 90, got %s",
        degrees);
  }

  @Override
  public Change draw(SplitMix random, PictureSize size) {
    return Warped.sheared(Augmentation.between(-degrees, degrees, random), fill.floatValue());
  }
}
