package dev.braid.worker.embedding;

import static dev.braid.worker.Check.require;

/**
 * Some rows of one matrix.
 *
 * @param ids word ids, ascending
 * @param touches on the way to a task: how often the word was drawn as a negative; on the way back:
 *     how many gradients were added to the row, [ids]
 * @param values [ids, dimension]
 */
@SuppressWarnings("ArrayRecordComponent") // moved, never compared
public record RowSet(int[] ids, int[] touches, float[] values) {
  public RowSet {
    require(ids.length == touches.length, "%d ids but %d touches", ids.length, touches.length);
  }

  /** What it takes in a frame, three arrays with their lengths. */
  long numBytes() {
    return Integer.BYTES * (3L + ids.length + touches.length) + (long) Float.BYTES * values.length;
  }
}
