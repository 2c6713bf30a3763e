package dev.braid.driver.embedding.queries;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** The questions that were left out of an evaluation, and the unknown words that they ask of. */
public final class UnknownWords {
  private static final int SHOWN = 10;

  private final Set<String> words = new LinkedHashSet<>();
  private int numQuestions;

  public void leaveOut(Collection<String> unknown) {
    words.addAll(unknown);
    numQuestions++;
  }

  /** How many questions were left out. */
  public int numQuestions() {
    return numQuestions;
  }

  /** In words; empty where nothing was left out. */
  public String sentence() {
    if (numQuestions == 0) {
      return "";
    }
    String first = String.join(", ", words.stream().limit(SHOWN).toList());
    return "%,d left out for %,d unknown %s: %s%s"
        .formatted(
            numQuestions,
            words.size(),
            words.size() == 1 ? "word" : "words",
            first,
            words.size() > SHOWN ? ", ..." : "");
  }
}
