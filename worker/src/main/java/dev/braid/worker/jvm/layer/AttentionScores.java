package dev.braid.worker.jvm.layer;

/** How well the queries and keys of an example fit, a number for each pair of them. */
interface AttentionScores {
  /** Asks for memory. */
  default void plan(Call call, Room room) {}

  /** Writes the scores of an example. */
  void forward(Call call, int example, AttendedRows rows);

  /**
   * From the gradient by the scores of an example, which {@link #forward} has seen: adds to those
   * by the tensors that learn, and to those by queries and keys that are asked for.
   */
  void backward(Call call, int example, AttendedRows rows, AttendedRows gradients);
}
