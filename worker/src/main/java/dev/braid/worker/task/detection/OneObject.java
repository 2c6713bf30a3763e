package dev.braid.worker.task.detection;

import static dev.braid.worker.function.Transcendental.exp;
import static dev.braid.worker.function.Transcendental.log;
import static dev.braid.worker.function.Transcendental.sigmoid;
import static dev.braid.worker.function.Transcendental.softplus;

import java.util.Arrays;

/**
 * The loss of a picture with one object or none. A network gives pc, numbers that say where the
 * object is, and one for each class: bx, by, bh, bw where it is a box (localisation), x and y of
 * each point where it is landmarks, which need no classes. With t what it computes and z where the
 * object is,
 *
 * <pre>
 *   object:      softplus(-t0) + sum of (t - z)^2 / 2 - log(softmax(t) of the class)
 *   no object:   softplus(t0)
 * </pre>
 *
 * so that without an object nothing but pc = sigmoid(t0) counts.
 */
final class OneObject {
  private OneObject() {}

  /**
   * The loss without an object.
   *
   * @param outputs t, {@code size} numbers from {@code from} on
   * @param share by which the gradient is multiplied before it is written
   * @param gradient receives it at the places of the outputs; null where nobody asks
   */
  static double ofNone(double[] outputs, int from, int size, double share, double[] gradient) {
    if (gradient != null) {
      Arrays.fill(gradient, from, from + size, 0);
      gradient[from] = share * sigmoid(outputs[from]);
    }
    return softplus(outputs[from]);
  }

  /**
   * The loss of an object.
   *
   * @param outputs t, {@code size} numbers from {@code from} on
   * @param where z, {@code numPlaces} numbers from {@code place} on
   * @param numPlaces how many of the outputs, behind the first, say where it is
   * @param label its class; of no meaning where the outputs have none
   */
  static double of(
      double[] outputs,
      int from,
      int size,
      float[] where,
      int place,
      int numPlaces,
      int label,
      double share,
      double[] gradient) {
    double sum = softplus(-outputs[from]);
    if (gradient != null) {
      gradient[from] = share * (sigmoid(outputs[from]) - 1);
    }
    for (int i = 0; i < numPlaces; i++) {
      double distance = outputs[from + 1 + i] - where[place + i];
      sum += distance * distance / 2;
      if (gradient != null) {
        gradient[from + 1 + i] = share * distance;
      }
    }
    int classes = from + 1 + numPlaces;
    return classes == from + size
        ? sum
        : sum + ofClass(outputs, classes, from + size, label, share, gradient);
  }

  private static double ofClass(
      double[] outputs, int begin, int end, int label, double share, double[] gradient) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = begin; i < end; i++) {
      max = Math.max(max, outputs[i]);
    }
    double sum = 0;
    for (int i = begin; i < end; i++) {
      sum += exp(outputs[i] - max);
    }
    for (int i = begin; gradient != null && i < end; i++) {
      gradient[i] = share * (exp(outputs[i] - max) / sum - (i == begin + label ? 1 : 0));
    }
    return max + log(sum) - outputs[begin + label];
  }
}
