package dev.braid.worker.augment;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.random.SplitMix;
import java.util.List;

/**
 * Light and colours changed, in the order of the settings; each of them is left out at 0.
 *
 * @param brightness levels are multiplied by a factor from 1 - brightness, but not below 0, to 1 +
 *     brightness; 0 by default
 * @param contrast differences to the picture's mean grey likewise; 0 by default
 * @param saturation differences to each pixel's grey likewise, in colour only; 0 by default
 * @param hue colours are turned by a part of the circle of colours from -hue to hue, at most 0.5; 0
 *     by default
 * @param pca colours are moved along the main axes of the picture's own colours, by normal numbers
 *     of this standard deviation times the variance along the axis, levels taken from 0 to 1
 *     (Krizhevsky et al. 2012, section 4.1, with 0.1); 0 by default
 */
@JsonTypeName("colour")
public record Colour(Double brightness, Double contrast, Double saturation, Double hue, Double pca)
    implements Augmentation {
  public Colour {
    brightness = notNegative("brightness", brightness);
    contrast = notNegative("contrast", contrast);
    saturation = notNegative("saturation", saturation);
    hue = notNegative("hue", hue);
    pca = notNegative("pca", pca);
    require(hue <= 0.5, "colour: hue must be at most 0.5, half the circle, got %s", hue);
    require(
        brightness + contrast + saturation + hue + pca > 0,
        "colour: one of brightness, contrast, saturation, hue and pca must be above 0");
  }

  private static double notNegative(String setting, Double given) {
    double value = given == null ? 0 : given;
    require(
        value >= 0 && Double.isFinite(value),
        "colour: %s must be at least 0, got %s",
        setting,
        given);
    return value;
  }

  @Override
  public void requireFits(PictureSize size) {
    require(
        size.hasColours() || saturation + hue + pca == 0,
        "colour: pictures of %d channels have no colours; leave out saturation, hue and pca",
        size.channels());
  }

  @Override
  public boolean moves() {
    return false;
  }

  @Override
  public Change draw(SplitMix random, PictureSize size) {
    return new Recoloured(
        factor(brightness, random),
        factor(contrast, random),
        factor(saturation, random),
        Augmentation.between(-hue, hue, random),
        pca == 0
            ? List.of()
            : List.of(
                pca * random.nextGaussian(),
                pca * random.nextGaussian(),
                pca * random.nextGaussian()));
  }

  private static double factor(double most, SplitMix random) {
    return Augmentation.between(Math.max(0, 1 - most), 1 + most, random);
  }
}
