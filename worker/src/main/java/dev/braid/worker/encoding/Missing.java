package dev.braid.worker.encoding;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.List;
import java.util.Set;

/**
 * What stands in the place of a missing value.
 *
 * @param by mean, median or mostFrequent of the examples that were learned from, or the value
 *     itself
 * @param fill raw numbers found by {@code by}; empty before they are, null where it is the value
 * @param indicator whether a number more says that the value was missing, by a 1
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Missing(@JsonProperty(required = true) String by, List<Float> fill, boolean indicator)
    implements Serializable {
  /** What programs write in the place of a missing value: pandas' list, R's NA, and UCI's ?. */
  public static final Set<String> MARKS =
      Set.of(
          "NA",
          "N/A",
          "n/a",
          "<NA>",
          "#N/A",
          "#N/A N/A",
          "#NA",
          "nan",
          "NaN",
          "NAN",
          "Nan",
          "-nan",
          "-NaN",
          "1.#IND",
          "-1.#IND",
          "1.#QNAN",
          "-1.#QNAN",
          "null",
          "NULL",
          "None",
          "?");

  public Missing {
    fill = fill == null ? null : List.copyOf(fill);
  }

  /** Whether a value stands there, and not numbers that are fitted. */
  @JsonIgnore
  boolean isValue() {
    return fill == null;
  }
}
