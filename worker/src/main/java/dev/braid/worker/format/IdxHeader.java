package dev.braid.worker.format;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The beginning of an IDX file, the format of MNIST: two zero bytes, a byte for the type, a byte
 * for the number of dimensions, then their sizes as 32-bit numbers; all big-endian, the values
 * follow.
 *
 * @param type of the values
 * @param sizes number of examples, then the sizes of one example; just the number for plain labels
 */
public record IdxHeader(Type type, List<Integer> sizes) {
  public IdxHeader {
    sizes = List.copyOf(sizes);
  }

  /**
   * Reads a header; what follows in {@code in} are the values.
   *
   * @param name of the file, for messages
   * @throws IllegalArgumentException if this is not an IDX file
   */
  public static IdxHeader read(DataInputStream in, String name) throws IOException {
    try {
      int magic = in.readInt();
      Optional<Type> type = Type.of((magic >> 8) & 0xFF);
      require(
          magic >>> 16 == 0 && type.isPresent() && (magic & 0xFF) > 0,
          "%s is not an IDX file: it begins with %08x; expected 0000, a type (08 for bytes) and a"
              + " number of dimensions, as in 00000803",
          name,
          magic);
      List<Integer> sizes = new ArrayList<>();
      for (int i = 0; i < (magic & 0xFF); i++) {
        sizes.add(in.readInt());
      }
      require(
          sizes.stream().allMatch(size -> size >= 0),
          "%s: the header names negative sizes: %s",
          name,
          sizes);
      return new IdxHeader(type.get(), sizes);
    } catch (EOFException e) {
      throw new WrongSettings(name + " ends within its IDX header", e);
    }
  }

  /** Number of examples. */
  public int count() {
    return sizes.get(0);
  }

  /** Sizes of one example; empty for a single number. */
  public List<Integer> exampleSizes() {
    return sizes.subList(1, sizes.size());
  }

  /** Numbers in one example. */
  public int width() {
    return exampleSizes().stream().reduce(1, Math::multiplyExact);
  }

  /** Whether the examples are of the same sizes and type. */
  public boolean isLike(IdxHeader other) {
    return type == other.type && exampleSizes().equals(other.exampleSizes());
  }

  /**
   * Does nothing when there is a label for each example.
   *
   * @param name of this file, for messages
   * @param labelsName of that of the labels
   */
  public void requireAsMany(IdxHeader labels, String name, String labelsName) {
    require(
        count() == labels.count(),
        "%s holds %d images, but %s holds %d labels",
        name,
        count(),
        labelsName,
        labels.count());
  }

  /** {@code "60000 rows of [28, 28] UNSIGNED_BYTE"}. */
  @Override
  public String toString() {
    return "%d rows of %s %s".formatted(count(), exampleSizes(), type);
  }

  /** Bytes of the whole file. */
  public long numBytes() {
    return 4 + 4L * sizes.size() + (long) count() * width() * type.numBytes();
  }

  /** What the values of an IDX file are. */
  public enum Type {
    UNSIGNED_BYTE(0x08, 1),
    BYTE(0x09, 1),
    SHORT(0x0B, 2),
    INT(0x0C, 4),
    FLOAT(0x0D, 4),
    DOUBLE(0x0E, 8);

    private final int code;
    private final int numBytes;

    Type(int code, int numBytes) {
      this.code = code;
      this.numBytes = numBytes;
    }

    static Optional<Type> of(int code) {
      return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    /** Bytes of one value. */
    public int numBytes() {
      return numBytes;
    }

    /** Whether all values are whole numbers. */
    public boolean isWhole() {
      return this != FLOAT && this != DOUBLE;
    }

    /** The next value. */
    public double read(ByteBuffer values) {
      return switch (this) {
        case UNSIGNED_BYTE -> values.get() & 0xFF;
        case BYTE -> values.get();
        case SHORT -> values.getShort();
        case INT -> values.getInt();
        case FLOAT -> values.getFloat();
        case DOUBLE -> values.getDouble();
      };
    }
  }
}
