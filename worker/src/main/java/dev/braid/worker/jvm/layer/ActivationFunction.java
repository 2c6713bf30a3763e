package dev.braid.worker.jvm.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.Activate;
import dev.braid.worker.layer.LayerPlan;

/** An activation on its own. */
final class ActivationFunction implements LayerFunction {
  private final boolean isIdentity;
  private final ShapedActivation activation;
  private final KernelSet kernels;

  ActivationFunction(Activate settings, LayerPlan plan, KernelSet kernels) {
    isIdentity = settings.function() == Activation.IDENTITY;
    activation = new ShapedActivation(settings.function(), plan.shape(), kernels);
    this.kernels = kernels;
  }

  @Override
  public boolean isView(Call call) {
    return isIdentity;
  }

  @Override
  public void forward(Call call) {
    activation.forward(call.size(), call.source(0), call.result());
  }

  @Override
  public void backward(Call call) {
    if (!call.wants(0)) {
      return;
    }
    Floats dy = call.resultGradient();
    Floats dx = call.sourceGradient(0);
    Floats to = call.adds(0) ? dy : dx;
    activation.backward(call.size(), call.source(0), call.result(), dy, to);
    if (call.adds(0)) {
      kernels.reduction().add(dx, dy, dx);
    }
  }
}
