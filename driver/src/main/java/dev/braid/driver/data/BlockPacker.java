package dev.braid.driver.data;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.ToIntFunction;
import scala.Tuple2;

/**
 * Packs rows of bytes into blocks by target, so that a shuffle moves few arrays instead of many
 * small ones. Holds at most one unfinished block per target.
 */
final class BlockPacker implements Iterator<Tuple2<Integer, byte[]>> {
  private static final int BLOCK_BYTES = 1 << 16;

  private final Iterator<byte[]> rows;
  private final ToIntFunction<byte[]> target;
  private final byte[][] open;
  private final int[] filled;
  private final Queue<Tuple2<Integer, byte[]>> ready = new ArrayDeque<>();

  /**
   * @param target which of 0 .. {@code numTargets}-1 a row goes to
   */
  BlockPacker(Iterator<byte[]> rows, int numTargets, ToIntFunction<byte[]> target) {
    this.rows = rows;
    this.target = target;
    this.open = new byte[numTargets][];
    this.filled = new int[numTargets];
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && rows.hasNext()) {
      add(rows.next());
      if (!rows.hasNext()) {
        flush();
      }
    }
    return !ready.isEmpty();
  }

  @Override
  public Tuple2<Integer, byte[]> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  private void add(byte[] row) {
    int to = target.applyAsInt(row);
    if (open[to] != null && row.length > open[to].length - filled[to]) {
      close(to);
    }
    if (open[to] == null) {
      open[to] = new byte[Math.max(BLOCK_BYTES, row.length)];
    }
    System.arraycopy(row, 0, open[to], filled[to], row.length);
    filled[to] += row.length;
  }

  private void flush() {
    for (int to = 0; to < open.length; to++) {
      if (open[to] != null) {
        close(to);
      }
    }
  }

  private void close(int to) {
    boolean full = filled[to] == open[to].length;
    ready.add(new Tuple2<>(to, full ? open[to] : Arrays.copyOf(open[to], filled[to])));
    open[to] = null;
    filled[to] = 0;
  }
}
