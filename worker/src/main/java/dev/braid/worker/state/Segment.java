package dev.braid.worker.state;

import java.io.Serializable;
import java.util.List;

/**
 * A named tensor within a flat vector, in row-major order.
 *
 * @param name {@code layer.tensor}, such as {@code conv1.weight}
 * @param shape its sizes
 * @param offset where it begins in the flat vector, in floats
 * @param role what averaging and regularisation do with it
 */
public record Segment(String name, List<Integer> shape, long offset, Role role)
    implements Serializable {

  /** What a tensor is for. */
  public enum Role {
    /** Multiplied with inputs: L1, L2 and weight decay apply. */
    WEIGHT,
    /** Added or scaling (biases, gains): never regularised. */
    BIAS,
    /** A running mean. */
    MEAN,
    /** The running variance that belongs to the mean just before it, of the same shape. */
    VARIANCE
  }

  public Segment {
    shape = List.copyOf(shape);
  }

  /** Number of floats. */
  public long size() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
