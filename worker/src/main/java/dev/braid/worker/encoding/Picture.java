package dev.braid.worker.encoding;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.Image;
import java.util.ArrayList;
import java.util.List;

/**
 * A picture as bytes [channels, height, width], from the bytes of its file.
 *
 * @param shape [channels, height, width], of 1 channel for grey or 3 for colours
 * @param resize whether pictures are brought to that size, instead of being refused in another
 */
public record Picture(
    @JsonProperty(required = true) List<Integer> shape,
    @JsonProperty(required = true) boolean resize)
    implements ColumnEncoding {
  private static final int COLOURS = 3;

  public Picture {
    shape = new ArrayList<>(shape); // sublists and the like do not travel
    require(
        shape.size() == 3
            && (shape.get(0) == 1 || shape.get(0) == COLOURS)
            && shape.get(1) > 0
            && shape.get(2) > 0,
        "a picture is [1 or 3, height, width], got %s",
        shape);
  }

  @Override
  public int rawWidth() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  @Override
  public int width() {
    return rawWidth();
  }

  @Override
  public void addRaw(Object value, String column, RawNumbers raw) {
    if (!(value instanceof byte[] file)) {
      throw new WrongSettings(
          "column '%s' holds '%s'; expected the bytes of a picture's file, or its name"
              .formatted(column, value));
    }
    try {
      Numbers.add(pixels(file), column, raw, 0);
    } catch (WrongSettings e) {
      throw new WrongSettings("column '%s': %s".formatted(column, e.getMessage()), e);
    }
  }

  /**
   * The numbers of a picture.
   *
   * @param file the bytes of its file
   * @throws IllegalArgumentException if it is none, or of another size that is not to be changed
   */
  public byte[] pixels(byte[] file) {
    return pixels(Image.decode(file));
  }

  /**
   * The numbers of a picture that is decoded.
   *
   * @throws IllegalArgumentException if it is of another size that is not to be changed
   */
  public byte[] pixels(Image image) {
    require(
        resize || (image.height() == shape.get(1) && image.width() == shape.get(2)),
        "the image is %d high and %d wide, but the model takes %s",
        image.height(),
        image.width(),
        shape);
    return image.withChannels(shape.get(0)).resized(shape.get(1), shape.get(2)).values();
  }

  @Override
  public void encode(float[] raw, int from, float[] encoded, int to) {
    System.arraycopy(raw, from, encoded, to, rawWidth());
  }

  @Override
  public String description() {
    return "a picture " + shape;
  }
}
