package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.Dropout;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.random.DropMask;
import dev.braid.worker.random.SplitMix;

/** Dropout: of sequences of any length each example has a mask of its own, whatever follows it. */
final class DropoutFunction implements LayerFunction {
  private final double rate;
  private final boolean isRagged;
  private final KernelSet kernels;
  private Floats mask;

  DropoutFunction(Dropout settings, LayerPlan plan, KernelSet kernels) {
    rate = settings.rate();
    isRagged = plan.shape().isRagged();
    this.kernels = kernels;
  }

  @Override
  public boolean isView(Call call) {
    return !call.dropout() || rate == 0;
  }

  @Override
  public void plan(Call call, Room room) {
    mask = room.kept(call.source(0).size());
  }

  @Override
  public void forward(Call call) {
    if (isRagged) {
      int length = mask.size() / call.size();
      for (int i = 0; i < call.size(); i++) {
        long key = SplitMix.key(call.key(), i);
        DropMask.fill(mask.array(), mask.at() + i * length, length, rate, key);
      }
    } else {
      DropMask.fill(mask.array(), mask.at(), mask.size(), rate, call.key());
    }
    kernels.reduction().multiply(call.source(0), mask, call.result());
  }

  @Override
  public void backward(Call call) {
    if (!call.wants(0)) {
      return;
    }
    Floats dx = call.sourceGradient(0);
    if (call.adds(0)) {
      kernels.reduction().multiplyAdd(call.resultGradient(), mask, dx);
    } else {
      kernels.reduction().multiply(call.resultGradient(), mask, dx);
    }
  }
}
