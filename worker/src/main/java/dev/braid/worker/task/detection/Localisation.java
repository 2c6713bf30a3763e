package dev.braid.worker.task.detection;

import static dev.braid.worker.Check.require;
import static dev.braid.worker.function.Transcendental.exp;
import static dev.braid.worker.function.Transcendental.sigmoid;

import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.LossBatch;
import java.util.Arrays;

/**
 * The loss of pictures with one object at most: pc, bx, by, bh, bw in shares of the picture and the
 * classes, of which nothing but pc counts where there is no object (see {@link OneObject}); the
 * mean over pictures. Of several objects the first counts.
 */
public record Localisation() implements Loss {
  private static final int PLACES = 4;

  @Override
  public String name() {
    return "localisation";
  }

  @Override
  public Labels labels() {
    return Labels.OBJECTS;
  }

  @Override
  public int unitsFor(int numClasses) {
    return Yolo.BEFORE_CLASSES + numClasses;
  }

  @Override
  public double of(LossBatch batch) {
    requireOnePosition(batch);
    double weights = 0;
    for (int i = 0; i < batch.size(); i++) {
      weights += weight(batch, i);
    }
    double sum = 0;
    for (int i = 0; i < batch.size(); i++) {
      double weight = weight(batch, i);
      if (weight > 0) {
        sum += weight * ofExample(batch, i, weight / weights);
      } else if (batch.gradient() != null) {
        Arrays.fill(batch.gradient(), i * batch.units(), (i + 1) * batch.units(), 0);
      }
    }
    return weights > 0 ? sum / weights : 0;
  }

  private static void requireOnePosition(LossBatch batch) {
    require(
        batch.steps() == 1,
        "localisation answers once for a picture, not at %d positions; flatten, or pool over them",
        batch.steps());
  }

  private static double weight(LossBatch batch, int example) {
    return BoxLabel.isPresent(batch.labels(), example * batch.labelWidth())
        ? batch.exampleWeight(example)
        : 0;
  }

  private static double ofExample(LossBatch batch, int example, double share) {
    int size = batch.units();
    int from = example * size;
    int label = example * batch.labelWidth();
    return BoxLabel.count(batch.labels(), label) == 0
        ? OneObject.ofNone(batch.outputs(), from, size, share, batch.gradient())
        : OneObject.of(
            batch.outputs(),
            from,
            size,
            batch.labels(),
            BoxLabel.place(label),
            PLACES,
            BoxLabel.classOf(batch.labels(), label, 0),
            share,
            batch.gradient());
  }

  @Override
  public boolean answers() {
    return true;
  }

  /** Makes pc, bx, by, bh, bw and the classes' probabilities of each picture. */
  @Override
  public void answer(LossBatch batch) {
    requireOnePosition(batch);
    double[] outputs = batch.outputs();
    for (int i = 0; i < batch.size(); i++) {
      int from = i * batch.units();
      outputs[from] = sigmoid(outputs[from]);
      softmaxInPlace(outputs, from + Yolo.BEFORE_CLASSES, from + batch.units());
    }
  }

  private static void softmaxInPlace(double[] numbers, int begin, int end) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = begin; i < end; i++) {
      max = Math.max(max, numbers[i]);
    }
    double sum = 0;
    for (int i = begin; i < end; i++) {
      numbers[i] = exp(numbers[i] - max);
      sum += numbers[i];
    }
    for (int i = begin; i < end; i++) {
      numbers[i] /= sum;
    }
  }
}
