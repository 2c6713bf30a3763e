package dev.braid.worker.dl4j.conversion;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.dl4j.nd4j.DataSets;
import dev.braid.worker.dl4j.nd4j.Free;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.shape.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * DL4J's mini-batches as rows of numbers, one array for each of the features and then of the
 * labels, as Braid's own networks read them: sequences are [time, features] there.
 *
 * @param input shape of the network's one input
 * @param outputs in the order of the labels
 */
public record LabelledRows(Shape input, List<OutputPlan> outputs) implements Serializable {
  public LabelledRows {
    outputs = List.copyOf(outputs);
  }

  static LabelledRows of(NetworkPlan plan) {
    return new LabelledRows(plan.inputs().values().iterator().next(), plan.outputs());
  }

  /** A mini-batch out of its bytes (see {@link DataSets}), which must have no masks. */
  public static float[][] read(byte[] bytes) {
    MultiDataSet batch = decoded(bytes);
    List<float[]> rows = new ArrayList<>();
    for (INDArray[] group : List.of(batch.getFeatures(), labels(batch))) {
      for (INDArray array : group) {
        rows.add(rows(array));
      }
    }
    Free.batch(batch);
    return rows.toArray(float[][]::new);
  }

  private static MultiDataSet decoded(byte[] bytes) {
    return DataSets.isMulti(bytes)
        ? DataSets.decodeMulti(bytes)
        : DataSets.decode(bytes).toMultiDataSet();
  }

  private static INDArray[] labels(MultiDataSet batch) {
    return batch.getLabels() == null ? new INDArray[0] : batch.getLabels();
  }

  private static float[] rows(INDArray array) {
    INDArray ordered = array.rank() == 3 ? array.permute(0, 2, 1) : array;
    INDArray typed =
        ordered.dataType() == DataType.FLOAT ? ordered : ordered.castTo(DataType.FLOAT);
    INDArray dense = typed.dup('c');
    float[] rows = dense.data().asFloat();
    Free.arrays(dense);
    return rows;
  }

  /**
   * What a mini-batch is made of: the number of features' and of labels' arrays, 1 where there are
   * masks, then for each array its rank and the sizes of one example, then for each array of labels
   * 1 where every vector of it is a 1 among 0s.
   */
  public static int[] form(byte[] bytes) {
    MultiDataSet batch = decoded(bytes);
    INDArray[] labels = labels(batch);
    List<Integer> form = new ArrayList<>();
    form.add(batch.getFeatures().length);
    form.add(labels.length);
    form.add(batch.hasMaskArrays() ? 1 : 0);
    for (INDArray[] group : List.of(batch.getFeatures(), labels)) {
      for (INDArray array : group) {
        List<Integer> sizes = sizes(array);
        form.add(sizes.size());
        form.addAll(sizes);
      }
    }
    for (INDArray array : labels) {
      form.add(isOneHot(rows(array), (int) array.size(1)) ? 1 : 0);
    }
    Free.batch(batch);
    return form.stream().mapToInt(Integer::intValue).toArray();
  }

  private static boolean isOneHot(float[] numbers, int units) {
    for (int from = 0; from < numbers.length; from += units) {
      int ones = 0;
      for (int i = from; i < from + units; i++) {
        if (numbers[i] != 0 && numbers[i] != 1) {
          return false;
        }
        ones += (int) numbers[i];
      }
      if (ones != 1) {
        return false;
      }
    }
    return true;
  }

  private static List<Integer> sizes(INDArray array) {
    List<Integer> sizes = new ArrayList<>();
    for (int i = 1; i < array.rank(); i++) {
      sizes.add(Math.toIntExact(array.size(i)));
    }
    if (sizes.size() == 2) {
      sizes.add(sizes.remove(0)); // [features, time] is [time, features] here
    }
    return sizes;
  }

  /**
   * Shape of one example's features in a {@link #form}.
   *
   * @throws IllegalArgumentException when it is none that engine torch reads
   */
  public static Shape input(int[] form) {
    require(
        form[0] == 1,
        "mini-batches have %d arrays of features; engine torch takes one: leave"
            + " engine(Engine.TORCH) away",
        form[0]);
    require(
        form[2] == 0,
        "mini-batches have masks, which engine torch does not take; leave engine(Engine.TORCH)"
            + " away");
    require(form[3] > 0, "mini-batches have features without a second dimension");
    return new Shape(sizes(form, 0));
  }

  private static List<Integer> sizes(int[] form, int number) {
    int at = 3;
    for (int i = 0; i < number; i++) {
      at += form[at] + 1;
    }
    List<Integer> sizes = new ArrayList<>();
    for (int i = at + 1; i <= at + form[at]; i++) {
      sizes.add(form[i]);
    }
    return sizes;
  }

  /**
   * Does nothing when mini-batches of this {@link #form} are the network's.
   *
   * @throws IllegalArgumentException when they are not
   */
  public void requireFit(int[] form) {
    Shape features = input(form);
    require(
        features.size() == input.size(),
        "an example's features are %s, but the network reads %s of all; for sequences of different"
            + " lengths leave engine(Engine.TORCH) away",
        features,
        input);
    require(
        form[1] == outputs.size(),
        "mini-batches have %d arrays of labels, but the network has %d outputs",
        form[1],
        outputs.size());
    for (int i = 0; i < outputs.size(); i++) {
      List<Integer> label = sizes(form, i + 1);
      int size = label.stream().reduce(1, Math::multiplyExact);
      require(
          size == outputs.get(i).shape().size(),
          "an example's labels are %s, but output '%s' gives %s",
          label,
          outputs.get(i).name(),
          outputs.get(i).shape());
      boolean classes = outputs.get(i).labels() == OutputPlan.Labels.CLASS_INDEX;
      require(
          !classes || form[form.length - form[1] + i] == 1,
          "output '%s' has labels that are not one class, a 1 among 0s, which engine torch needs;"
              + " leave engine(Engine.TORCH) away",
          outputs.get(i).name());
    }
  }

  /** A mini-batch whose form fits, as the network's replicas take it. */
  public MiniBatch miniBatch(float[][] rows) {
    int size = rows[0].length / input.size();
    float[][] labels = new float[outputs.size()][];
    for (int i = 0; i < labels.length; i++) {
      float[] numbers = rows[i + 1];
      labels[i] =
          outputs.get(i).labels() == OutputPlan.Labels.CLASS_INDEX
              ? classes(outputs.get(i), numbers)
              : numbers;
    }
    return new MiniBatch(size, new float[][] {rows[0]}, labels);
  }

  /** Which of an output's units is the 1 among 0s. */
  private static float[] classes(OutputPlan output, float[] numbers) {
    int units = output.numUnits();
    float[] classes = new float[numbers.length / units];
    for (int i = 0; i < classes.length; i++) {
      int unit = 0;
      while (numbers[i * units + unit] != 1) {
        unit++;
      }
      classes[i] = unit;
    }
    return classes;
  }
}
