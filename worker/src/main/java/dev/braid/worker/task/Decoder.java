package dev.braid.worker.task;

import java.io.Serializable;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What makes answers of the numbers that an output gives, one example at a time. An answer is a row
 * of named values whose types are known beforehand.
 *
 * <p>The numbers are those after the output's activation (or what its loss makes of them), laid out
 * as the output's shape says; of an output along time they are {@code steps} times those of one
 * step, without padding. Of other outputs {@code steps} is 1.
 */
public interface Decoder extends Serializable {

  /** The columns of an answer. */
  List<AnswerColumn> columns(AnswerDetail detail);

  /**
   * An answer: a value for each of the {@link #columns}, of the Java type that {@link AnswerType}
   * names.
   */
  List<Object> answer(float[] numbers, int steps, AnswerDetail detail);

  /** The names of what is summed up over many answers, such as its classes. */
  List<String> sums();

  /** Whether {@link #sums} count answers, of which shares are taken, rather than add numbers. */
  boolean countsAnswers();

  /**
   * Adds an answer to sums over many, one for each of {@link #sums}. Each example counts the same:
   * of several positions the mean is added.
   */
  void add(float[] numbers, int steps, double[] sums);

  /** How sure an answer is, between 0 and 1; empty where it does not say. */
  default OptionalDouble confidence(float[] numbers, int steps) {
    return OptionalDouble.empty();
  }
}
