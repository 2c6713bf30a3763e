package dev.braid.worker.glove;

import static dev.braid.worker.Check.require;

import dev.braid.worker.embedding.Frame;
import dev.braid.worker.embedding.Logistic;
import dev.braid.worker.random.SplitMix;

/**
 * Cells of one block of the matrix in the order in which they are trained. A cell whose logarithm
 * is {@link #NEVER} is a negative sample.
 *
 * @param rows place of each cell's row in its block
 * @param columns place of each cell's column in its block
 * @param logs ln x
 * @param weights f(x), or the weight of a negative sample
 */
@SuppressWarnings("ArrayRecordComponent") // moved, never compared
public record CellBlock(int[] rows, int[] columns, float[] logs, float[] weights) {
  /** ln 0. */
  static final float NEVER = Float.NEGATIVE_INFINITY;

  public CellBlock {
    require(
        rows.length == columns.length
            && rows.length == logs.length
            && rows.length == weights.length,
        "cells without all their numbers");
  }

  /**
   * The cells of {@code counts}, none of them zero, in a random order.
   *
   * @param key of the random numbers
   */
  public static CellBlock of(CellCounts counts, Glove glove, long key) {
    int size = counts.rows().length;
    int[] order = SplitMix.permutation(size, key);
    int[] rows = new int[size];
    int[] columns = new int[size];
    float[] logs = new float[size];
    float[] weights = new float[size];
    for (int i = 0; i < size; i++) {
      double x = (double) counts.counts()[order[i]] / CellCounts.UNIT;
      rows[i] = counts.rows()[order[i]];
      columns[i] = counts.columns()[order[i]];
      logs[i] = (float) StrictMath.log(x);
      weights[i] = (float) glove.weighting().weight(x);
    }
    return new CellBlock(rows, columns, logs, weights);
  }

  /**
   * These cells, each with a negative sample behind it: its row and a column drawn as often as it
   * has cells in this block, whether or not the two occur together.
   *
   * @param key of the random numbers
   */
  public CellBlock withNegatives(double weight, long key) {
    if (weight == 0 || size() == 0) {
      return this;
    }
    int size = Math.multiplyExact(2, size());
    int[] allRows = new int[size];
    int[] allColumns = new int[size];
    float[] allLogs = new float[size];
    float[] allWeights = new float[size];
    SplitMix random = SplitMix.stream(key);
    for (int i = 0; i < size; i += 2) {
      allRows[i] = rows[i / 2];
      allColumns[i] = columns[i / 2];
      allLogs[i] = logs[i / 2];
      allWeights[i] = weights[i / 2];
      allRows[i + 1] = rows[i / 2];
      allColumns[i + 1] = columns[random.nextInt(size())];
      allLogs[i + 1] = NEVER;
      allWeights[i + 1] = (float) weight;
    }
    return new CellBlock(allRows, allColumns, allLogs, allWeights);
  }

  /**
   * What a cell adds to the loss, see {@link Glove}.
   *
   * @param score w . c + b + d
   */
  double loss(int cell, float score) {
    if (logs[cell] == NEVER) {
      return (double) weights[cell] * Logistic.loss(-score);
    }
    double error = score - logs[cell];
    return 0.5 * weights[cell] * error * error;
  }

  /** The derivative of {@link #loss} by the score. */
  float gradient(int cell, float score) {
    float error = logs[cell] == NEVER ? Logistic.value(score) : score - logs[cell];
    return weights[cell] * error;
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
