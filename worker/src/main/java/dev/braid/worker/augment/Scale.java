package dev.braid.worker.augment;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.random.SplitMix;

/**
 * What is in the picture made larger or smaller about its middle.
 *
 * @param least factor, above 0: 0.8 makes it a fifth smaller
 * @param most factor
 * @param fill level of what comes from outside the picture, 0 to 255; 0 by default
 */
@JsonTypeName("scale")
public record Scale(
    @JsonProperty(required = true) Double least,
    @JsonProperty(required = true) Double most,
    Double fill)
    implements Augmentation {
  public Scale {
    fill = Augmentation.fill(fill);
    require(
        least != null && most != null && least > 0 && least <= most && most <= 100,
        "scale: least must be above 0, most not below it and at most 100, got %s and %s",
        least,
        most);
  }

  @Override
  public Change draw(SplitMix random, PictureSize size) {
    return Warped.scaled(Augmentation.between(least, most, random), fill.floatValue());
  }
}
