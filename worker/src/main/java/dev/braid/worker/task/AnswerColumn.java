package dev.braid.worker.task;

import java.io.Serializable;

/**
 * A column of answers, or a field within one.
 *
 * @param name such as prediction
 * @param type of its values
 */
public record AnswerColumn(String name, AnswerType type) implements Serializable {}
