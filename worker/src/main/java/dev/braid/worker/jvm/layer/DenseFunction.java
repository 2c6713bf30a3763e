package dev.braid.worker.jvm.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.jvm.layer.Projection.Part;
import dev.braid.worker.kernel.ActivationKernel;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.Dense;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Output;

/** activation(x W' + b) for each row of x, the examples or their time steps. */
final class DenseFunction implements LayerFunction {
  private final KernelSet kernels;
  private final Activation activation;
  private final Projection projection;
  private final int units;
  private Floats before;

  private DenseFunction(LayerPlan plan, Activation activation, boolean hasBias, KernelSet kernels) {
    this.kernels = kernels;
    this.activation = activation;
    int features = plan.node().shape().channels();
    units = plan.shape().channels();
    projection = new Projection(kernels, Part.of(0), hasBias ? Part.of(1) : null, features, units);
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
    projection.forward(call, call.source(0), before);
    activate(call);
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
    Floats bySource = call.wants(0) ? call.sourceGradient(0) : null;
    projection.backward(call, call.source(0), gradient, bySource, call.adds(0));
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
}
