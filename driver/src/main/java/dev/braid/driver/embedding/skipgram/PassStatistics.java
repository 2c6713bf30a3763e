package dev.braid.driver.embedding.skipgram;

import dev.braid.worker.embedding.Frame;

/**
 * What one worker did in a round, but for the rows.
 *
 * @param worker its number
 * @param loss sum of the mean loss per context at the positions where it was taken
 * @param numLosses positions where it was taken
 * @param numPositions positions trained
 * @param seconds of training
 */
public record PassStatistics(
    int worker, double loss, long numLosses, long numPositions, double seconds) {
  byte[] toBytes() {
    Frame.Writer frame = Frame.write(Frame.Kind.STATISTICS).put(worker).put(loss);
    return frame.put(numLosses).put(numPositions).put(seconds).toBytes();
  }

  static PassStatistics fromBytes(byte[] bytes) {
    Frame.Reader frame = Frame.read(bytes, Frame.Kind.STATISTICS);
    return new PassStatistics(
        frame.nextInt(),
        frame.nextDouble(),
        frame.nextLong(),
        frame.nextLong(),
        frame.nextDouble());
  }
}
