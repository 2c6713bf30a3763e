package dev.braid.worker.encoding;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.encoding.WordIndices.End;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How long sequences may be, and what becomes of longer ones.
 *
 * @param maxLength steps of the longest; null where there is no limit
 * @param longer what becomes of those that are longer
 * @param cut which end of them is cut off, where they are cut
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Lengths(Integer maxLength, Longer longer, End cut) implements Serializable {
  /** Sequences of any length, as they are. */
  public static final Lengths ANY = new Lengths(null, null, null);

  /** What becomes of a sequence that is longer. */
  public enum Longer {
    /** One end of it is cut off. */
    @JsonProperty("cut")
    CUT,
    /** It becomes several, one after another, each of them an example of its own. */
    @JsonProperty("split")
    SPLIT,
    /** It is refused: counted as broken while a network learns, set apart in a scoring. */
    @JsonProperty("quarantine")
    QUARANTINE
  }

  public Lengths {
    require(
        maxLength != null || (longer == null && cut == null),
        "longer and cut are about sequences beyond a length: give maxLength too");
    require(maxLength == null || maxLength > 0, "maxLength must be at least 1, got %s", maxLength);
    longer = longer == null && maxLength != null ? Longer.CUT : longer;
    require(
        cut == null || longer == Longer.CUT,
        "cut says which end of a sequence is cut off: leave it out, or set longer: cut");
    cut = cut == null && longer == Longer.CUT ? End.END : cut;
  }

  /** Whether longer ones become several examples. */
  @JsonIgnore
  public boolean isSplit() {
    return longer == Longer.SPLIT;
  }

  /**
   * A sequence as it is read.
   *
   * @param stepSize numbers in a step
   * @param column it lies in, for messages
   * @throws IllegalArgumentException when it is refused
   */
  float[] applied(float[] sequence, int stepSize, String column) {
    if (sequence.length == 0) {
      throw new WrongSettings("column '%s' is an empty sequence".formatted(column));
    }
    int steps = sequence.length / stepSize;
    if (maxLength == null || steps <= maxLength || longer == Longer.SPLIT) {
      return sequence;
    }
    if (longer == Longer.QUARANTINE) {
      throw tooLong(column, steps);
    }
    int size = maxLength * stepSize;
    return cut == End.END
        ? Arrays.copyOf(sequence, size)
        : Arrays.copyOfRange(sequence, sequence.length - size, sequence.length);
  }

  /** Refuses a sequence whose pieces would be several answers to one row. */
  void requireOnePiece(float[] sequence, int stepSize, String column) {
    if (sequence.length / stepSize > maxLength) {
      throw tooLong(column, sequence.length / stepSize);
    }
  }

  private WrongSettings tooLong(String column, int steps) {
    return new WrongSettings(
        "column '%s' is a sequence of %d steps, and maxLength is %d"
            .formatted(column, steps, maxLength));
  }

  /** A sequence in pieces of {@link #maxLength} steps, the last of which may be shorter. */
  public List<float[]> pieces(float[] sequence, int stepSize) {
    List<float[]> pieces = new ArrayList<>();
    int size = isSplit() ? maxLength * stepSize : sequence.length;
    for (int from = 0; from < sequence.length; from += size) {
      pieces.add(Arrays.copyOfRange(sequence, from, Math.min(sequence.length, from + size)));
    }
    return pieces;
  }

  /** In words, for a person who wants to know what a model expects. */
  String description() {
    if (maxLength == null) {
      return "of any length";
    }
    return switch (longer) {
      case CUT -> "of up to %,d steps, cut off at the %s".formatted(maxLength, end());
      case SPLIT -> "in pieces of up to %,d steps".formatted(maxLength);
      case QUARANTINE -> "of up to %,d steps".formatted(maxLength);
    };
  }

  private String end() {
    return cut == End.START ? "start" : "end";
  }
}
