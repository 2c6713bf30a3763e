package dev.braid.worker.embedding;

/**
 * Rows of one block of words on their way to a task or back.
 *
 * @param shard whose task
 * @param block the block of words
 * @param inputs rows of words as contexts: the vectors that people use
 * @param outputs rows of words as targets
 */
public record RowSlice(int shard, int block, RowSet inputs, RowSet outputs) {
  /** As bytes. */
  public byte[] toBytes() {
    long size = 2L * Integer.BYTES + inputs.numBytes() + outputs.numBytes();
    Frame.Writer frame = Frame.write(Frame.Kind.SLICE, size).put(shard).put(block);
    frame.put(inputs.ids()).put(inputs.touches()).put(inputs.values());
    return frame.put(outputs.ids()).put(outputs.touches()).put(outputs.values()).toBytes();
  }

  /** From bytes. */
  public static RowSlice fromBytes(byte[] bytes) {
    Frame.Reader frame = Frame.read(bytes, Frame.Kind.SLICE);
    return new RowSlice(
        frame.nextInt(),
        frame.nextInt(),
        new RowSet(frame.nextInts(), frame.nextInts(), frame.nextFloats()),
        new RowSet(frame.nextInts(), frame.nextInts(), frame.nextFloats()));
  }
}
