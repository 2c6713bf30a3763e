package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;

/**
 * What a layer is called with at its place in the network: its values, gradients and tensors for
 * this mini-batch. Shapes are [size, shape...] as layers have them, sequences padded to {@link
 * #time}.
 */
public interface Call {
  /** Examples in the mini-batch. */
  int size();

  /** Number of sources. */
  int numSources();

  /** Source {@code i}; 0 at the padding of sequences. */
  Floats source(int i);

  /** The layer's result. At the padding of sequences it is set to 0 after the layer. */
  Floats result();

  /** To how many steps source {@code i} is padded; its first dimension where it is not ragged. */
  int time(int i);

  /** To how many steps the result is padded; its first dimension where it is not ragged. */
  int resultTime();

  /** Steps of each example of source {@code i}; null where none of its steps is padding. */
  int[] lengths(int i);

  /** Tensor {@code i} of the layer's plan: a parameter, or a statistic that training may move. */
  Floats tensor(int i);

  /**
   * What the tensors' numbers are known by: as long as it is the same, what is made of them may be
   * kept. 0 where they may change unannounced.
   */
  int version();

  /** Whether this is training: dropout drops, statistics are the mini-batch's and move on. */
  boolean training();

  /** Whether dropout drops. */
  boolean dropout();

  /** The source of this layer's random numbers in this step. */
  long key();

  /** The states with which it begins and which it overwrites by the last; null for zeros. */
  Floats[] carried();

  /** The gradient by the result; 0 at the padding. */
  Floats resultGradient();

  /** Whether the gradient by source {@code i} is asked for. */
  boolean wants(int i);

  /** The gradient by source {@code i}, to be written, or added to where {@link #adds}. */
  Floats sourceGradient(int i);

  /** Whether another reader of source {@code i} has written its gradient already. */
  boolean adds(int i);

  /** Whether tensor {@code i} learns. */
  boolean learns(int i);

  /** The gradient by tensor {@code i}, to be added to. */
  Floats tensorGradient(int i);

  /**
   * Whether nothing stands in the gradient by tensor {@code i} yet, so that the caller writes all
   * of it to {@link #tensorGradient} instead of adding.
   */
  boolean beginsTensorGradient(int i);

  /** The gradient by source {@code i}, cleared where nobody has written it: to be added to. */
  Floats clearedSourceGradient(int i);
}
