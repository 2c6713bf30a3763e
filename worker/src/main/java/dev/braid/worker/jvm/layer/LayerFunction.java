package dev.braid.worker.jvm.layer;

/**
 * What one layer computes at its place in a network, forward and backward. It belongs to one thread
 * and keeps what it needs from one to the other.
 */
public interface LayerFunction {
  /**
   * Whether the result is the only source's numbers as they are. Both are at one place in memory
   * then, their gradients too, and neither {@link #forward} nor {@link #backward} is called.
   */
  default boolean isView(Call call) {
    return false;
  }

  /**
   * Asks for memory, before the first mini-batch and whenever sizes have changed. What is asked for
   * is bound when {@link #forward} is called; what {@code call} has is not bound yet, its sizes are
   * known. It is not called again where only the lengths within a padded mini-batch have changed.
   */
  default void plan(Call call, Room room) {}

  /** Writes each number of the result. */
  void forward(Call call);

  /**
   * From the gradient by the result, which it may overwrite: those by the sources that want one,
   * and those by the tensors that learn, to which it adds.
   */
  void backward(Call call);
}
