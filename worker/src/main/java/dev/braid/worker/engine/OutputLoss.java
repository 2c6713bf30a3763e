package dev.braid.worker.engine;

import static dev.braid.worker.Check.wrong;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.loss.LossBatch;
import dev.braid.worker.network.OutputPlan;
import java.util.List;

/**
 * The loss of one output of a network, mini-batch after mini-batch, in arrays that are kept: an
 * engine puts in what the output computes and takes out the gradient, both laid out as the output's
 * shape says. For one thread.
 */
public final class OutputLoss {
  private final OutputPlan output;
  private final boolean channelsFirst;
  private final LossBatch batch = new LossBatch();
  private double[] values = {};
  private double[] gradient = {};
  private double[] rowGradient = {};
  private float[] ownLabels = {};
  private long numPresent;

  public OutputLoss(OutputPlan output) {
    this.output = output;
    this.channelsFirst = output.shape().rank() > 2;
  }

  /**
   * Begins a mini-batch.
   *
   * @param number of this output among the network's
   * @param steps to which the output is padded; 1 where it is not along time
   * @param lengths of the output's examples; null where it is not along time
   * @return where what the output computes goes, [size, shape...]: before its activation where the
   *     loss has a link, else behind it
   */
  public double[] begin(MiniBatch examples, int number, int steps, int[] lengths) {
    int positions = steps * output.numPositions();
    batch.begin(examples.size(), positions, output.numUnits(), lengths);
    image();
    values = batch.room(values);
    float[] labels = labels(examples.labels()[number], examples.size(), positions);
    batch.labels(labels, examples.weights());
    return values;
  }

  /** Begins a mini-batch without labels, of which {@link #answer} is asked. */
  public double[] begin(int size, int steps, int[] lengths) {
    batch.begin(size, steps * output.numPositions(), output.numUnits(), lengths);
    image();
    values = batch.room(values);
    return values;
  }

  private void image() {
    if (channelsFirst) {
      batch.image(output.shape().sizes().get(output.shape().rank() - 1));
    }
  }

  /**
   * The loss times the output's weight, without a gradient.
   *
   * @param parameters of the loss's own
   */
  public double value(List<double[]> parameters) {
    toRows();
    batch.gradient(null).parameters(parameters, List.of());
    return output.settings().weight() * output.loss().of(batch);
  }

  /**
   * The loss times the output's weight, with its {@link #gradient}.
   *
   * @param parameters of the loss's own
   * @param gradients where theirs go
   */
  public double backward(List<double[]> parameters, List<double[]> gradients) {
    toRows();
    rowGradient = batch.room(rowGradient);
    batch.gradient(rowGradient).parameters(parameters, gradients);
    double weight = output.settings().weight();
    double value = weight * output.loss().of(batch);
    gradient = channelsFirst ? batch.room(gradient) : rowGradient;
    if (channelsFirst) {
      transpose(rowGradient, gradient, batch.units(), batch.steps());
    }
    if (weight != 1) {
      scale(gradient, count(), weight);
      for (int i = 0; i < gradients.size(); i++) {
        scale(gradients.get(i), gradients.get(i).length, weight);
      }
    }
    return value;
  }

  private static void scale(double[] numbers, int count, double factor) {
    for (int i = 0; i < count; i++) {
      numbers[i] *= factor;
    }
  }

  /** The gradient of what was put in, [size, shape...]; the array may be longer. */
  public double[] gradient() {
    return gradient;
  }

  /**
   * What users see of the output, where its loss makes that itself.
   *
   * @param parameters of the loss's own
   */
  public float[] answer(List<double[]> parameters) {
    toRows();
    batch.parameters(parameters, List.of());
    output.loss().answer(batch);
    double[] made = batch.outputs();
    if (channelsFirst) {
      transpose(made, values, batch.units(), batch.steps());
      made = values;
    }
    float[] answer = new float[count()];
    for (int i = 0; i < answer.length; i++) {
      answer[i] = (float) made[i];
    }
    return answer;
  }

