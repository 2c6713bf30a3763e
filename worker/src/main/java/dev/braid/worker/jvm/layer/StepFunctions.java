package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.LastStep;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.RepeatVector;

/** Layers that copy steps of sequences. */
final class StepFunctions {
  private StepFunctions() {}

  static LayerFunction lastStep(LastStep settings, LayerPlan plan, KernelSet kernels) {
    return new Last(plan.shape().size());
  }

  static LayerFunction repeatVector(RepeatVector settings, LayerPlan plan, KernelSet kernels) {
    return new Repeat(plan.shape().channels());
  }

  /** The last step of each example. */
  private record Last(int features) implements LayerFunction {
    @Override
    public void forward(Call call) {
      Floats x = call.source(0);
      for (int i = 0; i < call.size(); i++) {
        x.copy(place(call, i), call.result(), i * features, features);
      }
    }

    private int place(Call call, int example) {
      int[] lengths = call.lengths(0);
      int steps = lengths == null ? call.time(0) : lengths[example];
      return (example * call.time(0) + steps - 1) * features;
    }

    @Override
    public void backward(Call call) {
      if (!call.wants(0)) {
        return;
      }
      Floats dy = call.resultGradient();
      Floats dx = call.clearedSourceGradient(0);
      for (int i = 0; i < call.size(); i++) {
        dy.add(i * features, dx, place(call, i), features);
      }
    }
  }

  /** A vector at each step. */
  private record Repeat(int features) implements LayerFunction {
    @Override
    public void forward(Call call) {
      Floats x = call.source(0);
      for (int row = 0; row < call.size() * call.resultTime(); row++) {
        x.copy(row / call.resultTime() * features, call.result(), row * features, features);
      }
    }

    @Override
    public void backward(Call call) {
      if (call.wants(0)) {
        Floats dy = call.resultGradient();
        Floats dx = call.clearedSourceGradient(0);
        for (int row = 0; row < call.size() * call.resultTime(); row++) {
          dy.add(row * features, dx, row / call.resultTime() * features, features);
        }
      }
      if (call.numSources() > 1 && call.wants(1)) {
        call.clearedSourceGradient(1); // only its length is read
      }
    }
  }
}
