package dev.braid.worker.torch.runtime;

import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** In which numbers a network computes: float to train, double to check gradients. */
public enum Precision {
  /** 32 bits. */
  FLOAT(ScalarType.Float) {
    @Override
    public void write(Tensor tensor, long at, float[] values, int from, int length) {
      tensor.data_ptr_float().position(at).put(values, from, length);
    }

    @Override
    public void read(Tensor tensor, long at, float[] values, int from, int length) {
      tensor.data_ptr_float().position(at).get(values, from, length);
    }

    @Override
    public void read(Tensor tensor, double[] values, int length, float[] between) {
      tensor.data_ptr_float().get(between, 0, length);
      for (int i = 0; i < length; i++) {
        values[i] = between[i];
      }
    }

    @Override
    public void write(Tensor tensor, double[] values, int length, float[] between) {
      for (int i = 0; i < length; i++) {
        between[i] = (float) values[i];
      }
      tensor.data_ptr_float().put(between, 0, length);
    }
  },
  /** 64 bits. */
  DOUBLE(ScalarType.Double) {
    @Override
    public void write(Tensor tensor, long at, float[] values, int from, int length) {
      double[] wide = new double[length];
      for (int i = 0; i < length; i++) {
        wide[i] = values[from + i];
      }
      tensor.data_ptr_double().position(at).put(wide);
    }

    @Override
    public void read(Tensor tensor, long at, float[] values, int from, int length) {
      double[] wide = new double[length];
      tensor.data_ptr_double().position(at).get(wide);
      for (int i = 0; i < length; i++) {
        values[from + i] = (float) wide[i];
      }
    }

    @Override
    public void read(Tensor tensor, double[] values, int length, float[] between) {
      tensor.data_ptr_double().get(values, 0, length);
    }

    @Override
    public void write(Tensor tensor, double[] values, int length, float[] between) {
      tensor.data_ptr_double().put(values, 0, length);
    }
  };

  private final ScalarType type;

  Precision(ScalarType type) {
    this.type = type;
  }

  /** What libtorch calls these numbers. */
  public ScalarType type() {
    return type;
  }

  /** Copies values into a contiguous tensor of this precision from its element {@code at} on. */
  public abstract void write(Tensor tensor, long at, float[] values, int from, int length);

  /** Copies elements of a contiguous tensor of this precision, from {@code at} on. */
  public abstract void read(Tensor tensor, long at, float[] values, int from, int length);

  /**
   * Copies the first {@code length} elements of a contiguous tensor of this precision.
   *
   * @param between room for as many floats, where this precision needs it
   */
  public abstract void read(Tensor tensor, double[] values, int length, float[] between);

  /** Copies values into the first {@code length} elements of a contiguous tensor. */
  public abstract void write(Tensor tensor, double[] values, int length, float[] between);

  /** The numbers of a tensor of this precision, row-major. */
  public float[] numbers(Tensor tensor) {
    float[] numbers = new float[Math.toIntExact(tensor.numel())];
    read(tensor.contiguous(), 0, numbers, 0, numbers.length);
    return numbers;
  }

  /** The sizes of a mini-batch: [size, shape...]. */
  public static long[] batched(int size, List<Integer> shape) {
    LongStream sizes = shape.stream().mapToLong(Integer::longValue);
    return LongStream.concat(LongStream.of(size), sizes).toArray();
  }
}