  /** How many labels of the mini-batch are present: numbers, or whole rows. */
  public long numPresent() {
    return numPresent;
  }

  /** Numbers of the mini-batch's output. */
  public int count() {
    return batch.numRows() * batch.units();
  }

  /** The outputs as the loss takes them: at each position the units side by side. */
  private void toRows() {
    if (channelsFirst) {
      transpose(values, batch.outputs(), batch.steps(), batch.units());
    } else {
      System.arraycopy(values, 0, batch.outputs(), 0, count());
    }
  }

  /** Example by example the transpose of a matrix with so many columns and rows. */
  private void transpose(double[] from, double[] to, int columns, int rows) {
    int width = columns * rows;
    for (int i = 0; i < batch.size() * width; i++) {
      int within = i % width;
      to[i - within + within % columns * rows + within / columns] = from[i];
    }
  }

  /** The labels as the loss takes them, one for each row or one for each number. */
  private float[] labels(float[] given, int size, int positions) {
    if (output.labels() == OutputPlan.Labels.OBJECTS) {
      return objects(given, size);
    }
    int units = output.numUnits();
    int width = output.labels() == OutputPlan.Labels.NUMBERS ? positions * units : positions;
    if (given.length != size * width) {
      throw wrong(
          "output '%s' needs %d numbers in an example's label, got %d for %d examples",
          output.name(), width, given.length, size);
    }
    return switch (output.labels()) {
      case CLASS_INDEX -> classes(given);
      case ONE_HOT -> oneHot(given, units);
      case NUMBERS -> numbers(given, positions, units);
      case OBJECTS -> throw new IllegalStateException("objects are no numbers of positions");
    };
  }

  /** Of examples that have as many objects as they have. */
  private float[] objects(float[] given, int size) {
    if (given.length == 0 || given.length % size != 0) {
      throw wrong(
          "output '%s' needs as many numbers in each label, got %d for %d examples",
          output.name(), given.length, size);
    }
    numPresent = 0;
    for (int at = 0; at < given.length; at += given.length / size) {
      numPresent += Float.isNaN(given[at]) ? 0 : 1;
    }
    return given;
  }

  private float[] classes(float[] given) {
    numPresent = 0;
    for (float label : given) {
      if (!Float.isNaN(label)) {
        requireClass(label);
        numPresent++;
      }
    }
    return given;
  }

  private void requireClass(float label) {
    int index = (int) label;
    if (index != label || index < 0 || index >= output.numUnits()) {
      throw wrong(
          "label %s of output '%s' is not a class: its %d units stand for 0 to %d",
          label, output.name(), output.numUnits(), output.numUnits() - 1);
    }
  }

  /** 1 for the class of each position and 0 for the others. */
  private float[] oneHot(float[] given, int units) {
    classes(given);
    float[] numbers = room(given.length * units);
    for (int i = 0; i < given.length; i++) {
      for (int unit = 0; unit < units; unit++) {
        numbers[i * units + unit] = Float.isNaN(given[i]) ? Float.NaN : given[i] == unit ? 1 : 0;
      }
    }
    numPresent *= output.loss().isOverVectors() ? 1 : units;
    return numbers;
  }

  private float[] numbers(float[] given, int positions, int units) {
    float[] numbers = given;
    if (channelsFirst) {
      numbers = room(given.length);
      int width = positions * units;
      for (int i = 0; i < given.length; i++) {
        int within = i % width;
        numbers[i - within + within % positions * units + within / positions] = given[i];
      }
    }
    numPresent = 0;
    int together = output.loss().isOverVectors() ? units : 1;
    for (int from = 0; from < numbers.length; from += together) {
      boolean present = true;
      for (int i = from; i < from + together; i++) {
        present &= !Float.isNaN(numbers[i]);
      }
      numPresent += present ? 1 : 0;
    }
    return numbers;
  }

  private float[] room(int count) {
    ownLabels = ownLabels.length == count ? ownLabels : new float[count];
    return ownLabels;
  }
}
