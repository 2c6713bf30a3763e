package dev.braid.worker.data;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Truncated back-propagation through time: a mini-batch of long sequences is taken window by window
 * along time, each with the states that the one before has left. No gradient goes from a window
 * into the one before (Williams and Peng 1990).
 *
 * @param steps of a window; the last one of a mini-batch may be shorter
 * @param stateWidths of what the network remembers of one row
 */
public record Windows(int steps, List<Integer> stateWidths) implements Serializable {
  public Windows {
    require(steps > 0, "truncate must be at least 1, got %d", steps);
    stateWidths = new ArrayList<>(stateWidths);
  }

  /**
   * The windows of a mini-batch up to the last that has a label, in their order; rows that have
   * ended are in none.
   *
   * @param batch whose inputs that are ragged have the same lengths, and whose labels are along
   *     time
   */
  public List<Window> of(MiniBatch batch) {
    int[] lengths = lengths(batch);
    int longest = Arrays.stream(lengths).max().orElse(0);
    List<Window> windows = new ArrayList<>();
    for (int from = 0; from < longest; from += steps) {
      windows.add(window(batch, lengths, from));
    }
    while (!windows.isEmpty() && windows.get(windows.size() - 1).batch.numLabelled() == 0) {
      windows.remove(windows.size() - 1);
    }
    return windows;
  }

  /**
   * A part along time of a mini-batch.
   *
   * @param rows of the mini-batch that have not ended
   * @param batch these rows in these steps
   */
  @SuppressWarnings("ArrayRecordComponent") // made once and read
  public record Window(int[] rows, MiniBatch batch) {}

  private static int[] lengths(MiniBatch batch) {
    List<int[]> ragged = Arrays.stream(batch.lengths()).filter(given -> given != null).toList();
    require(!ragged.isEmpty(), "truncate needs sequences of any length, and no input is one");
    for (int[] lengths : ragged) {
      require(
          Arrays.equals(lengths, ragged.get(0)),
          "truncate needs inputs whose sequences are equally long, step by step");
    }
    return ragged.get(0);
  }

  private Window window(MiniBatch batch, int[] lengths, int from) {
    int[] rows = IntStream.range(0, batch.size()).filter(row -> lengths[row] > from).toArray();
    int longest = Arrays.stream(lengths).max().orElse(0);
    int to = Math.min(from + steps, longest);
    Cut cut = new Cut(rows, batch.size(), longest, from, to);
    int numInputs = batch.inputs().length;
    float[][] inputs = new float[numInputs][];
    int[][] own = new int[numInputs][];
    for (int i = 0; i < numInputs; i++) {
      boolean ragged = batch.lengths()[i] != null;
      inputs[i] = ragged ? cut.alongTime(batch.inputs()[i]) : cut.whole(batch.inputs()[i]);
      own[i] =
          ragged
              ? Arrays.stream(rows).map(row -> Math.min(lengths[row], to) - from).toArray()
              : null;
    }
    float[][] labels = Arrays.stream(batch.labels()).map(cut::alongTime).toArray(float[][]::new);
    float[] weights = batch.weights() == null ? null : cut.alongTime(batch.weights());
    return new Window(rows, new MiniBatch(rows.length, inputs, own, labels, weights));
  }

  /** Takes rows, and of these steps, out of values that lie row after row. */
  @SuppressWarnings("ArrayRecordComponent") // made once and read
  private record Cut(int[] rows, int size, int numSteps, int from, int to) {

    float[] whole(float[] values) {
      return taken(values, 0, values.length / size);
    }

    float[] alongTime(float[] values) {
      int width = values.length / size;
      require(
          width % numSteps == 0,
          "truncate needs labels at each step, but %d numbers are those of no %d steps",
          width,
          numSteps);
      int step = width / numSteps;
      return taken(values, from * step, to * step);
    }

    private float[] taken(float[] values, int first, int last) {
      int width = values.length / size;
      float[] taken = new float[rows.length * (last - first)];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(values, rows[i] * width + first, taken, i * (last - first), last - first);
      }
      return taken;
    }
  }
}
