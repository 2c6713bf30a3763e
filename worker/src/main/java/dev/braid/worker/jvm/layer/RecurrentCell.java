package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import java.util.List;
import java.util.function.LongFunction;

/** What a recurrent layer computes at each step besides the products with its weights. */
interface RecurrentCell {
  /**
   * A product with weights that makes some of the sums, all counted in units.
   *
   * @param column its first sum
   * @param gate the first gate of the weights
   * @param gates how many gates there are
   */
  record Part(int column, int gate, int gates) {}

  /**
   * The step at work: parts of what is kept, bound anew at each. There are as many rows as examples
   * that have the step.
   *
   * @param sums [rows, sums x units]
   * @param before states before the step, the output first, each [rows, units]
   * @param after states after it, which may be those before
   * @param gradient by the output, [rows, units]
   * @param earlier that by the output before, to be added to what does not go through the sums; of
   *     no size at the first step
   */
  @SuppressWarnings("ArrayRecordComponent") // of one step; nobody compares them
  record Step(Floats sums, Floats[] before, Floats[] after, Floats gradient, Floats earlier) {
    static Step of(int numStates) {
      return new Step(
          new Floats(), floats(numStates), floats(numStates), new Floats(), new Floats());
    }

    private static Floats[] floats(int count) {
      Floats[] floats = new Floats[count];
      for (int i = 0; i < count; i++) {
        floats[i] = new Floats();
      }
      return floats;
    }
  }

  /** The step that it computes. */
  Step step();

  /** Sums of each unit. */
  int numSums();

  /** Of the input's weights. */
  List<Part> input();

  /** Of the state's weights. */
  List<Part> state();

  /**
   * Asks for memory of its own.
   *
   * @param size examples in the mini-batch
   * @param numRows of all steps that are kept at a time
   * @param memory that stays until {@link #backward}
   */
  default void plan(int size, int numRows, Room room, LongFunction<Floats> memory) {}

  /** Begins a pass. */
  default void begin(Call call) {}

  /** Begins a backward pass. */
  default void beginBackward(Call call) {}

  /**
   * From the sums and the states before to those after.
   *
   * @param row the step's first row among all that are kept
   */
  void forward(int row);

  /** From the gradient by the output to those by the sums. */
  void backward(int row);
}
