package dev.braid.worker.state;

import static dev.braid.worker.Check.require;
import static dev.braid.worker.Check.wrong;

import java.util.Arrays;

/**
 * A long vector of floats in blocks of at most 2^24 (64 MiB), so that it may be larger than a Java
 * array and travels in pieces of bounded size.
 */
public final class Blocks {
  /** Floats in every block but the last. */
  public static final int BLOCK_SIZE = 1 << 24;

  private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private final long size;
  private final float[][] blocks;

  private Blocks(long size, float[][] blocks) {
    this.size = size;
    this.blocks = blocks;
  }

  /** A vector of {@code size} zeros. */
  public static Blocks zeros(long size) {
    require(size >= 0, "a vector's size must not be negative, got %d", size);
    int count = (int) ((size + BLOCK_SIZE - 1) / BLOCK_SIZE);
    float[][] blocks = new float[count][];
    for (int i = 0; i < count; i++) {
      blocks[i] = new float[(int) Math.min(BLOCK_SIZE, size - (long) i * BLOCK_SIZE)];
    }
    return new Blocks(size, blocks);
  }

  /** A vector with a copy of {@code values}. */
  public static Blocks copyOf(float... values) {
    Blocks result = zeros(values.length);
    int from = 0;
    for (float[] block : result.blocks) {
      System.arraycopy(values, from, block, 0, block.length);
      from += block.length;
    }
    return result;
  }

  /** Number of floats. */
  public long size() {
    return size;
  }

  /** Number of blocks. */
  public int count() {
    return blocks.length;
  }

  /** Block {@code i} itself, not a copy: whoever writes to it writes to this vector. */
  public float[] block(int i) {
    return blocks[i];
  }

  /** The float at {@code index}. */
  public float get(long index) {
    return blocks[(int) (index / BLOCK_SIZE)][(int) (index % BLOCK_SIZE)];
  }

  /** Sets the float at {@code index}. */
  public void set(long index, float value) {
    blocks[(int) (index / BLOCK_SIZE)][(int) (index % BLOCK_SIZE)] = value;
  }

  /** Copies {@code length} floats from {@code offset} of this vector into {@code target}. */
  public void read(long offset, float[] target, int length) {
    eachPart(
        offset,
        length,
        (block, from, done, part) -> System.arraycopy(block, from, target, done, part));
  }

  /** Copies {@code length} floats of {@code source} into this vector from {@code offset} on. */
  public void write(long offset, float[] source, int length) {
    eachPart(
        offset,
        length,
        (block, from, done, part) -> System.arraycopy(source, done, block, from, part));
  }

  /** What is done with {@code part} floats of a block, after {@code done} of all the floats. */
  private interface Part {
    void visit(float[] block, int from, int done, int part);
  }

  private void eachPart(long offset, int length, Part action) {
    int done = 0;
    while (done < length) {
      long at = offset + done;
      float[] block = blocks[(int) (at / BLOCK_SIZE)];
      int from = (int) (at % BLOCK_SIZE);
      int part = Math.min(length - done, block.length - from);
      action.visit(block, from, done, part);
      done += part;
    }
  }

  /** Overwrites this vector with {@code other}, which must be of the same size. */
  public void copyFrom(Blocks other) {
    if (size != other.size) {
      throw wrong("sizes differ: %d and %d", size, other.size);
    }
    for (int i = 0; i < blocks.length; i++) {
      System.arraycopy(other.blocks[i], 0, blocks[i], 0, blocks[i].length);
    }
  }

  /** A copy that shares nothing with this vector. */
  public Blocks copy() {
    float[][] copies = blocks.clone();
    for (int i = 0; i < copies.length; i++) {
      copies[i] = blocks[i].clone(); // half the work of zeros and a copy over them
    }
    return new Blocks(size, copies);
  }

  /** Whether no float is NaN or infinite. */
  public boolean isFinite() {
    return Arrays.stream(blocks).allMatch(Blocks::isFinite);
  }

  /** Whether none of {@code values} is NaN or infinite. */
  public static boolean isFinite(float[] values) {
    int largest = 0; // bits of the largest magnitude: their order is that of the numbers
    for (float value : values) {
      largest = Math.max(largest, Float.floatToRawIntBits(value) & 0x7fffffff);
    }
    return largest < INFINITY;
  }

  /** How many floats are NaN or +Infinity. */
  public long numOverflown() {
    long count = 0;
    for (float[] block : blocks) {
      for (float value : block) {
        count += value < Float.POSITIVE_INFINITY ? 0 : 1;
      }
    }
    return count;
  }

  /** Whether both hold the same bits. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Blocks that
        && size == that.size
        && Arrays.deepEquals(blocks, that.blocks);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(blocks);
  }

  @Override
  public String toString() {
    return "Blocks[" + size + "]";
  }
}
