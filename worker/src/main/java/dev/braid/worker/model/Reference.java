package dev.braid.worker.model;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How inputs and predictions of a model were distributed among examples it was trained on, to be
 * compared with those of later rows.
 *
 * @param examples looked at
 * @param inputs of the raw inputs: one for each number of an example, or one of their mean where an
 *     example has many
 * @param predictions of the predictions: for each class the share of the examples that it was the
 *     answer to; otherwise of each number that is answered
 */
public record Reference(
    long examples,
    @JsonProperty(required = true) List<Moments> inputs,
    @JsonProperty(required = true) List<Moments> predictions)
    implements Serializable {
  public Reference {
    require(examples > 0, "a reference needs examples, got %d", examples);
    inputs = List.copyOf(inputs);
    predictions = List.copyOf(predictions);
  }

  /**
   * Of one number.
   *
   * @param mean over the examples
   * @param deviation its standard deviation
   */
  public record Moments(double mean, double deviation) implements Serializable {}

  /** Mean and deviation of numbers of which the sums and the sums of the squares are known. */
  public static List<Moments> moments(long examples, double[] sums, double[] squares) {
    List<Moments> moments = new ArrayList<>(sums.length);
    for (int i = 0; i < sums.length; i++) {
      double mean = sums[i] / examples;
      double variance = Math.max(0, squares[i] / examples - mean * mean);
      moments.add(new Moments(mean, Math.sqrt(variance)));
    }
    return moments;
  }
}
