package dev.braid.worker.task.languagemodel;

import dev.braid.worker.task.LabelCodec;
import java.util.Arrays;
import java.util.List;

/** Labels that are made of a text: at each step the token that comes next, none at the last. */
record NextToken(List<String> tokens) implements LabelCodec {
  @Override
  public float number(String label) {
    throw new IllegalStateException("what a language model predicts stands in no column");
  }

  @Override
  public String text(float number) {
    return tokens.get((int) number);
  }

  @Override
  public float[] ofInputs(float[][] inputs) {
    float[] text = inputs[0];
    float[] next = Arrays.copyOfRange(text, 1, text.length + 1);
    next[text.length - 1] = Float.NaN;
    return next;
  }

  /**
   * The token of the highest of {@code count} numbers from {@code from} on; of equal ones the
   * first.
   */
  static int likeliest(float[] numbers, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = numbers[from + i] > numbers[from + best] ? i : best;
    }
    return best;
  }
}
