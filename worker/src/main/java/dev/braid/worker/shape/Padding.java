package dev.braid.worker.shape;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.util.List;

/**
 * What surrounds the input of a convolution or pooling: {@code valid} (nothing), {@code same} (so
 * much that the output has ceil(input / stride) positions; an odd one goes to the end; where each
 * example has its own length, half the kernel's reach whatever the stride), {@code causal} (along
 * time: as much before the first position as the kernel reaches back), or a number of positions on
 * both sides, one for all dimensions or one for each.
 *
 * @param kind what the amount follows from
 * @param sizes positions on both sides where the kind is {@link Kind#SIZES}, else empty
 */
public record Padding(Kind kind, List<Integer> sizes) implements Serializable {
  /** What the amount of padding follows from. */
  public enum Kind {
    /** Numbers that are given. */
    SIZES,
    /** The input's size: the output has ceil(input / stride) positions. */
    SAME,
    /** The kernel's reach, all of it before the first position: no position sees a later one. */
    CAUSAL
  }

  /** No padding. */
  public static final Padding VALID = new Padding(Kind.SIZES, List.of(0));

  /** As many output positions as input positions, divided by the stride. */
  public static final Padding SAME = new Padding(Kind.SAME, List.of());

  /** As many output positions as input positions, divided by the stride, none sees a later one. */
  public static final Padding CAUSAL = new Padding(Kind.CAUSAL, List.of());

  public Padding {
    sizes = List.copyOf(sizes);
    for (int size : sizes) {
      require(size >= 0, "padding must not be negative, got %d", size);
    }
  }

  /** Whether the amount follows from the input's size. */
  public boolean same() {
    return kind == Kind.SAME;
  }

  /**
   * Padding as a job file writes it: {@code valid}, {@code same}, {@code causal}, a number or a
   * list of them.
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Padding read(Object written) {
    if (written instanceof Integer size) {
      return new Padding(Kind.SIZES, List.of(size));
    }
    if (written instanceof List<?> sizes && sizes.stream().allMatch(Integer.class::isInstance)) {
      return new Padding(Kind.SIZES, sizes.stream().map(Integer.class::cast).toList());
    }
    require(
        "valid".equals(written) || "same".equals(written) || "causal".equals(written),
        "padding must be valid, same, causal, a number or a list of numbers, got '%s'",
        written);
    return "same".equals(written) ? SAME : "causal".equals(written) ? CAUSAL : VALID;
  }

  /** The inverse of {@link #read}. */
  @JsonValue
  public Object written() {
    if (kind != Kind.SIZES) {
      return kind == Kind.SAME ? "same" : "causal";
    }
    return this.equals(VALID) ? "valid" : sizes;
  }
}
