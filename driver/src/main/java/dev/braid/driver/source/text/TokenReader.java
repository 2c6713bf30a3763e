package dev.braid.driver.source.text;

import dev.braid.driver.files.FileContent;
import dev.braid.worker.embedding.token.Tokenizer;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The tokens of a text file from its beginning to its end, in bounded memory: all its characters,
 * line ends among them, or the words of its lines, each line with a line end behind it.
 */
abstract class TokenReader implements Closeable {
  private final BufferedReader text;

  private TokenReader(BufferedReader text) {
    this.text = text;
  }

  /** The next token; null after the last. */
  abstract String next() throws IOException;

  @Override
  public void close() throws IOException {
    text.close();
  }

  /**
   * Opens a file, decompressed where its name says it is compressed.
   *
   * @param tokenizer {@link Tokenizer#CHARACTERS}, or how lines are cut into words
   */
  static TokenReader open(Path file, Configuration hadoop, String tokenizer) throws IOException {
    BufferedReader text = FileContent.text(file, hadoop);
    return tokenizer.equals(Tokenizer.CHARACTERS)
        ? new OfCharacters(text)
        : new OfWords(text, Tokenizer.of(tokenizer));
  }

  private static final class OfCharacters extends TokenReader {
    private final BufferedReader text;

    OfCharacters(BufferedReader text) {
      super(text);
      this.text = text;
    }

    @Override
    String next() throws IOException {
      int first = text.read();
      if (first < 0) {
        return null;
      }
      return Character.isHighSurrogate((char) first)
          ? Character.toString(Character.toCodePoint((char) first, (char) text.read()))
          : Character.toString(first);
    }
  }

  private static final class OfWords extends TokenReader {
    private final BufferedReader text;
    private final Tokenizer tokenizer;
    private Iterator<String> words = Collections.emptyIterator();
    private boolean inLine;

    OfWords(BufferedReader text, Tokenizer tokenizer) {
      super(text);
      this.text = text;
      this.tokenizer = tokenizer;
    }

    @Override
    String next() throws IOException {
      if (words.hasNext()) {
        return words.next();
      }
      if (inLine) {
        inLine = false;
        return Tokenizer.LINE_END;
      }
      String line = text.readLine();
      if (line == null) {
        return null;
      }
      inLine = true;
      words = tokenizer.words(line).iterator();
      return next();
    }
  }
}
