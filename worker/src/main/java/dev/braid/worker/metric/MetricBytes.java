package dev.braid.worker.metric;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Metrics as bytes: the four bytes BRM1 (1 is the version), the kind, its counts. Counts take seven
 * bits a byte, so the many zeros of a large confusion matrix are small.
 */
final class MetricBytes {
  static final int HEADER = 'B' << 24 | 'R' << 16 | 'M' << 8 | '1';
  private static final byte CLASSIFICATION = 0;
  private static final byte MULTI_LABEL = 1;
  private static final byte REGRESSION = 2;

  private MetricBytes() {}

  static byte kindOf(Metrics metrics) {
    if (metrics instanceof Classification) {
      return CLASSIFICATION;
    }
    return metrics instanceof MultiLabel ? MULTI_LABEL : REGRESSION;
  }

  static Metrics read(DataInputStream in) throws IOException {
    int header = in.readInt();
    require(header == HEADER, "these are no metrics of this version: header %08x", header);
    byte kind = in.readByte();
    return switch (kind) {
      case CLASSIFICATION -> Classification.read(in);
      case MULTI_LABEL -> MultiLabel.read(in);
      case REGRESSION -> Regression.read(in);
      default -> throw new WrongSettings("unknown kind of metrics: " + kind);
    };
  }

  static void writeCounts(DataOutputStream out, long[] counts) throws IOException {
    for (long count : counts) {
      writeCount(out, count);
    }
  }

  static void readCounts(DataInputStream in, long[] counts) throws IOException {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = readCount(in);
    }
  }

  static void writeCount(DataOutputStream out, long count) throws IOException {
    long rest = count;
    while (rest > 0x7F) {
      out.writeByte((int) rest | 0x80);
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  static long readCount(DataInputStream in) throws IOException {
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

  static void writeDoubles(DataOutputStream out, double[] values) throws IOException {
    for (double value : values) {
      out.writeDouble(value);
    }
  }

  static void readDoubles(DataInputStream in, double[] values) throws IOException {
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readDouble();
    }
  }
}
