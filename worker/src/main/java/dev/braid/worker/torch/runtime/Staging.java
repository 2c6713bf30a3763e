package dev.braid.worker.torch.runtime;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * A native tensor that mini-batches are copied into, kept from one to the next while their size
 * stays.
 */
public final class Staging implements AutoCloseable {
  private final Precision precision;
  private Tensor tensor;
  private int length = -1;

  public Staging(Precision precision) {
    this.precision = precision;
  }

  /**
   * A tensor with a copy of {@code values}, valid until the next call.
   *
   * @param shape whose product is the number of values
   */
  public Tensor load(float[] values, long[] shape) {
    if (values.length != length) {
      close();
      tensor = torch.zeros(shape, new TensorOptions(precision.type()));
      tensor.retainReference();
      length = values.length;
    }
    precision.write(tensor, 0, values, 0, values.length);
    return tensor.view(shape); // as many numbers may be in other shapes from one to the next
  }

  @Override
  public void close() {
    if (tensor != null) {
      tensor.releaseReference();
      tensor = null;
    }
  }
}
