package dev.braid.worker.dl4j.conversion;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.dl4j.network.BatchArrays;
import dev.braid.worker.dl4j.network.BatchArrays.Form;
import dev.braid.worker.loss.Cosine;
import dev.braid.worker.loss.Hinge;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.MeanAbsolute;
import dev.braid.worker.loss.MeanSquared;
import dev.braid.worker.loss.SquaredHinge;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.OutputPlan.Labels;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The labels of one output as DL4J takes them, and what its loss is to be multiplied with to become
 * ours: DL4J adds up the losses of time steps, and of the units for some losses, and divides by the
 * examples; ours is a mean over the labels present.
 */
record Target(OutputPlan output) {

  /** Numbers for each position and unit, 0 where missing. */
  INDArray labels(float[] labels, int size) {
    require(
        labels.length == size * output.labelWidth(),
        "output '%s' needs %d numbers in an example's label, got %d for %d examples",
        output.name(),
        output.labelWidth(),
        labels.length,
        size);
    boolean numbers = output.labels() == Labels.NUMBERS;
    BatchArrays.Labels written =
        new BatchArrays.Labels(output.shape(), numbers ? Form.NUMBERS : Form.ONE_HOT, false, null);
    float[][] values = {numbers ? numbers(labels) : labels};
    return new BatchArrays(List.of(), List.of(written))
        .of(new MiniBatch(size, new float[0][], values))
        .getLabels(0);
  }

  private float[] numbers(float[] labels) {
    float[] numbers = labels.clone();
    Loss loss = output.loss();
    boolean signs = loss.equals(new Hinge()) || loss.equals(new SquaredHinge());
    for (int i = 0; i < numbers.length; i++) {
      float number = Float.isNaN(numbers[i]) ? 0 : numbers[i];
      numbers[i] = signs ? (number > 0 ? 1 : -1) : number;
    }
    return numbers;
  }

  /** 0 where a label is missing, for each position or number, or null where none is. */
  INDArray mask(float[] labels, int size) {
    boolean[] present = present(labels);
    if (count(present) == present.length) {
      return null;
    }
    boolean overNumbers = present.length > size * output.numPositions();
    require(
        !overNumbers || output.shape().rank() == 1,
        "output '%s': DL4J knows no missing numbers in sequences",
        output.name());
    float[] mask = new float[present.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = present[i] ? 1 : 0;
    }
    return Nd4j.create(mask, new long[] {size, mask.length / size}, 'c');
  }

  /** What DL4J's loss, a sum divided by the examples, is to be multiplied with. */
  double factor(float[] labels, int size) {
    boolean[] present = present(labels);
    double share =
        isMeanOverUnits() && present.length > size * output.numPositions() ? output.numUnits() : 1;
    int count = count(present);
    return count == 0 ? 0 : output.settings().weight() * size * share / count;
  }

  private boolean isMeanOverUnits() {
    Loss loss = output.loss();
    return loss.equals(new MeanSquared()) || loss.equals(new MeanAbsolute());
  }

  /** What our loss has more than DL4J's: 1 - cosine against - cosine. */
  double constant(float[] labels) {
    boolean cosine = output.loss().equals(new Cosine());
    return cosine && count(present(labels)) > 0 ? output.settings().weight() : 0;
  }

  /** For each label that the loss averages over, whether it is there. */
  private boolean[] present(float[] labels) {
    boolean vectors = output.loss().isOverVectors() && output.labels() == Labels.NUMBERS;
    int width = vectors ? output.numUnits() : 1;
    boolean oneHot = output.labels() == Labels.ONE_HOT;
    boolean[] present = new boolean[labels.length / width];
    Arrays.fill(present, true);
    for (int i = 0; i < labels.length; i++) {
      present[i / width] &= !Float.isNaN(labels[i]);
    }
    if (!oneHot || output.loss().isOverVectors()) {
      return present;
    }
    boolean[] numbers = new boolean[present.length * output.numUnits()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = present[i / output.numUnits()];
    }
    return numbers;
  }

  private static int count(boolean[] present) {
    int count = 0;
    for (boolean there : present) {
      count += there ? 1 : 0;
    }
    return count;
  }
}
