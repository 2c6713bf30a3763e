package dev.braid.worker.task;

import java.io.Serializable;
import java.util.List;

/** The type of a value in an answer. No value is null. */
public sealed interface AnswerType extends Serializable {

  /** A single value. */
  enum Single implements AnswerType {
    /** A {@link String}. */
    TEXT,
    /** An {@link Integer}. */
    WHOLE,
    /** A {@link Float}. */
    NUMBER
  }

  /** A {@link List} of values that are alike. */
  record ListOf(AnswerType element) implements AnswerType {}

  /** A {@link List} with a value for each of the fields, in their order. */
  record Group(List<AnswerColumn> fields) implements AnswerType {
    public Group {
      fields = List.copyOf(fields);
    }
  }
}
