package dev.braid.driver.source.column;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.shape.Shape;
import java.util.List;

/**
 * One of the inputs that a table's columns are taken for.
 *
 * @param columns by name, number or range ({@code first..last})
 * @param shape what their numbers are taken for; by default [their number]; [time, features] for
 *     sequences of any length
 * @param masked whether time steps of a sequence [time, features] may be missing: in a row all
 *     numbers of such a step are empty, and lists may end early; false by default
 * @param normalise how they are scaled; by default as {@code data.normalise} says
 * @param as how its columns become numbers, instead of what {@code columns} says of them: for a
 *     column that several inputs read, such as words and their letters
 */
public record NamedInput(
    @JsonProperty(required = true)
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<String> columns,
    Shape shape,
    Boolean masked,
    InputScaling normalise,
    ColumnSettings as) {
  public NamedInput {
    masked = masked != null && masked;
    require(
        !masked || (shape != null && shape.rank() == 2 && !shape.isRagged()),
        "only the steps of a sequence can be masked: set its shape, as in shape: [20, 3] for 20"
            + " steps of 3 features");
  }

  /** Numbers in a time step that may be missing; 0 where none may. */
  public int maskedStep() {
    return masked ? shape.channels() : 0;
  }
}
