package dev.braid.worker.metric;

import dev.braid.worker.WrongSettings;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Metrics as bytes: the four bytes BRM2 (2 is the version), the name of their kind, its counts.
 * Counts take seven bits a byte, so the many zeros of a large confusion matrix are small.
 */
public final class MetricBytes {
  static final int HEADER = 'B' << 24 | 'R' << 16 | 'M' << 8 | '2';

  /** The version before, in which a byte said which of three kinds it was. */
  private static final int OLD_HEADER = HEADER - 1;

  private static final List<String> OLD_KINDS =
      List.of("classification", "multiLabel", "regression");

  private MetricBytes() {}

  /** Who reads the counts of a kind. */
  @FunctionalInterface
  public interface Reader {
    /** Reads what {@link Metrics#write} wrote. */
    Metrics read(String kind, DataInputStream in) throws IOException;
  }

  /** What {@link Metrics#toBytes} wrote. */
  public static Metrics read(byte[] bytes, Reader reader) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return reader.read(kind(in), in);
    } catch (IOException e) {
      throw new UncheckedIOException("metrics cannot be read", e);
    }
  }

  private static String kind(DataInputStream in) throws IOException {
    int header = in.readInt();
    if (header == HEADER) {
      return in.readUTF();
    }
    byte kind = header == OLD_HEADER ? in.readByte() : -1;
    if (kind < 0 || kind >= OLD_KINDS.size()) {
      throw new WrongSettings(
          "these are no metrics of this version: header %08x".formatted(header));
    }
    return OLD_KINDS.get(kind);
  }

  /** Writes several counts. */
  public static void writeCounts(DataOutputStream out, long[] counts) throws IOException {
    for (long count : counts) {
      writeCount(out, count);
    }
  }

  /** Reads as many counts as the array holds. */
  public static void readCounts(DataInputStream in, long[] counts) throws IOException {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = readCount(in);
    }
  }

  /** Writes a count, which is not negative. */
  public static void writeCount(DataOutputStream out, long count) throws IOException {
    long rest = count;
    while (rest > 0x7F) {
      out.writeByte((int) rest | 0x80);
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  /** Reads a count. */
  public static long readCount(DataInputStream in) throws IOException {
    long count = 0;
    int shift = 0;
    int next;
    do {
      next = in.readByte();
      count |= (long) (next & 0x7F) << shift;
      shift += 7;
    } while (next < 0);
    return count;
  }

  /** Writes several numbers. */
  public static void writeDoubles(DataOutputStream out, double[] values) throws IOException {
    for (double value : values) {
      out.writeDouble(value);
    }
  }

  /** Reads as many numbers as the array holds. */
  public static void readDoubles(DataInputStream in, double[] values) throws IOException {
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readDouble();
    }
  }
}
