package dev.braid.worker.glove;

import static dev.braid.worker.Check.require;

import dev.braid.worker.embedding.Frame;
import dev.braid.worker.random.Counter;

/**
 * The cells of one block of the matrix that are not zero, in the order in which they are trained.
 *
 * @param rows place of each cell's row in its block
 * @param columns place of each cell's column in its block
 * @param logs ln x
 * @param weights f(x)
 */
@SuppressWarnings("ArrayRecordComponent") // moved, never compared
public record CellBlock(int[] rows, int[] columns, float[] logs, float[] weights) {
  public CellBlock {
    require(
        rows.length == columns.length
            && rows.length == logs.length
            && rows.length == weights.length,
        "cells without all their numbers");
  }

  /**
   * The cells of {@code counts} in a random order.
   *
   * @param key of the random numbers
   */
  public static CellBlock of(CellCounts counts, Glove glove, long key) {
    int size = counts.rows().length;
    int[] order = Counter.permutation(size, key);
    int[] rows = new int[size];
    int[] columns = new int[size];
    float[] logs = new float[size];
    float[] weights = new float[size];
    for (int i = 0; i < size; i++) {
      double x = (double) counts.counts()[order[i]] / CellCounts.UNIT;
      rows[i] = counts.rows()[order[i]];
      columns[i] = counts.columns()[order[i]];
      logs[i] = (float) StrictMath.log(x);
      weights[i] = (float) glove.weight(x);
    }
    return new CellBlock(rows, columns, logs, weights);
  }

  /** Number of cells. */
  public int size() {
    return rows.length;
  }

  /** As bytes. */
  public byte[] toBytes() {
    Frame.Writer frame = Frame.write(Frame.Kind.CELLS).put(rows).put(columns);
    return frame.put(logs).put(weights).toBytes();
  }

  /** From bytes. */
  public static CellBlock fromBytes(byte[] bytes) {
    Frame.Reader frame = Frame.read(bytes, Frame.Kind.CELLS);
    return new CellBlock(
        frame.nextInts(), frame.nextInts(), frame.nextFloats(), frame.nextFloats());
  }
}
