package dev.braid.worker.inference;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.Normaliser;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.model.Reference;
import java.io.Serializable;
import java.util.List;

/**
 * What has to be known of a model to ask it and to read its answers.
 *
 * @param inputShape of one example
 * @param normaliser what its inputs go through first
 * @param answer what its numbers mean
 * @param threshold above it a number says yes; of no meaning for {@link Answer#CLASSES} and {@link
 *     Answer#NUMBERS}
 * @param numOutputs numbers in one answer
 * @param classes their names by index; empty where there are none
 * @param blankMetrics {@link dev.braid.worker.metric.Metrics} that have counted nothing, as bytes;
 *     empty where answers cannot be compared with labels
 * @param sha256 of the model, 64 hexadecimal digits
 * @param reference what its inputs and answers were like in training; null where not known
 * @param encoding how columns of a table become its input; null where they are not known
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to be sent; nobody compares them
public record ModelFacts(
    List<Integer> inputShape,
    Normaliser normaliser,
    Answer answer,
    float threshold,
    int numOutputs,
    List<String> classes,
    byte[] blankMetrics,
    String sha256,
    Reference reference,
    InputEncoding encoding)
    implements Serializable {

  /** Inputs up to this width have a mean for each of their numbers. */
  private static final int MAX_MEANS = 1024;

  public ModelFacts {
    inputShape = List.copyOf(inputShape);
    classes = List.copyOf(classes);
    require(
        answer != Answer.CLASSES || classes.isEmpty() || classes.size() == numOutputs,
        "the model gives %d numbers, but %d classes are named",
        numOutputs,
        classes.size());
  }

  /** Without reference and encoding. */
  public ModelFacts(
      List<Integer> inputShape,
      Normaliser normaliser,
      Answer answer,
      float threshold,
      int numOutputs,
      List<String> classes,
      byte[] blankMetrics,
      String sha256) {
    this(
        inputShape,
        normaliser,
        answer,
        threshold,
        numOutputs,
        classes,
        blankMetrics,
        sha256,
        null,
        null);
  }

  /** Numbers in one input. */
  public int inputWidth() {
    return inputShape.stream().reduce(1, Math::multiplyExact);
  }

  /** How many means are taken of the inputs: one for each number, or one where there are many. */
  public int numInputMeans() {
    return inputWidth() <= MAX_MEANS ? inputWidth() : 1;
  }

  /** Adds a raw input to the sums of which the means are taken. */
  public void addInput(double[] sums, float[] input) {
    if (sums.length == input.length) {
      for (int i = 0; i < input.length; i++) {
        sums[i] += input[i];
      }
    } else {
      sums[0] += mean(input);
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
    if (answer == Answer.TWO_CLASSES) {
      return numbers[0] > threshold ? 1 : 0;
    }
    if (answer != Answer.CLASSES) {
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
    return answer == Answer.TWO_CLASSES ? 2 : numOutputs;
  }

  /** Adds an answer: 1 to the class that it says, or its numbers. */
  public void addPrediction(double[] sums, float[] numbers) {
    int index = index(numbers);
    if (index >= 0) {
      sums[index]++;
      return;
    }
    for (int i = 0; i < numbers.length; i++) {
      sums[i] += answer == Answer.PROPERTIES ? numbers[i] > threshold ? 1 : 0 : numbers[i];
    }
  }

  /** The name of a class: its index where it has none. */
  public String className(int index) {
    return index < classes.size() ? classes.get(index) : String.valueOf(index);
  }
}
