package dev.braid.worker.torch.layer;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.layer.LayerPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How many steps each example of a padded tensor [size, time, ...] has: what a layer must know that
 * looks at more than one step. The steps behind an example's last are padding, and what stands
 * there is of no account.
 */
public final class Lengths {
  private final int[] steps;
  private final int time;
  private Tensor padding;
  private Tensor rows;
  private Tensor reversal;

  /**
   * @param steps of each example, at least 1
   * @param time to how many they are padded, at least the most of them
   */
  public Lengths(int[] steps, int time) {
    MiniBatch.requireSteps(steps, time);
    this.steps = steps;
    this.time = time;
  }

  /**
   * The lengths of a layer's result; null where that is not ragged.
   *
   * @param read those of what it reads, null where that is not ragged
   * @throws IllegalArgumentException where the layer cannot read these together
   */
  public static Lengths of(LayerPlan layer, Lengths[] read) {
    List<Lengths> ragged = Arrays.stream(read).filter(Objects::nonNull).toList();
    if (ragged.isEmpty()) {
      return null;
    }
    Lengths first = ragged.get(0);
    int[] steps =
        layer.layer().steps(layer.node(), ragged.stream().map(each -> each.steps).toList());
    if (steps == first.steps || !layer.shape().isRagged()) {
      return layer.shape().isRagged() ? first : null;
    }
    List<int[]> times = ragged.stream().map(each -> new int[] {each.time}).toList();
    return new Lengths(steps, layer.layer().steps(layer.node(), times)[0]);
  }

  /** To how many steps they are padded. */
  int time() {
    return time;
  }

  /** The steps of each example. */
  public int[] steps() {
    return steps;
  }

  /** Whether all examples have as many steps, so that nothing is padding. */
  boolean areFull() {
    return Arrays.stream(steps).allMatch(count -> count == time);
  }

  /** {@code x}, [size, time, ...], with {@code value} at the padding, whatever stood there. */
  Tensor fill(Tensor x, double value) {
    long[] shape = new long[Math.toIntExact(x.dim())];
    Arrays.fill(shape, 1);
    shape[0] = steps.length;
    shape[1] = time;
    return x.masked_fill(padding().view(shape), new Scalar(value));
  }

  /** Whether a step is padding, [size, time]. */
  Tensor padding() {
    if (padding == null) {
      Tensor places = torch.arange(new Scalar(time), new TensorOptions(ScalarType.Long));
      padding = places.unsqueeze(0).ge(tensor(steps).unsqueeze(1));
    }
    return padding;
  }

  /**
   * The mean over the steps of each example, [size, features].
   *
   * @param lengths null where none of the steps is padding
   */
  static Tensor mean(Tensor x, Lengths lengths) {
    return lengths == null ? x.mean(1) : lengths.mean(x);
  }

  private Tensor mean(Tensor x) {
    return fill(x, 0).sum(1).div(tensor(steps).to(x.scalar_type()).unsqueeze(1));
  }

  /** The last step of each example, [size, features]. */
  Tensor last(Tensor x) {
    int[] places = new int[steps.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = i * time + steps[i] - 1;
    }
    return flat(x).index_select(0, tensor(places));
  }

  /**
   * The last {@code count} steps of each example, [size, count, features].
   *
   * @param x [size, count + time, features]: as many steps more, before the first
   */
  Tensor last(Tensor x, int count) {
    int[] places = new int[steps.length * count];
    for (int i = 0; i < places.length; i++) {
      int example = i / count;
      places[i] = example * (count + time) + steps[example] + i % count;
    }
    return flat(x).index_select(0, tensor(places)).view(steps.length, count, x.size(2));
  }

  /** The steps of each example in the other direction; the padding stays where it is. */
  Tensor reverse(Tensor x) {
    if (reversal == null) {
      int[] places = new int[steps.length * time];
      for (int i = 0; i < places.length; i++) {
        int example = i / time;
        int step = i % time;
        places[i] = example * time + (step < steps[example] ? steps[example] - 1 - step : step);
      }
      reversal = tensor(places);
    }
    return flat(x).index_select(0, reversal).view(x.sizes());
  }

  /** All steps that are there, one after another: [steps, ...]. */
  Tensor present(Tensor x) {
    return flat(x).index_select(0, rows());
  }

  /** The inverse of {@link #present}: [size, time, ...], 0 at the padding. */
  Tensor spread(Tensor present) {
    long[] shape = present.sizes().vec().get();
    shape[0] = (long) steps.length * time;
    Tensor all = torch.zeros(shape, present.options()).index_copy(0, rows(), present);
    long[] result = new long[shape.length + 1];
    System.arraycopy(shape, 1, result, 2, shape.length - 1);
    result[0] = steps.length;
    result[1] = time;
    return all.view(result);
  }

  private Tensor rows() {
    if (rows == null) {
      int[] places = new int[Arrays.stream(steps).sum()];
      int next = 0;
      for (int i = 0; i < steps.length; i++) {
        for (int step = 0; step < steps[i]; step++) {
          places[next++] = i * time + step;
        }
      }
      rows = tensor(places);
    }
    return rows;
  }

  private static Tensor flat(Tensor x) {
    return x.flatten(0, 1);
  }

  private static Tensor tensor(int[] numbers) {
    Tensor tensor = torch.zeros(new long[] {numbers.length}, new TensorOptions(ScalarType.Long));
    tensor.data_ptr_long().put(Arrays.stream(numbers).asLongStream().toArray());
    return tensor;
  }
}
