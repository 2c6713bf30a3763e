package dev.braid.driver.source;

import dev.braid.driver.source.Inspection;
import dev.braid.worker.format.Utf8;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
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
 * @param header whether the first line of a file names the columns
 */
record Lines(boolean header, Format format) implements Parts.Reader {

  /** Makes rows of lines; {@link #start} is called in each task. */
  interface Format extends Serializable {
    Decoder start();
  }

  /** Makes rows of lines; may keep state. */
  interface Decoder {
    /**
     * One line.
     *
     * @throws IllegalArgumentException with the reason why it is no row
     */
    Item decode(String line, String file, LongSupplier row);
  }

  static boolean isDivisible(Configuration hadoop, Path file) {
    return new CompressionCodecFactory(hadoop).getCodec(file) == null;
  }

  @Override
  public Parts.Rows open(Part part, Configuration hadoop) throws IOException {
    Optional<String> problem = otherEncoding(part, hadoop);
    if (problem.isPresent()) {
      return Parts.once(
          part.start() == 0 ? Item.broken(part.file(), () -> 1, problem.get()) : null);
    }
    LineRecordReader lines = new LineRecordReader();
    lines.initialize(
        new FileSplit(new Path(part.file()), part.start(), part.length(), new String[0]),
        new TaskAttemptContextImpl(hadoop, new TaskAttemptID()));
    return new Rows(part, hadoop, lines, format.start());
  }

  /** Lines are told apart by bytes, which another encoding has in other places. */
  private static Optional<String> otherEncoding(Part part, Configuration hadoop)
      throws IOException {
    try (InputStream in = Inspection.open(new Path(part.file()), hadoop)) {
      return Utf8.problem(in.readNBytes(Utf8.HEAD_BYTES));
    } catch (EOFException | ZipException e) { // said where the lines are read
      return Optional.empty();
    }
  }

  private final class Rows implements Parts.Rows {
    private final Part part;
    private final Configuration hadoop;
    private final LineRecordReader lines;
    private final Decoder decoder;
    private long before = -1;
    private long line;
    private boolean ended;

    Rows(Part part, Configuration hadoop, LineRecordReader lines, Decoder decoder) {
      this.part = part;
      this.hadoop = hadoop;
      this.lines = lines;
      this.decoder = decoder;
    }

    @Override
    public Item next() throws IOException {
      while (!ended) {
        try {
          if (!lines.nextKeyValue()) {
            ended = true;
            break;
          }
        } catch (EOFException | ZipException e) { // the file itself is damaged: no retry helps
          ended = true;
          return Item.broken(part.file(), number(line + 1), "cannot be read from here on: " + e);
        }
        line++;
        if (header && part.start() == 0 && line == 1) {
          continue;
        }
        LongSupplier row = number(line);
        try {
          Text bytes = lines.getCurrentValue();
          String text = Utf8.text(bytes.getBytes(), 0, bytes.getLength());
          if (!text.isBlank()) {
            return decoder.decode(text, part.file(), row);
          }
        } catch (IllegalArgumentException e) {
          return Item.broken(part.file(), row, e.getMessage());
        }
      }
      return null;
    }

    private LongSupplier number(long within) {
      return () -> {
        if (before < 0) {
          before = part.start() == 0 ? 0 : count();
        }
        return before + within;
      };
    }

    /** Lines that begin before this part. */
    private long count() {
      try (LineRecordReader earlier = new LineRecordReader()) {
        earlier.initialize(
            new FileSplit(new Path(part.file()), 0, part.start(), new String[0]),
            new TaskAttemptContextImpl(hadoop, new TaskAttemptID()));
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
