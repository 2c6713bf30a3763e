package dev.braid.worker.inference;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.Normaliser;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.model.Reference;
import dev.braid.worker.task.classification.Classification;
import java.io.Serializable;
import java.util.List;

/**
 * What has to be known of a model to ask it and to read its output.
 *
 * @param input what it reads
 * @param output what its numbers mean
 * @param blankMetrics {@link Metrics} that have counted nothing, as bytes; empty where answers
 *     cannot be compared with labels
 * @param sha256 of the model, 64 hexadecimal digits
 * @param reference what its inputs and answers were like in training; null where not known
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to be sent; nobody compares them
public record ModelFacts(
    Input input, Output output, byte[] blankMetrics, String sha256, Reference reference)
    implements Serializable {

  /**
   * What a model reads.
   *
   * @param shape of one example
   * @param normaliser what inputs go through first
   * @param encoding how columns of a table become an input; null where they are not known
   */
  public record Input(List<Integer> shape, Normaliser normaliser, InputEncoding encoding)
      implements Serializable {
    public Input {
      shape = List.copyOf(shape);
    }
  }

  /**
   * What the numbers of an answer mean.
   *
   * @param kind classes, properties or plain numbers
   * @param threshold above it a number says yes; of no meaning for {@link Answer#CLASSES} and
   *     {@link Answer#NUMBERS}
   * @param numOutputs numbers in one answer
   * @param classes their names by index; empty where there are none
   */
  public record Output(Answer kind, float threshold, int numOutputs, List<String> classes)
      implements Serializable {
    public Output {
      classes = List.copyOf(classes);
      require(
          kind != Answer.CLASSES || classes.isEmpty() || classes.size() == numOutputs,
          "the model gives %d numbers, but %d classes are named",
          numOutputs,
          classes.size());
    }
  }

  /** Inputs up to this width have a mean for each of their numbers. */
  private static final int MAX_MEANS = 1024;

  /** What is known of a model that is not Braid's, and that gives so many numbers. */
  public static ModelFacts foreign(
      ForeignSettings settings, List<Integer> shape, int numOutputs, String sha256) {
    float[] scale = {settings.inputScale()};
    List<String> classes = settings.classes();
    boolean named = classes != null;
    return new ModelFacts(
        new Input(shape, new Normaliser(new float[] {0}, scale, 1), null),
        named
            ? new Output(Answer.CLASSES, 0, numOutputs, classes)
            : new Output(Answer.NUMBERS, 0, numOutputs, List.of()),
        named ? Classification.ofLargest(numOutputs, 1).toBytes() : new byte[0],
        sha256,
        null);
  }

  /** Numbers in one input. */
  public int inputWidth() {
    return input.shape.stream().reduce(1, Math::multiplyExact);
  }

  /** How many means are taken of the inputs: one for each number, or one where there are many. */
  public int numInputMeans() {
    return inputWidth() <= MAX_MEANS ? inputWidth() : 1;
  }

  /** Adds a raw input to the sums of which the means are taken. */
  public void addInput(double[] sums, float[] numbers) {
    if (sums.length == numbers.length) {
      for (int i = 0; i < numbers.length; i++) {
        sums[i] += numbers[i];
      }
    } else {
      sums[0] += mean(numbers);
    }
  }

  private static double mean(float[] numbers) {
    double sum = 0;
    for (float number : numbers) {
      sum += number;
    }
    return sum / numbers.length;
  }

  /** The index of the class that an answer says; -1 where answers are no classes. */
  public int index(float[] numbers) {
    if (output.kind == Answer.TWO_CLASSES) {
      return numbers[0] > output.threshold ? 1 : 0;
    }
    if (output.kind != Answer.CLASSES) {
      return -1;
    }
    int best = 0;
    for (int i = 1; i < numbers.length; i++) {
      best = numbers[i] > numbers[best] ? i : best;
    }
    return best;
  }

  /** How many sums are kept of the answers: one for each class, or for each number. */
  public int numPredictions() {
    return output.kind == Answer.TWO_CLASSES ? 2 : output.numOutputs;
  }

  /** Adds an answer: 1 to the class that it says, or its numbers. */
  public void addPrediction(double[] sums, float[] numbers) {
    int index = index(numbers);
    if (index >= 0) {
      sums[index]++;
      return;
    }
    for (int i = 0; i < numbers.length; i++) {
      sums[i] +=
          output.kind == Answer.PROPERTIES ? numbers[i] > output.threshold ? 1 : 0 : numbers[i];
    }
  }

  /** The name of a class: its index where it has none. */
  public String className(int index) {
    return index < output.classes.size() ? output.classes.get(index) : String.valueOf(index);
  }
}
