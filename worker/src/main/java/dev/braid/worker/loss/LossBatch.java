package dev.braid.worker.loss;

import java.util.List;
import java.util.function.Supplier;

/**
 * A mini-batch as a loss sees it, in arrays that are used again for the next one. Its rows are the
 * examples' positions: example after example, each of {@link #steps} positions (one, the time steps
 * of a sequence padded to the longest, or the pixels of an image), each of {@link #units} numbers.
 */
public final class LossBatch {
  private int size;
  private int steps;
  private int units;
  private int columns;
  private int[] lengths;
  private double[] outputs = {};
  private float[] labels = {};
  private float[] weights;
  private double[] gradient;
  private List<double[]> parameters = List.of();
  private List<double[]> parameterGradients = List.of();
  private Object kept;

  /**
   * What a loss computes in, made for the first mini-batch and kept for those after it.
   *
   * @param <T> its type
   * @param first makes it
   */
  public <T> T kept(Class<T> type, Supplier<T> first) {
    if (!type.isInstance(kept)) {
      kept = first.get();
    }
    return type.cast(kept);
  }

  /**
   * Begins another mini-batch; {@link #outputs} has room for its numbers then.
   *
   * @param lengths the steps of each example; null where none is padded
   */
  public void begin(int size, int steps, int units, int[] lengths) {
    this.size = size;
    this.steps = steps;
    this.units = units;
    this.lengths = lengths;
    this.columns = steps;
    outputs = room(outputs);
  }

  /**
   * With positions that are the pixels of an image.
   *
   * @param columns how many lie side by side
   */
  public LossBatch image(int columns) {
    this.columns = columns;
    return this;
  }

  /** How many positions lie side by side: all of them, unless they are the pixels of an image. */
  public int columns() {
    return columns;
  }

  /** Numbers in the label of an example. */
  public int labelWidth() {
    return size == 0 ? 0 : labels.length / size;
  }

  /** The weight of the label of an example, where it is one label. */
  public double exampleWeight(int example) {
    return weights == null ? 1 : weights[example * (weights.length / size)];
  }

  /** The array, or a new one where it has no room for the outputs. */
  public double[] room(double[] array) {
    int needed = Math.multiplyExact(numRows(), units);
    return array != null && array.length >= needed ? array : new double[needed];
  }

  /**
   * With labels.
   *
   * @param labels one for each row where they are classes, as many for each example where they are
   *     objects, else one for each number; NaN where missing
   * @param weights one for each row or one for each label; null where all weigh the same
   */
  public LossBatch labels(float[] labels, float[] weights) {
    this.labels = labels;
    this.weights = weights;
    return this;
  }

  /**
   * With where the gradient goes.
   *
   * @param gradient for as many numbers as {@link #outputs}; null where nobody asks
   */
  public LossBatch gradient(double[] gradient) {
    this.gradient = gradient;
    return this;
  }

  /**
   * With the loss's own parameters.
   *
   * @param gradients where their gradients go, one array for each; empty where nobody asks
   */
  public LossBatch parameters(List<double[]> parameters, List<double[]> gradients) {
    this.parameters = parameters;
    this.parameterGradients = gradients;
    return this;
  }

  /** Number of examples. */
  public int size() {
    return size;
  }

  /** Positions of each example, padded ones among them. */
  public int steps() {
    return steps;
  }

  /** Numbers at each position. */
  public int units() {
    return units;
  }

  /** Positions of all examples. */
  public int numRows() {
    return Math.multiplyExact(size, steps);
  }

  /** The positions of an example that are not padded. */
  public int length(int example) {
    return lengths == null ? steps : lengths[example];
  }

  /** What the output gives, [size x steps x units]; the array may be longer. */
  public double[] outputs() {
    return outputs;
  }

  /** The labels, [size x steps] where they are classes, else [size x steps x units]. */
  public float[] labels() {
    return labels;
  }

  /** Whether labels have weights of their own. */
  public boolean isWeighted() {
    return weights != null;
  }

  /** The weight of the label of a row. */
  public double rowWeight(int row) {
    return weights == null ? 1 : weights[row * (weights.length / numRows())];
  }

  /** The weight of the label of a single number. */
  public double numberWeight(int number) {
    return weights == null ? 1 : weights[weights.length == numRows() ? number / units : number];
  }

  /** Where the gradient goes, as long as {@link #outputs}; null where nobody asks. */
  public double[] gradient() {
    return gradient;
  }

  /** A parameter of the loss's own. */
  public double[] parameter(int i) {
    return parameters.get(i);
  }

  /** Where that parameter's gradient goes; null where nobody asks. */
  public double[] parameterGradient(int i) {
    return parameterGradients.isEmpty() ? null : parameterGradients.get(i);
  }
}
