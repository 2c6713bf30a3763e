package dev.braid.worker.dl4j;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.layer.Shape;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How the rows of a mini-batch become the arrays DL4J takes: sequences [time, features] are laid
 * out as [features, time], classes become 0s and a 1, and a missing label a 0 in a mask.
 *
 * @param inputs shape of one example of each input
 * @param outputs of each output
 */
public record BatchArrays(List<Shape> inputs, List<Labels> outputs) implements Serializable {
  public BatchArrays {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * How the labels of one output are written.
   *
   * @param shape of what the output gives for one example
   * @param classes whether a label is the index of a class at each position, else it is one number
   *     for each number of the output
   */
  public record Labels(Shape shape, boolean classes) implements Serializable {
    /** Vectors over the units that one example gives. */
    int numPositions() {
      return shape.size() / shape.channels();
    }
  }

  /** The mini-batch as DL4J takes it; without labels where the mini-batch has none. */
  MultiDataSet of(MiniBatch batch) {
    INDArray[] features = features(batch);
    if (batch.labels() == null || batch.labels().length == 0) {
      return new MultiDataSet(features, null);
    }
    INDArray[] labels = new INDArray[outputs.size()];
    INDArray[] masks = new INDArray[outputs.size()];
    boolean masked = false;
    for (int i = 0; i < labels.length; i++) {
      float[] values = batch.labels()[i];
      labels[i] = labels(outputs.get(i), values, batch.size());
      masks[i] = mask(outputs.get(i), values, batch.size());
      masked |= masks[i] != null;
    }
    return new MultiDataSet(features, labels, null, masked ? masks : null);
  }

  /** The inputs as DL4J takes them. */
  INDArray[] features(MiniBatch batch) {
    INDArray[] features = new INDArray[inputs.size()];
    for (int i = 0; i < features.length; i++) {
      Shape shape = inputs.get(i);
      float[] values = batch.inputs()[i];
      require(
          values.length == batch.size() * shape.size(),
          "input %d needs %s, that is %d numbers an example, got %d for %d examples",
          i + 1,
          shape,
          shape.size(),
          values.length,
          batch.size());
      features[i] = array(values, shape, batch.size());
    }
    return features;
  }

  private static INDArray labels(Labels output, float[] values, int size) {
    float[] numbers = output.classes() ? oneHot(output.shape(), values) : values.clone();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Float.isNaN(numbers[i]) ? 0 : numbers[i];
    }
    return array(numbers, output.shape(), size);
  }

  /** 1 for the class of each position and 0 for the others, laid out like the output's shape. */
  static float[] oneHot(Shape shape, float[] classes) {
    int units = shape.channels();
    int positions = shape.size() / units;
    boolean channelsFirst = shape.rank() > 2;
    float[] numbers = new float[classes.length * units];
    for (int i = 0; i < classes.length; i++) {
      if (Float.isNaN(classes[i])) {
        continue;
      }
      int unit = (int) classes[i];
      require(
          unit == classes[i] && unit >= 0 && unit < units,
          "label %s is not a class: the output's %d units stand for 0 to %d",
          classes[i],
          units,
          units - 1);
      int at =
          channelsFirst
              ? (i / positions * units + unit) * positions + i % positions
              : i * units + unit;
      numbers[at] = 1;
    }
    return numbers;
  }

  /** 1 where a label is present, [size x positions] or one for each number; null if all are. */
  private static INDArray mask(Labels output, float[] values, int size) {
    float[] mask = new float[values.length];
    boolean missing = false;
    for (int i = 0; i < values.length; i++) {
      mask[i] = Float.isNaN(values[i]) ? 0 : 1;
      missing |= mask[i] == 0;
    }
    if (!missing) {
      return null;
    }
    boolean perNumber = !output.classes();
    require(
        !perNumber || output.shape().rank() == 1,
        "a label is missing in an output of %s: engine dl4j knows no missing numbers in sequences",
        output.shape());
    return Nd4j.create(mask, new long[] {size, values.length / size});
  }

  /** Rows as an array; time of sequences goes to the end. */
  static INDArray array(float[] values, Shape shape, int size) {
    long[] sizes = new long[shape.rank() + 1];
    sizes[0] = size;
    for (int i = 0; i < shape.rank(); i++) {
      sizes[i + 1] = shape.sizes().get(i);
    }
    INDArray rows = Nd4j.create(values, sizes, 'c');
    return shape.rank() == 2 ? rows.permute(0, 2, 1).dup('f') : rows;
  }

  /** The inverse for what a network gives: one row an example. */
  static float[][] rows(INDArray[] outputs) {
    return Arrays.stream(outputs).map(BatchArrays::row).toArray(float[][]::new);
  }

  private static float[] row(INDArray output) {
    INDArray rows = output.rank() == 3 ? output.permute(0, 2, 1) : output;
    return rows.dup('c').data().asFloat();
  }
}
