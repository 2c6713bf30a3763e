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
 * @param penalty its own L1 and L2
 */
public record Segment(String name, List<Integer> shape, long offset, Role role, Penalty penalty)
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
    VARIANCE,
    /**
     * The decimal logarithm of the running standard deviation that belongs to the mean just before
     * it, of the same shape: how DL4J keeps a variance.
     */
    LOG_DEVIATION
  }

  /**
   * The L1 and L2 of one tensor; null where the training's hold.
   *
   * @param l1 weight of the absolute values
   * @param l2 weight of the squares
   */
  public record Penalty(Double l1, Double l2) implements Serializable {
    /** As in the rest of the training. */
    public static final Penalty OF_THE_TRAINING = new Penalty(null, null);

    /** Its own L1, or the training's. */
    public double l1Or(double training) {
      return l1 == null ? training : l1;
    }

    /** Its own L2, or the training's. */
    public double l2Or(double training) {
      return l2 == null ? training : l2;
    }
  }

  public Segment {
    shape = List.copyOf(shape);
  }

  /** A tensor that L1 and L2 treat like the others. */
  public Segment(String name, List<Integer> shape, long offset, Role role) {
    this(name, shape, offset, role, Penalty.OF_THE_TRAINING);
  }

  /** The name of the layer it belongs to. */
  public String layer() {
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  /** Number of floats. */
  public long size() {
    long size = 1;
    for (int i = 0; i < shape.size(); i++) {
      size = Math.multiplyExact(size, (long) shape.get(i));
    }
    return size;
  }
}
