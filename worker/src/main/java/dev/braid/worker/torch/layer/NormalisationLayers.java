package dev.braid.worker.torch.layer;

import dev.braid.worker.layer.BatchNorm;
import dev.braid.worker.layer.LayerNorm;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.shape.Shape;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Layers that bring numbers to mean 0 and variance 1. */
public final class NormalisationLayers {
  private NormalisationLayers() {}

  /**
   * Over the mini-batch, for each channel.
   *
   * @param tensors gain, bias, running mean, running variance
   */
  static Forward batchNorm(LayerPlan plan, BatchNorm layer, List<Tensor> tensors) {
    TensorOptional[] optional =
        tensors.stream().map(TensorOptional::new).toArray(TensorOptional[]::new);
    Shape shape = plan.shape();
    int valuesPerExample = shape.size() / shape.channels();
    return (inputs, pass) -> {
      // libtorch wants features right after the batch: [size, time, features] becomes one batch.
      Tensor x = shape.rank() == 2 ? inputs[0].reshape(-1, shape.channels()) : inputs[0];
      boolean hasVariance = pass.size() * (long) valuesPerExample > 1;
      Tensor y =
          torch.batch_norm(
              x,
              optional[0],
              optional[1],
              optional[2],
              optional[3],
              pass.training() && hasVariance,
              layer.momentum(),
              layer.epsilon(),
              false);
      return shape.rank() == 2 ? y.reshape(pass.size(), -1, shape.channels()) : y;
    };
  }

  /**
   * Over the features of each example or time step.
   *
   * @param tensors gain, bias
   */
  static Forward layerNorm(LayerPlan plan, LayerNorm layer, List<Tensor> tensors) {
    long[] features = {plan.shape().channels()};
    TensorOptional gain = new TensorOptional(tensors.get(0));
    TensorOptional bias = new TensorOptional(tensors.get(1));
    return Forward.of(x -> torch.layer_norm(x, features, gain, bias, layer.epsilon(), false));
  }
}
