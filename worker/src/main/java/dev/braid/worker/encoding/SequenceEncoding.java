package dev.braid.worker.encoding;

/** A value as a sequence that has as many steps as it needs: an input of its own. */
public sealed interface SequenceEncoding extends ColumnEncoding permits Letters, Series, TokenIds {

  /** How long sequences may be. */
  Lengths lengths();

  /** Numbers in each step. */
  @Override
  int width();

  @Override
  default int rawWidth() {
    return width();
  }

  @Override
  default void encode(float[] raw, int from, float[] encoded, int to) {
    throw new IllegalStateException("a sequence is read as it is");
  }
}
