package dev.braid.driver.source.text;

import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Each file as one stream of tokens, cut into rows of equal length. A row begins with the last
 * token of the one before it, so that every token but a stream's first is once what is to be
 * predicted from those before it. What is cut where depends on the file alone: one task reads it,
 * token after token.
 *
 * @param tokenizer how a text becomes tokens, see {@link TokenReader}
 * @param length how many tokens of a row are to be predicted: it has one more; the last row of a
 *     stream may be shorter
 * @param part of each stream that is read
 */
public record StreamRows(Selection selection, String tokenizer, int length, StreamPart part)
    implements Parts.Reader<Object[]> {

  @Override
  public Parts.Rows<Object[]> open(FilePart file, Configuration hadoop) {
    return new Rows(file.file(), hadoop);
  }

  private final class Rows implements Parts.Rows<Object[]> {
    private final String file;
    private final Configuration hadoop;
    private TokenReader tokens;
    private long left;
    private String last;
    private long row;
    private long numChars;
    private boolean ended;

    Rows(String file, Configuration hadoop) {
      this.file = file;
      this.hadoop = hadoop;
    }

    @Override
    public Placed<Object[]> next() throws IOException {
      if (ended) {
        return null;
      }
      try {
        if (tokens == null) {
          begin();
        }
        return cut();
      } catch (EOFException | ZipException | CharacterCodingException e) { // no retry helps
        ended = true;
        long number = row + 1;
        return Placed.broken(file, () -> number, "cannot be read from here on: " + e);
      } catch (IllegalArgumentException e) { // in another encoding
        ended = true;
        return Placed.brokenFile(file, 1, e.getMessage());
      }
    }

    private void begin() throws IOException {
      StreamPart.Range range = part.of(this::count);
      tokens = TokenReader.open(new Path(file), hadoop, tokenizer);
      left = range.from();
      while (take() != null) {
        // Before the part.
      }
      left = range.to() - range.from();
      numChars = 0;
      last = take();
    }

    private long count() throws IOException {
      long count = 0;
      try (TokenReader all = TokenReader.open(new Path(file), hadoop, tokenizer)) {
        while (all.next() != null) {
          count++;
        }
      }
      return count;
    }

    private String take() throws IOException {
      String token = left == 0 ? null : tokens.next();
      left--;
      if (token == null) {
        left = 0;
        return null;
      }
      numChars += token.length();
      return token;
    }

    private Placed<Object[]> cut() throws IOException {
      List<String> cut = new ArrayList<>();
      for (String token = last; token != null; token = cut.size() > length ? null : take()) {
        cut.add(token);
      }
      ended = cut.size() <= length;
      if (cut.size() < 2) {
        return row > 0 ? null : Placed.brokenFile(file, 1, tooShort(cut.size()));
      }
      last = cut.get(cut.size() - 1);
      long number = ++row;
      Object[] values = selection.row(column -> column.equals(TextRows.TEXT) ? cut : null);
      return Placed.sound(file, () -> number, values);
    }

    private String tooShort(int size) {
      return "the stream is shorter than one step: %s here has %d %s, and each is predicted from those before it"
          .formatted(
              part.equals(StreamPart.ALL) ? "all of it" : "its part",
              size,
              size == 1 ? "token" : "tokens");
    }

    @Override
    public long numChars() {
      return numChars;
    }

    @Override
    public void close() throws IOException {
      if (tokens != null) {
        tokens.close();
      }
    }
  }
}
