package dev.braid.worker.augment;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.random.SplitMix;
import java.io.Serializable;

/**
 * A way to change pictures by chance: an entry of {@code data.augment} in a job file. It draws the
 * parameters of a {@link Change}, which is applied then.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(Mirror.class),
  @JsonSubTypes.Type(Crop.class),
  @JsonSubTypes.Type(Rotate.class),
  @JsonSubTypes.Type(Shear.class),
  @JsonSubTypes.Type(Scale.class),
  @JsonSubTypes.Type(Colour.class),
  @JsonSubTypes.Type(Noise.class),
  @JsonSubTypes.Type(Cutout.class)
})
public sealed interface Augmentation extends Serializable
    permits Mirror, Crop, Rotate, Shear, Scale, Colour, Noise, Cutout {

  /** A change for one picture; each number it needs is taken from {@code random} in turn. */
  Change draw(SplitMix random, PictureSize size);

  /**
   * Does nothing where pictures of this size can be changed so.
   *
   * @throws IllegalArgumentException naming the setting that asks for too much
   */
  default void requireFits(PictureSize size) {}

  /** Whether what is seen in a picture changes its place. */
  default boolean moves() {
    return true;
  }

  /** How a job file calls it. */
  default String kind() {
    return getClass().getAnnotation(JsonTypeName.class).value();
  }

  /** What pixels are that come from outside the picture: black where nothing is said. */
  static double fill(Double given) {
    double fill = given == null ? 0 : given;
    require(fill >= 0 && fill <= 255, "fill must be a pixel's level, 0 to 255, got %s", given);
    return fill;
  }

  /** A number between two others. */
  static double between(double least, double most, SplitMix random) {
    return least + (most - least) * random.nextDouble();
  }
}
