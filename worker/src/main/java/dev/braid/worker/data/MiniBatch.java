package dev.braid.worker.data;

import static dev.braid.worker.Check.wrong;

import dev.braid.worker.shape.Shape;
import java.io.Serializable;
import java.util.Arrays;

/**
 * The examples of one optimizer step, normalised, ready for an engine.
 *
 * @param size number of examples
 * @param inputs per input of the network its values, [size x features], row-major; sequences of any
 *     length are padded with 0 to the longest of the batch, [size x steps x features]
 * @param lengths per input the number of steps of each example; null where the input is not ragged
 * @param labels per output its labels: a class index per example (or per time step) for
 *     classification, numbers for regression, 0 or 1 for multi-label; NaN where a label is missing,
 *     so also where labels along time are padded
 * @param weights of the only output's labels in the loss, 0 where a label is missing; null where
 *     all weigh the same
 * @param states with which recurrent layers begin, overwritten by those with which they end; null
 *     where they begin with 0 and nobody asks how they end
 */
@SuppressWarnings("ArrayRecordComponent") // values in bulk: compared nowhere, copied nowhere
public record MiniBatch(
    int size, float[][] inputs, int[][] lengths, float[][] labels, float[] weights, States states)
    implements Serializable {

  /** Whose recurrent layers begin with 0, and nobody asks how they end. */
  public MiniBatch(int size, float[][] inputs, int[][] lengths, float[][] labels, float[] weights) {
    this(size, inputs, lengths, labels, weights, null);
  }

  /** Of inputs of which none is ragged. */
  public MiniBatch(int size, float[][] inputs, float[][] labels, float[] weights) {
    this(size, inputs, new int[inputs.length][], labels, weights);
  }

  /** Of inputs of which none is ragged, and labels that all weigh the same. */
  public MiniBatch(int size, float[][] inputs, float[][] labels) {
    this(size, inputs, labels, null);
  }

  /** The same examples as the next steps of rows that have come so far. */
  public MiniBatch from(States states) {
    return new MiniBatch(size, inputs, lengths, labels, weights, states);
  }

  /**
   * The numbers of input {@code i}.
   *
   * @param shape of its examples
   * @throws IllegalArgumentException where they do not fit it
   */
  public float[] numbers(int i, Shape shape) {
    float[] numbers = inputs[i];
    int needed = shape.isRagged() ? time(i, shape) * shape.stepSize() : shape.size();
    if (numbers.length != size * needed) {
      throw wrong(
          "input %d needs %s, that is %d numbers an example, got %d for %d examples",
          i + 1, padded(i, shape), needed, numbers.length, size);
    }
    return numbers;
  }

  /** The shape of input {@code i} here: padded, where each example tells its number of steps. */
  public Shape padded(int i, Shape shape) {
    return shape.isRagged() ? shape.at(time(i, shape)) : shape;
  }

  /** To how many steps input {@code i} is padded; its first size where it is not ragged. */
  public int time(int i, Shape shape) {
    return shape.isRagged()
        ? Math.max(1, inputs[i].length / (size * shape.stepSize()))
        : shape.sizes().get(0);
  }

  /**
   * The steps of each example of input {@code i}; null where it is not ragged.
   *
   * @throws IllegalArgumentException where they are missing or no steps that there are
   */
  public int[] steps(int i, Shape shape) {
    if (!shape.isRagged()) {
      return null;
    }
    int[] steps = lengths[i];
    if (steps == null) {
      throw wrong("input %d is ragged: a mini-batch needs its lengths", i + 1);
    }
    requireSteps(steps, time(i, shape));
    return steps;
  }

  /**
   * Does nothing where each example has steps, and not more than it is padded to.
   *
   * @param time to how many steps the examples are padded
   */
  public static void requireSteps(int[] steps, int time) {
    for (int i = 0; i < steps.length; i++) {
      if (steps[i] <= 0 || steps[i] > time) {
        throw wrong(
            "example %d of the mini-batch has %d steps; there must be 1 to %d",
            i + 1, steps[i], time);
      }
    }
  }

  /** The number of steps that input {@code i}, which is ragged, is padded to: its longest's. */
  public int numSteps(int i) {
    return Arrays.stream(lengths[i]).max().orElseThrow();
  }

  /**
   * Examples to be answered, whose labels are not known.
   *
   * @param inputs per input the numbers of each example, normalised; they are padded
   * @param stepSizes per input the numbers in one step of it; 0 where it is not ragged
   */
  public static MiniBatch unlabelled(float[][][] inputs, int... stepSizes) {
    int size = inputs[0].length;
    float[][] padded = new float[inputs.length][];
    int[][] lengths = new int[inputs.length][];
    for (int i = 0; i < inputs.length; i++) {
      int width = Arrays.stream(inputs[i]).mapToInt(numbers -> numbers.length).max().orElseThrow();
      padded[i] = new float[Math.multiplyExact(size, width)];
      for (int k = 0; k < size; k++) {
        System.arraycopy(inputs[i][k], 0, padded[i], k * width, inputs[i][k].length);
      }
      int stepSize = stepSizes[i];
      lengths[i] =
          stepSize == 0
              ? null
              : Arrays.stream(inputs[i]).mapToInt(numbers -> numbers.length / stepSize).toArray();
    }
    return new MiniBatch(size, padded, lengths, new float[0][], null);
  }

  /** Examples to be answered, whose labels are not known. */
  public static MiniBatch unlabelled(int size, float[]... inputs) {
    return new MiniBatch(size, inputs, new float[0][]);
  }

  /** What a worker counts by: its labelled examples, or the sum of its labels' weights. */
  public long weight() {
    return weights == null ? numLabelled() : LabelWeights.sum(weights);
  }

  /** Examples of which at least one label is present; all of them where there are no labels. */
  public int numLabelled() {
    int labelled = 0;
    for (int i = 0; i < size; i++) {
      labelled += labels.length == 0 || isLabelled(i) ? 1 : 0;
    }
    return labelled;
  }

  /** Whether a label of this output is present in some example. */
  public boolean hasLabel(int output) {
    for (float value : labels[output]) {
      if (!Float.isNaN(value)) {
        return true;
      }
    }
    return false;
  }

  private boolean isLabelled(int example) {
    for (float[] values : labels) {
      int width = values.length / size;
      for (int i = example * width; i < (example + 1) * width; i++) {
        if (!Float.isNaN(values[i])) {
          return true;
        }
      }
    }
    return false;
  }
}
