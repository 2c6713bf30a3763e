package dev.braid.driver.inference.output;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.braid.worker.task.AnswerDetail;
import java.io.Serializable;

/**
 * How many of the classes' probabilities go into the output.
 *
 * @param top the largest so many, as (prediction, index, probability); 0 for none, -1 for all, as a
 *     list in the order of the classes
 */
public record Probabilities(int top) implements Serializable {
  /** Of every class. */
  public static final Probabilities ALL = new Probabilities(-1);

  /** The largest so many. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Probabilities of(int top) {
    return of(String.valueOf(top));
  }

  /** How much an answer tells. */
  public AnswerDetail detail() {
    return new AnswerDetail(top);
  }

  /** {@code all}, {@code none} or a number. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Probabilities of(String text) {
    if (text.equals("all")) {
      return ALL;
    }
    if (text.equals("none")) {
      return new Probabilities(0);
    }
    require(
        text.matches("[1-9]\\d{0,6}"),
        "probabilities must be all, none or a number of classes, got '%s'",
        text);
    return new Probabilities(Integer.parseInt(text));
  }
}
