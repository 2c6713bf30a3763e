package dev.braid.worker.torch.layer;

import dev.braid.worker.layer.BatchNorm;
import dev.braid.worker.layer.L2Normalise;
import dev.braid.worker.layer.LayerNorm;
import dev.braid.worker.shape.Shape;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Layers that bring numbers to mean 0 and variance 1. */
public final class NormalisationLayers {
  private NormalisationLayers() {}

  /** Over the mini-batch, for each channel: gain, bias, running mean, running variance. */
  static Forward batchNorm(BatchNorm settings, TorchLayer layer) {
    TensorOptional gain = layer.optional(0);
    TensorOptional bias = layer.optional(1);
    TensorOptional mean = layer.optional(2);
    TensorOptional variance = layer.optional(3);
    Shape shape = layer.plan().shape();
    return (inputs, pass) -> {
      Lengths lengths = pass.lengths(0);
      // libtorch wants features right after the batch: [size, time, features] becomes one batch.
      Tensor rows = shape.rank() == 2 ? inputs[0].reshape(-1, shape.channels()) : inputs[0];
      Tensor x = lengths == null ? rows : lengths.present(inputs[0]);
      boolean hasVariance = x.numel() > shape.channels();
      Tensor y =
          torch.batch_norm(
              x,
              gain,
              bias,
              mean,
              variance,
              pass.training() && hasVariance,
              settings.momentum(),
              settings.epsilon(),
              false);
      if (lengths != null) {
        return lengths.spread(y);
      }
      return shape.rank() == 2 ? y.reshape(pass.size(), -1, shape.channels()) : y;
    };
  }

  /** The Euclidean length over the features or channels becomes 1. */
  static Forward l2(L2Normalise settings, TorchLayer layer) {
    long[] channels = {layer.channelDim()};
    Scalar smallest = new Scalar(settings.epsilon() * settings.epsilon());
    return Forward.of(
        x -> {
          Tensor squares = x.mul(x).sum(channels, true, new ScalarTypeOptional());
          return x.div(squares.clamp_min(smallest).sqrt());
        });
  }

  /** Over the features of each example or time step: gain, bias. */
  static Forward layerNorm(LayerNorm settings, TorchLayer layer) {
    long[] features = {layer.input().channels()};
    TensorOptional gain = layer.optional(0);
    TensorOptional bias = layer.optional(1);
    return Forward.of(x -> torch.layer_norm(x, features, gain, bias, settings.epsilon(), false));
  }
}
