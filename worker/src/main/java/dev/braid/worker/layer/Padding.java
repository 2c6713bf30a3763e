package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.util.List;

/**
 * What surrounds the input of a convolution or pooling: {@code valid} (nothing), {@code same} (so
 * much that the output has ceil(input / stride) positions; an odd one goes to the end), or a number
 * of positions on both sides, one for all dimensions or one for each.
 *
 * @param same whether the amount follows from the input's size
 * @param sizes positions on both sides when not {@code same}
 */
public record Padding(boolean same, List<Integer> sizes) implements Serializable {
  /** No padding. */
  public static final Padding VALID = new Padding(false, List.of(0));

  /** As many output positions as input positions, divided by the stride. */
  public static final Padding SAME = new Padding(true, List.of());

  public Padding {
    sizes = List.copyOf(sizes);
    for (int size : sizes) {
      require(size >= 0, "padding must not be negative, got %d", size);
    }
  }

  /** Padding as a job file writes it: {@code valid}, {@code same}, a number or a list of them. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Padding read(Object written) {
    if (written instanceof Integer size) {
      return new Padding(false, List.of(size));
    }
    if (written instanceof List<?> sizes && sizes.stream().allMatch(Integer.class::isInstance)) {
      return new Padding(false, sizes.stream().map(Integer.class::cast).toList());
    }
    require(
        "valid".equals(written) || "same".equals(written),
        "padding must be valid, same, a number or a list of numbers, got '%s'",
        written);
    return "same".equals(written) ? SAME : VALID;
  }

  /** The inverse of {@link #read}. */
  @JsonValue
  public Object written() {
    if (same) {
      return "same";
    }
    return this.equals(VALID) ? "valid" : sizes;
  }
}
