package dev.braid.jobs.page;

import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.model.ModelDescription.Input;
import java.util.Optional;

/** Texts that a network has read, by their words. */
final class InputWords {
  private static final int MAX_TEXT = 400;

  private InputWords() {}

  /** Whether an input is made of a text alone. */
  static boolean areIn(Input input) {
    return encoding(input).isPresent();
  }

  /** The beginning of a text; empty where the input is made of no text alone. */
  static Optional<String> of(Input input, float[] numbers) {
    return encoding(input)
        .map(encoding -> encoding.text(numbers))
        .map(text -> text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + " \u2026" : text);
  }

  private static Optional<TextEncoding> encoding(Input input) {
    return input.encoding() != null
            && input.encoding().columns().size() == 1
            && input.encoding().columns().get(0).as() instanceof TextEncoding words
        ? Optional.of(words)
        : Optional.empty();
  }
}
