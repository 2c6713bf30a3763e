package dev.braid.worker.torch;

import static dev.braid.worker.Check.require;

import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.torch.runtime.Precision;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The labels of one output for one mini-batch as libtorch takes them.
 *
 * @param values class indices (64-bit, {@link #MISSING} where missing) or numbers (0 where missing)
 * @param mask 1 where a label is present, 0 where it is missing, one for each number the loss
 *     averages over; null when none is missing
 * @param numPresent how many are present
 * @param weights of the labels, one for each number the loss averages over; null where all weigh
 *     the same
 */
public record Targets(Tensor values, Tensor mask, int numPresent, Tensor weights) {
  Targets(Tensor values, Tensor mask, int numPresent) {
    this(values, mask, numPresent, null);
  }

  /**
   * The same with weights.
   *
   * @param labelWeights one for each label, 0 where it is missing
   */
  public Targets weighted(float[] labelWeights, Precision precision) {
    long[] shape = {labelWeights.length};
    return new Targets(values, mask, numPresent, tensor(labelWeights, shape, precision));
  }

  /** Stands for a missing class. */
  static final long MISSING = -100;

  /** Takes over {@code labels}, [size x labelWidth], NaN where missing. */
  public static Targets of(OutputPlan output, float[] labels, int size, Precision precision) {
    int width = size * output.labelWidth();
    require(
        output.isAlongTime() ? labels.length % width == 0 : labels.length == width,
        "output '%s' needs %d numbers in an example's label, got %d for %d examples",
        output.name(),
        output.labelWidth(),
        labels.length,
        size);
    return switch (output.labels()) {
      case CLASS_INDEX -> classes(output, labels, size);
      case ONE_HOT -> numbers(output, oneHot(output, labels, size), size, precision);
      case NUMBERS -> numbers(output, labels, size, precision);
    };
  }

  private static Targets classes(OutputPlan output, float[] labels, int size) {
    long[] indices = new long[labels.length];
    int present = 0;
    for (int i = 0; i < labels.length; i++) {
      indices[i] = Float.isNaN(labels[i]) ? MISSING : classOf(output, labels[i]);
      present += indices[i] == MISSING ? 0 : 1;
    }
    long[] shape =
        output.shape().rank() <= 2
            ? new long[] {labels.length}
            : shape(size, output.shape().spatial().stream().mapToLong(Integer::longValue));
    Tensor tensor = torch.zeros(shape, new TensorOptions(ScalarType.Long));
    tensor.data_ptr_long().put(indices);
    return new Targets(tensor, null, present);
  }

  private static int classOf(OutputPlan output, float label) {
    int index = (int) label;
    require(
        index == label && index >= 0 && index < output.numUnits(),
        "label %s of output '%s' is not a class: its %d units stand for 0 to %d",
        label,
        output.name(),
        output.numUnits(),
        output.numUnits() - 1);
    return index;
  }

  /** 1 for the class of each position and 0 for the others, laid out like the output's shape. */
  private static float[] oneHot(OutputPlan output, float[] labels, int size) {
    int positions = labels.length / size;
    int units = output.numUnits();
    boolean channelsFirst = output.shape().rank() > 2;
    float[] numbers = new float[size * positions * units];
    for (int i = 0; i < labels.length; i++) {
      for (int unit = 0; unit < units; unit++) {
        int at =
            channelsFirst
                ? (i / positions * units + unit) * positions + i % positions
                : i * units + unit;
        boolean missing = Float.isNaN(labels[i]);
        numbers[at] = missing ? Float.NaN : classOf(output, labels[i]) == unit ? 1 : 0;
      }
    }
    return numbers;
  }

  private static Targets numbers(OutputPlan output, float[] labels, int size, Precision precision) {
    float[] values = labels.clone();
    float[] mask = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      boolean missing = Float.isNaN(labels[i]);
      values[i] = missing ? 0 : labels[i];
      mask[i] = missing ? 0 : 1;
    }
    if (output.loss().isOverVectors()) {
      mask = maskOfVectors(output, mask, size);
    }
    int present = 0;
    for (float m : mask) {
      present += (int) m;
    }
    Shape example =
        output.isAlongTime()
            ? output.shape().at(labels.length / (size * output.labelWidth()))
            : output.shape();
    long[] shape = shape(size, example.sizes().stream().mapToLong(Integer::longValue));
    return new Targets(
        tensor(values, shape, precision),
        present == mask.length ? null : tensor(mask, new long[] {mask.length}, precision),
        present);
  }

  /** 1 for each position whose numbers are all present. */
  private static float[] maskOfVectors(OutputPlan output, float[] mask, int size) {
    int units = output.numUnits();
    int positions = mask.length / (size * units);
    boolean channelsFirst = output.shape().rank() > 2;
    float[] result = new float[size * positions];
    Arrays.fill(result, 1);
    for (int i = 0; i < mask.length; i++) {
      int position =
          channelsFirst ? i / (units * positions) * positions + i % positions : i / units;
      result[position] = Math.min(result[position], mask[i]);
    }
    return result;
  }

  private static Tensor tensor(float[] values, long[] shape, Precision precision) {
    Tensor tensor = torch.zeros(shape, new TensorOptions(precision.type()));
    precision.write(tensor, 0, values, 0, values.length);
    return tensor;
  }

  private static long[] shape(int size, LongStream sizes) {
    return LongStream.concat(LongStream.of(size), sizes).toArray();
  }
}
