package dev.braid.driver.source.row;

import dev.braid.driver.files.FileContent;
import dev.braid.worker.format.Utf8;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.lib.input.LineRecordReader;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;

/**
 * The lines of text files as rows. Blank lines are none. Where a part begins in the middle of a
 * file its lines' numbers are counted only when one is asked for.
 *
 * @param header whether the first row of a file names the columns
 * @param <T> what a row holds
 */
public record Lines<T>(boolean header, Decoding<T> decoding) implements Parts.Reader<T> {
  /** A row that is longer is taken for one that does not end. */
  private static final int MAX_ROW_LINES = 10_000;

  private static final int MAX_ROW_CHARS = 1 << 24;

  /**
   * Makes rows of lines.
   *
   * @param <T> what a row holds
   */
  public interface Decoding<T> extends Serializable {
    /** Whether a row that begins so goes on in the next line. */
    default boolean isOpen(CharSequence beginning) {
      return false;
    }

    /**
     * What makes rows of the lines of one part of a file.
     *
     * @throws IllegalArgumentException when nothing in this file can be used
     */
    Decoder<T> start(FilePart part, Configuration hadoop) throws IOException;
  }

  /**
   * Makes rows of lines; may keep state.
   *
   * @param <T> what a row holds
   */
  public interface Decoder<T> {
    /**
     * One row; null for lines that are none, such as remarks.
     *
     * @throws IllegalArgumentException with the reason why it is none
     */
    Placed<T> decode(String line, String file, LongSupplier row);
  }

  public static boolean isDivisible(Configuration hadoop, Path file) {
    return new CompressionCodecFactory(hadoop).getCodec(file) == null;
  }

  @Override
  public Parts.Rows<T> open(FilePart part, Configuration hadoop) throws IOException {
    Optional<String> encoding = otherEncoding(part, hadoop);
    if (encoding.isPresent()) {
      return nothing(part, 0, encoding.get());
    }
    Decoder<T> decoder;
    try {
      decoder = decoding.start(part, hadoop);
    } catch (IllegalArgumentException e) {
      return nothing(part, count(part, hadoop), e.getMessage());
    }
    return new Rows(part, hadoop, reader(part, hadoop), decoder);
  }

  /** Says for a part of a file that nothing in it can be used. */
  private static <T> Parts.Rows<T> nothing(FilePart part, long numRows, String problem) {
    long atLeast = Math.max(numRows, part.isFirst() ? 1 : 0);
    return Parts.once(atLeast == 0 ? null : Placed.brokenFile(part.file(), atLeast, problem));
  }

  /** The rows of a part whose columns are not known. */
  private long count(FilePart part, Configuration hadoop) throws IOException {
    Decoder<T> none = (line, file, row) -> Placed.broken(file, row, "");
    long count = 0;
    try (Parts.Rows<T> rows = new Rows(part, hadoop, reader(part, hadoop), none)) {
      while (rows.next() != null) {
        count++;
      }
    }
    return count;
  }

  /** Lines are told apart by bytes, which another encoding has in other places. */
  private static Optional<String> otherEncoding(FilePart part, Configuration hadoop)
      throws IOException {
    try (InputStream in = FileContent.open(new Path(part.file()), hadoop)) {
      return Utf8.problem(in.readNBytes(Utf8.HEAD_BYTES));
    } catch (EOFException | ZipException e) { // said where the lines are read
      return Optional.empty();
    }
  }

  private static LineRecordReader reader(FilePart part, Configuration hadoop) throws IOException {
    LineRecordReader lines = new LineRecordReader();
    lines.initialize(
        new FileSplit(new Path(part.file()), part.start(), part.length(), new String[0]),
        new TaskAttemptContextImpl(hadoop, new TaskAttemptID()));
    return lines;
  }

  private final class Rows implements Parts.Rows<T> {
    private final FilePart part;
    private final Configuration hadoop;
    private final LineRecordReader lines;
    private final Decoder<T> decoder;
    private final Deque<String> putBack = new ArrayDeque<>();
    private long before = -1;
    private long line;
    private long numChars;
    private boolean expectsHeader;
    private boolean ended;

    Rows(FilePart part, Configuration hadoop, LineRecordReader lines, Decoder<T> decoder) {
      this.part = part;
      this.hadoop = hadoop;
      this.lines = lines;
      this.decoder = decoder;
      this.expectsHeader = header && part.isFirst();
    }

    @Override
    public long numChars() {
      return numChars;
    }

    @Override
    public Placed<T> next() throws IOException {
      while (!ended) {
        String text;
        try {
          text = take();
        } catch (EOFException | ZipException e) { // the file itself is damaged: no retry helps
          ended = true;
          return Placed.broken(part.file(), number(line + 1), "cannot be read from here on: " + e);
        } catch (IllegalArgumentException e) { // characters that are none
          return Placed.broken(part.file(), number(line), e.getMessage());
        }
        if (text == null) {
          ended = true;
        } else if (!text.isBlank()) {
          Placed<T> row = row(text);
          if (row != null) {
            return row;
          }
        }
      }
      return null;
    }

    private String take() throws IOException {
      String text = putBack.poll();
      if (text == null) {
        if (!lines.nextKeyValue()) {
          return null;
        }
        line++;
        Text bytes = lines.getCurrentValue();
        numChars += bytes.getLength() + 1;
        return Utf8.text(bytes.getBytes(), 0, bytes.getLength());
      }
      line++;
      return text;
    }

    /** The row that begins with a line; null for a header, or a line that is none. */
    private Placed<T> row(String first) throws IOException {
      LongSupplier number = number(line);
      StringBuilder whole = new StringBuilder(first);
      List<String> more = new ArrayList<>();
      boolean open = decoding.isOpen(first);
      while (open && more.size() < MAX_ROW_LINES && whole.length() < MAX_ROW_CHARS) {
        String next = takeOrNull();
        if (next == null) {
          break;
        }
        more.add(next);
        whole.append('\n').append(next);
        open = next.indexOf('"') < 0 || decoding.isOpen(whole);
      }
      if (expectsHeader) {
        expectsHeader = false;
        return null;
      }
      String problem;
      try {
        if (!open) {
          return decoder.decode(whole.toString(), part.file(), number);
        }
        problem = "a quote is opened that is not closed";
      } catch (IllegalArgumentException e) {
        problem = e.getMessage();
      }
      putBack(more);
      return Placed.broken(part.file(), number, problem);
    }

    /** The next line within a row; null where there is none, or none that is text. */
    private String takeOrNull() throws IOException {
      try {
        return take();
      } catch (EOFException | ZipException | IllegalArgumentException e) {
        return null;
      }
    }

    /** A quote too much shall not swallow the rows behind it. */
    private void putBack(List<String> more) {
      line -= more.size();
      for (int i = more.size() - 1; i >= 0; i--) {
        putBack.addFirst(more.get(i));
      }
    }

    private LongSupplier number(long within) {
      return () -> {
        if (before < 0) {
          before = part.isFirst() ? 0 : count();
        }
        return before + within;
      };
    }

    /** Lines that begin before this part. */
    private long count() {
      try (LineRecordReader earlier = reader(new FilePart(part.file(), 0, part.start()), hadoop)) {
        long count = 0;
        while (earlier.nextKeyValue()) {
          count++;
        }
        return count;
      } catch (IOException e) {
        throw new UncheckedIOException(part.file() + " cannot be read", e);
      }
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }
}
