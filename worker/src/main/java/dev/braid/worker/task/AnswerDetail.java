package dev.braid.worker.task;

import java.io.Serializable;

/**
 * How much an answer tells of what it was chosen from.
 *
 * @param top the so many most probable choices; 0 for none, {@link #ALL} for every probability
 */
public record AnswerDetail(int top) implements Serializable {
  /** Stands for all. */
  public static final int ALL = -1;
}
