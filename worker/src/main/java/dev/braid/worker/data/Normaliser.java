package dev.braid.worker.data;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.Serializable;

/**
 * Brings raw inputs to the scale a network likes: x' = (x - shift[k]) * scale[k], where feature j
 * of an example uses k = (j / inner) mod shift.length. One shift for everything has length 1; one
 * per channel of an image [channels, height, width] has inner = height * width; one per column of a
 * table or per feature of a sequence [time, features] has inner = 1.
 *
 * @param shift what is subtracted first
 * @param scale what the difference is multiplied with
 * @param inner how many neighbouring features share one shift
 */
@SuppressWarnings("ArrayRecordComponent") // read in the innermost loop; nobody compares them
public record Normaliser(float[] shift, float[] scale, int inner) implements Serializable {

  /** Leaves every value as it is. */
  public static final Normaliser NONE = new Normaliser(new float[] {0}, new float[] {1}, 1);

  public Normaliser {
    require(shift.length > 0, "a normaliser needs at least one shift");
    require(shift.length == scale.length, "%d shifts but %d scales", shift.length, scale.length);
    require(inner > 0, "inner must be at least 1, got %d", inner);
  }

  /** Whether values stay as they are. */
  @JsonIgnore
  public boolean isNone() {
    return shift.length == 1 && shift[0] == 0 && scale[0] == 1;
  }

  /** Normalises one example: {@code width} values from {@code offset} on. */
  public void applyInPlace(float[] values, int offset, int width) {
    int end = offset + width;
    int k = 0;
    for (int from = offset; from < end; from += inner) {
      int to = Math.min(from + inner, end);
      shiftAndScaleInPlace(values, from, to, shift[k], scale[k]);
      k = k + 1 == shift.length ? 0 : k + 1;
    }
  }

  private static void shiftAndScaleInPlace(
      float[] values, int from, int to, float shift, float scale) {
    for (int i = from; i < to; i++) {
      values[i] = (values[i] - shift) * scale;
    }
  }
}
