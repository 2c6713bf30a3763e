package dev.braid.driver.embedding;

import dev.braid.worker.random.SplitMix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A made-up language: words of a topic stand together, frequent words stand everywhere. */
public final class Texts {
  private static final int WORDS_PER_LINE = 20;

  private Texts() {}

  /** Writes lines of words t0w0 .. t9w19 and the frequent f0 .. f4, in three files. */
  public static String write(Path folder, int numLines) {
    SplitMix random = SplitMix.stream(5);
    try {
      for (int part = 0; part < 3; part++) {
        StringBuilder text = new StringBuilder();
        for (int line = part; line < numLines; line += 3) {
          int topic = random.nextInt(10);
          for (int i = 0; i < WORDS_PER_LINE; i++) {
            text.append(
                random.nextInt(4) == 0
                    ? "f" + random.nextInt(5) + " "
                    : "t" + topic + "w" + random.nextInt(1 + random.nextInt(20)) + " ");
          }
          text.append('\n');
        }
        Files.writeString(folder.resolve("part-" + part + ".txt"), text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder.toString();
  }
}
