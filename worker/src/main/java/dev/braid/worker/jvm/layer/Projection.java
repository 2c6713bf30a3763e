package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.Matrix;
import dev.braid.worker.kernel.PackedMatrix;

/** y = x W' + b for each row of x, where W and b are tensors of a layer, or parts of such. */
final class Projection {
  /** Numbers of a weight that is packed for good: 4 MB. */
  private static final int MAX_PACKED = 1 << 20;

  /**
   * Where numbers lie in the tensors of a layer.
   *
   * @param tensor the tensor's number
   * @param at how many of its numbers come before
   */
  record Part(int tensor, int at) {
    /** A whole tensor. */
    static Part of(int tensor) {
      return new Part(tensor, 0);
    }
  }

  private final KernelSet kernels;
  private final Part weightAt;
  private final Part biasAt;
  private final int from;
  private final int to;
  private final Floats bias = new Floats();
  private final Matrix biases = new Matrix();
  private final Matrix rows = new Matrix();
  private final Matrix results = new Matrix();
  private final Matrix weight = new Matrix();
  private final Matrix transposed = new Matrix();
  private final PackedMatrix packed = new PackedMatrix();
  private int packedVersion;

  /**
   * @param biasAt null for none
   * @param from numbers in a row of x
   * @param to numbers in a row of y
   */
  Projection(KernelSet kernels, Part weightAt, Part biasAt, int from, int to) {
    this.kernels = kernels;
    this.weightAt = weightAt;
    this.biasAt = biasAt;
    this.from = from;
    this.to = to;
  }

  /** Writes y. */
  void forward(Call call, Floats x, Floats y) {
    bindRows(x, y);
    bindWeight(call.tensor(weightAt.tensor()));
    Matrix start = biasAt == null ? null : biases(call.tensor(biasAt.tensor()));
    if (call.version() != 0 && (long) to * from <= MAX_PACKED) {
      kernels.matrix().multiply(rows, packed(call.version()), start, results);
    } else {
      kernels.matrix().multiply(rows, transposed.transposeOf(weight), start, results);
    }
  }

  /** The bias as the row of a matrix with all rows alike. */
  private Matrix biases(Floats tensor) {
    bindBias(tensor);
    return biases.bind(bias.array(), bias.at(), results.rows(), to, 0);
  }

  /** The weight, packed once for each version. */
  private PackedMatrix packed(int version) {
    if (version != packedVersion) {
      packedVersion = version;
      packed.matrix().transposeOf(weight);
      kernels.matrix().pack(packed);
    }
    return packed;
  }

  /**
   * From the gradient by y: adds to those by W and b where they learn, and gives that by x.
   *
   * @param byX null where nobody asks for it
   * @param adds whether it is added to what is there, instead of written
   */
  void backward(Call call, Floats x, Floats byY, Floats byX, boolean adds) {
    bindRows(x, byY);
    if (call.learns(weightAt.tensor())) {
      boolean begins = isWhole(call) && call.beginsTensorGradient(weightAt.tensor());
      bindWeight(call.tensorGradient(weightAt.tensor()));
      kernels.matrix().multiply(transposed.transposeOf(results), rows, weight, !begins);
    }
    if (biasAt != null && call.learns(biasAt.tensor())) {
      bindBias(call.tensorGradient(biasAt.tensor()));
      kernels.reduction().columnSums(byY, bias, true);
    }
    if (byX != null) {
      bindRows(byX, byY);
      bindWeight(call.tensor(weightAt.tensor()));
      kernels.matrix().multiply(results, weight, rows, adds);
    }
  }

  /** Whether the weight is all of its tensor. */
  private boolean isWhole(Call call) {
    return call.tensor(weightAt.tensor()).size() == to * from;
  }

  private void bindRows(Floats x, Floats y) {
    rows.bind(x, x.size() / from, from);
    results.bind(y, y.size() / to, to);
  }

  private void bindWeight(Floats tensor) {
    weight.bind(tensor.array(), tensor.at() + weightAt.at(), to, from);
  }

  private void bindBias(Floats tensor) {
    bias.bind(tensor.array(), tensor.at() + biasAt.at(), to);
  }
}
