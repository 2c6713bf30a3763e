package dev.braid.worker.torch.layer;

import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.torch.runtime.Memory;
import dev.braid.worker.torch.runtime.Precision;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * A layer with its tensors.
 *
 * @param plan its settings and shapes
 * @param index its place in the network
 * @param tensors in the order of the plan's parameters
 * @param precision of the numbers it computes with
 */
public record TorchLayer(LayerPlan plan, int index, List<Tensor> tensors, Precision precision) {
  /** A layer whose tensors lie in {@code memory}. */
  public static TorchLayer in(Memory memory, LayerPlan plan, int index, Precision precision) {
    List<Tensor> tensors =
        plan.parameters().stream().map(parameter -> memory.tensor(plan.nameOf(parameter))).toList();
    return new TorchLayer(plan, index, tensors, precision);
  }

  Tensor tensor(int i) {
    return tensors.get(i);
  }

  Tensor tensorOrNull(int i) {
    return i < tensors.size() ? tensors.get(i) : null;
  }

  /** The tensor as libtorch takes one that may be missing. */
  TensorOptional optional(int i) {
    return i < tensors.size() ? new TensorOptional(tensors.get(i)) : new TensorOptional();
  }

  /** The shape of what it reads. */
  Shape input() {
    return plan.node().shape();
  }

  /** Which dimension of what it gives holds the channels, the batch being the first. */
  int channelDim() {
    return Activations.channelDim(plan.shape());
  }
}
