package dev.braid.worker.inference;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.Normaliser;
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
    String sha256)
    implements Serializable {
  public ModelFacts {
    inputShape = List.copyOf(inputShape);
    classes = List.copyOf(classes);
    require(
        answer != Answer.CLASSES || classes.isEmpty() || classes.size() == numOutputs,
        "the model gives %d numbers, but %d classes are named",
        numOutputs,
        classes.size());
  }

  /** Numbers in one input. */
  public int inputWidth() {
    return inputShape.stream().reduce(1, Math::multiplyExact);
  }

  /** The name of a class: its index where it has none. */
  public String className(int index) {
    return index < classes.size() ? classes.get(index) : String.valueOf(index);
  }
}
