package dev.braid.worker.dl4j.network;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.dl4j.nd4j.Free;
import dev.braid.worker.shape.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How the rows of a mini-batch become the arrays DL4J takes: sequences [time, features] are laid
 * out as [features, time], classes become 0s and a 1, and a missing label a 0 in a mask. A time
 * step whose features are all NaN is not there: a 0 in the input's mask.
 *
 * @param inputs one for each
 * @param outputs one for each
 */
public record BatchArrays(List<Input> inputs, List<Labels> outputs) implements Serializable {
  public BatchArrays {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * How one input is read.
   *
   * @param shape of one example
   * @param channelsLast whether DL4J takes images as [height, width, channels] and sequences as
   *     [time, features]
   */
  public record Input(Shape shape, boolean channelsLast) implements Serializable {}

  /** How DL4J takes a label. */
  public enum Form {
    /** The index of a class at each position becomes 0s and a 1. */
    ONE_HOT,
    /** The index of a class at each position stays one. */
    INDEX,
    /** One number for each number of the output. */
    NUMBERS
  }

  /**
   * How the labels of one output are written.
   *
   * @param shape of what the output gives for one example, or of its label where DL4J takes one of
   *     another shape
   * @param form how DL4J takes them
   * @param channelsLast see {@link Input}
   * @param boxes how boxes that the output gives become one label; null where it gives none
   */
  public record Labels(Shape shape, Form form, boolean channelsLast, YoloBoxes boxes)
      implements Serializable {}

  /** The mini-batch as DL4J takes it; without labels where the mini-batch has none. */
  public MultiDataSet of(MiniBatch batch) {
    INDArray[] featureMasks = featureMasks(batch);
    INDArray[] features = features(batch);
    if (batch.labels() == null || batch.labels().length == 0) {
      return new MultiDataSet(features, null, featureMasks, null);
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
    return new MultiDataSet(features, labels, featureMasks, masked ? masks : null);
  }

  /** The inputs as DL4J takes them; 0 where a number is missing. */
  public INDArray[] features(MiniBatch batch) {
    INDArray[] features = new INDArray[inputs.size()];
    for (int i = 0; i < features.length; i++) {
      Shape shape = inputs.get(i).shape();
      float[] values = batch.inputs()[i];
      require(
          values.length == batch.size() * shape.size(),
          "input %d needs %s, that is %d numbers an example, got %d for %d examples",
          i + 1,
          shape,
          shape.size(),
          values.length,
          batch.size());
      features[i] = array(values, shape, batch.size(), inputs.get(i).channelsLast());
    }
    return features;
  }

  /** Per input 1 for each time step that is there and 0 for the others; null if all are. */
  private INDArray[] featureMasks(MiniBatch batch) {
    INDArray[] masks = new INDArray[inputs.size()];
    boolean masked = false;
    for (int i = 0; i < masks.length; i++) {
      Shape shape = inputs.get(i).shape();
      if (shape.rank() == 2) {
        masks[i] = timeMask(batch.inputs()[i], shape, batch.size());
        masked |= masks[i] != null;
      }
    }
    return masked ? masks : null;
  }

  /** Also makes the missing numbers 0. */
  private static INDArray timeMask(float[] values, Shape shape, int size) {
    int width = shape.channels();
    float[] mask = new float[values.length / width];
    boolean missing = false;
    for (int step = 0; step < mask.length; step++) {
      boolean there = false;
      for (int i = step * width; i < (step + 1) * width; i++) {
        there |= !Float.isNaN(values[i]);
      }
      mask[step] = there ? 1 : 0;
      missing |= !there;
      if (!there) {
        Arrays.fill(values, step * width, (step + 1) * width, 0);
      }
    }
    return missing ? Nd4j.create(mask, new long[] {size, mask.length / size}) : null;
  }

  private static INDArray labels(Labels output, float[] values, int size) {
    float[] numbers =
        output.form() == Form.ONE_HOT ? oneHot(output.shape(), values) : values.clone();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Float.isNaN(numbers[i]) ? 0 : numbers[i];
    }
    Shape shape = output.form() == Form.INDEX ? oneUnit(output.shape()) : output.shape();
    return array(numbers, shape, size, output.channelsLast());
  }

  private static Shape oneUnit(Shape shape) {
    List<Integer> sizes = new ArrayList<>(shape.sizes());
    sizes.set(shape.channelAxis(), 1);
    return new Shape(sizes);
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
    boolean ofNumbers = output.form() == Form.NUMBERS && output.shape().rank() > 1;
    float[] used = ofNumbers ? stepMask(mask, output.shape()) : mask;
    return Nd4j.create(used, new long[] {size, used.length / size});
  }

  /** DL4J's masks have one number for a time step, however many the step has. */
  private static float[] stepMask(float[] mask, Shape shape) {
    int width = shape.channels();
    float[] steps = new float[mask.length / width];
    for (int i = 0; i < mask.length; i++) {
      int step = i / width;
      steps[step] = i % width == 0 ? mask[i] : steps[step];
      require(
          shape.rank() == 2 && mask[i] == steps[step],
          "a label is missing in an output of %s: engine dl4j knows only whole time steps that are"
              + " missing",
          shape);
    }
    return steps;
  }

  /** Rows as an array; time of sequences goes to the end. */
  private static INDArray array(float[] values, Shape shape, int size, boolean channelsLast) {
    long[] sizes = new long[shape.rank() + 1];
    sizes[0] = size;
    for (int i = 0; i < shape.rank(); i++) {
      sizes[i + 1] = shape.sizes().get(i);
    }
    INDArray rows = Nd4j.create(values, sizes, 'c');
    if (shape.rank() == 2 && !channelsLast) {
      return transposed(rows, 'f', 0, 2, 1);
    }
    return shape.rank() == 3 && channelsLast ? transposed(rows, 'c', 0, 2, 3, 1) : rows;
  }

  private static INDArray transposed(INDArray rows, char order, int... axes) {
    INDArray transposed = rows.permute(axes).dup(order);
    Free.arrays(rows);
    return transposed;
  }

  /** What a network of these outputs gives: one row an example. */
  public float[][] outputRows(INDArray[] arrays) {
    float[][] rows = new float[arrays.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row(arrays[i], outputs.get(i).channelsLast());
      if (outputs.get(i).boxes() != null) {
        rows[i] = outputs.get(i).boxes().asLabels(rows[i], outputs.get(i).shape());
      }
    }
    return rows;
  }

  private static float[] row(INDArray output, boolean channelsLast) {
    if (output.rank() == 3 && !channelsLast) {
      return output.permute(0, 2, 1).dup('c').data().asFloat();
    }
    INDArray rows = output.rank() == 4 && channelsLast ? output.permute(0, 3, 1, 2) : output;
    return rows.dup('c').data().asFloat();
  }
}
