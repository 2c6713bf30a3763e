package dev.braid.worker.encoding;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.WrongSettings;
import java.util.List;

/**
 * Numbers along time: a list of steps, each of which is a list of so many numbers, or a number.
 *
 * @param width numbers in each step
 * @param lengths how long series may be
 */
public record Series(
    @JsonProperty(required = true) int width, @JsonProperty(required = true) Lengths lengths)
    implements SequenceEncoding {
  public Series {
    require(width > 0, "a step has at least one number, got %d", width);
  }

  @Override
  public void addRaw(Object value, String column, RawNumbers raw) {
    if (value instanceof List<?> steps) {
      for (Object step : steps) {
        int numbers = Numbers.count(step);
        boolean flat = !(step instanceof List) && !(step instanceof float[]);
        if (!flat && numbers != width) {
          throw new WrongSettings(
              "column '%s' has a step of %d numbers, expected %d"
                  .formatted(column, numbers, width));
        }
      }
    }
    RawNumbers all = new RawNumbers();
    Numbers.add(value, column, all, 0);
    if (all.count() % width != 0) {
      throw new WrongSettings(
          "column '%s' holds %d numbers, which are no steps of %d"
              .formatted(column, all.count(), width));
    }
    raw.addAll(lengths.applied(all.toArray(), width, column));
  }

  @Override
  public String description() {
    return "%d numbers at each step of a series %s".formatted(width, lengths.description());
  }
}
