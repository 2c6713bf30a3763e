package dev.braid.worker.jvm.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.kernel.ActivationKernel;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.Matrix;
import dev.braid.worker.kernel.PackedMatrix;
import dev.braid.worker.layer.Dense;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Output;

/** activation(x W' + b) for each row of x, the examples or their time steps. */
final class DenseFunction implements LayerFunction {
  /** Numbers of a weight that is packed for good: 4 MB. */
  private static final int MAX_PACKED = 1 << 20;

  private final KernelSet kernels;
  private final Activation activation;
  private final boolean hasBias;
  private final int features;
  private final int units;
  private final Matrix x = new Matrix();
  private final Matrix z = new Matrix();
  private final Matrix weight = new Matrix();
  private final Matrix transposed = new Matrix();
  private final Matrix biases = new Matrix();
  private final PackedMatrix packed = new PackedMatrix();
  private int packedVersion;
  private Floats before;

  private DenseFunction(LayerPlan plan, Activation activation, boolean hasBias, KernelSet kernels) {
    this.kernels = kernels;
    this.activation = activation;
    this.hasBias = hasBias;
    features = plan.node().shape().channels();
    units = plan.shape().channels();
  }

  static LayerFunction dense(Dense settings, LayerPlan plan, KernelSet kernels) {
    return new DenseFunction(plan, settings.activation(), settings.bias(), kernels);
  }

  /** Its activation belongs to the loss and to what users see. */
  static LayerFunction output(Output settings, LayerPlan plan, KernelSet kernels) {
    return settings.projection()
        ? new DenseFunction(plan, Activation.IDENTITY, settings.bias(), kernels)
        : new SameNumbers();
  }

  @Override
  public void plan(Call call, Room room) {
    boolean keeps = ActivationKernel.needsInput(activation);
    before = keeps ? room.kept(call.result().size()) : call.result();
  }

  @Override
  public void forward(Call call) {
    bind(call.source(0), before);
    bindWeight(call.tensor(0));
    Matrix start = hasBias ? biases(call.tensor(1)) : null;
    if (call.version() != 0 && (long) units * features <= MAX_PACKED) {
      kernels.matrix().multiply(x, packed(call.version()), start, z);
    } else {
      kernels.matrix().multiply(x, transposed.transposeOf(weight), start, z);
    }
    activate(call);
  }

  private Matrix biases(Floats bias) {
    return biases.bind(bias.array(), bias.at(), z.rows(), units, 0);
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

  private void activate(Call call) {
    switch (activation) {
      case IDENTITY -> {}
      case SOFTMAX -> kernels.activation().softmax(before, call.result(), units);
      default -> kernels.activation().forward(activation, before, call.result());
    }
  }

  @Override
  public void backward(Call call) {
    Floats gradient = call.resultGradient();
    goThroughActivation(call, gradient);
    bind(call.source(0), gradient);
    if (call.learns(0)) {
      bindWeight(call.tensorGradient(0));
      kernels.matrix().multiply(transposed.transposeOf(z), x, weight, true);
    }
    if (hasBias && call.learns(1)) {
      kernels.reduction().columnSums(gradient, call.tensorGradient(1), true);
    }
    if (call.wants(0)) {
      bind(call.sourceGradient(0), gradient);
      bindWeight(call.tensor(0));
      kernels.matrix().multiply(z, weight, x, call.adds(0));
    }
  }

  private void goThroughActivation(Call call, Floats gradient) {
    switch (activation) {
      case IDENTITY -> {}
      case SOFTMAX ->
          kernels.activation().softmaxBackward(call.result(), gradient, gradient, units);
      default ->
          kernels.activation().backward(activation, before, call.result(), gradient, gradient);
    }
  }

  private void bind(Floats read, Floats made) {
    x.bind(read, read.size() / features, features);
    z.bind(made, made.size() / units, units);
  }

  private void bindWeight(Floats tensor) {
    weight.bind(tensor, units, features);
  }
}
