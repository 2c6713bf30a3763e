package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import java.util.List;

/**
 * What stands in the place of a missing value.
 *
 * @param value a value as it might be written; null where numbers were fitted
 * @param fill raw numbers fitted to the training examples; empty before they are, null where a
 *     value is given
 * @param indicator whether a number more says that the value was missing, by a 1
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Missing(String value, List<Float> fill, boolean indicator) implements Serializable {
  public Missing {
    fill = fill == null ? null : List.copyOf(fill);
    if ((value == null) == (fill == null)) {
      throw new IllegalArgumentException("a missing value is replaced by a value or by numbers");
    }
  }
}
