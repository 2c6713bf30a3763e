package dev.braid.driver.source.example;

import dev.braid.driver.source.row.Problems;
import dev.braid.driver.table.Digest;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.RowLayout;
import dev.braid.worker.encoding.Values;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;

/**
 * Examples with what a drawing of parts goes by: in each row a key, which examples that stay
 * together share, and the number of their stratum; then the example.
 *
 * @param rows one per example
 * @param layout of the examples
 * @param problems what was wrong with examples that are not among the rows; filled while they are
 *     read
 */
public record KeyedExamples(JavaRDD<byte[]> rows, RowLayout layout, Problems problems) {
  /** Bytes of a key. */
  public static final int KEY_BYTES = 16;

  /** Where the stratum ends and the example begins. */
  public static final int EXAMPLE_AT = KEY_BYTES + Long.BYTES;

  /**
   * What the key and the stratum of a row are made of.
   *
   * @param group place among the row's values of what is equal in examples that stay together; -1
   *     where each is drawn by itself
   * @param stratum place of the value that is a row's stratum; -1 for one stratum
   * @param column the group's column, for messages
   */
  public record Key(int group, int stratum, String column) implements Serializable {

    /**
     * The row of an example.
     *
     * @param whole the example that a row's values begin with, which its pieces stay with
     */
    byte[] with(Object[] values, byte[] whole, byte[] example) {
      if (group >= 0 && Values.isMissing(values[group])) {
        throw new WrongSettings(
            "column '%s' is empty, but data.parts.by says that it names the row's group"
                .formatted(column));
      }
      byte[] key = Digest.md5(group < 0 ? whole : bytes(values[group]));
      long of = stratum < 0 ? 0 : ByteBuffer.wrap(Digest.md5(bytes(values[stratum]))).getLong();
      return ByteBuffer.allocate(EXAMPLE_AT + example.length)
          .put(key)
          .putLong(of)
          .put(example)
          .array();
    }

    private static byte[] bytes(Object value) {
      return String.valueOf(Values.isMissing(value) ? null : Values.text(value))
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  /** The example of a row. */
  public static byte[] example(byte[] row) {
    return Arrays.copyOfRange(row, EXAMPLE_AT, row.length);
  }

  /** The number of a row's stratum. */
  public static long stratum(byte[] row) {
    return ByteBuffer.wrap(row).getLong(KEY_BYTES);
  }

  /** Encodes a row's values with their key in front. */
  static Function<Object[], List<byte[]>> encoder(RowEncoder encoder, Key key) {
    return values -> {
      List<byte[]> pieces = encoder.encode(values);
      return pieces.stream().map(piece -> key.with(values, pieces.get(0), piece)).toList();
    };
  }
}
