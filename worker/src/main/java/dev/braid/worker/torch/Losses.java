package dev.braid.worker.torch;

import dev.braid.worker.function.Loss;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.torch.layer.Activations;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The losses as {@link Loss} defines them, means over the labels present. */
public final class Losses {
  private static final int REDUCTION_NONE = 0;
  private static final int REDUCTION_MEAN = 1;
  private static final int REDUCTION_SUM = 2;

  private Losses() {}

  /**
   * The loss of one output, a single number.
   *
   * @param x what the output layer computes, before its activation, [size, shape...]
   */
  public static Tensor of(OutputPlan output, Tensor x, Targets targets) {
    Loss loss = output.loss();
    int channels = Activations.channelDim(output.shape());
    Tensor p = loss.link() == null ? Activations.apply(output.finalActivation(), x, channels) : x;
    if (loss.isOfClasses()) {
      p = output.shape().rank() == 2 ? x.reshape(-1, output.numUnits()) : x;
    }
    if (targets.weights() != null) {
      Tensor present = targets.mask() == null ? p : presentOnly(p, output, targets);
      return weightedMean(each(loss, present, targets.values(), channels), targets.weights());
    }
    if (loss.isOfClasses()) {
      // The mean over no labels at all would be 0 / 0; the sum is 0.
      boolean any = targets.numPresent() > 0;
      return crossEntropy(p, targets.values(), any ? REDUCTION_MEAN : REDUCTION_SUM);
    }
    if (targets.mask() == null) {
      return each(loss, p, targets.values(), channels).mean();
    }
    Tensor each = each(loss, presentOnly(p, output, targets), targets.values(), channels);
    Tensor sum = each.reshape(-1).mul(targets.mask()).sum();
    return sum.mul(new Scalar(1.0 / Math.max(1, targets.numPresent())));
  }

  private static Tensor crossEntropy(Tensor logits, Tensor classes, int reduction) {
    return torch.cross_entropy_loss(
        logits, classes, new TensorOptional(), reduction, Targets.MISSING, 0.0);
  }

  /** 0 where nothing weighs anything. */
  private static Tensor weightedMean(Tensor each, Tensor weights) {
    Tensor sum = weights.sum().clamp_min(new Scalar(Float.MIN_NORMAL));
    return each.reshape(-1).mul(weights).sum().div(sum);
  }

  /**
   * {@code p} with 0 where the label is missing: what the network says there, be it infinite, then
   * reaches neither loss nor gradient, which a product with 0 would not ensure.
   */
  private static Tensor presentOnly(Tensor p, OutputPlan output, Targets targets) {
    long[] shape = p.sizes().vec().get();
    if (output.loss().isOverVectors()) {
      shape[Activations.channelDim(output.shape())] = 1;
    }
    Tensor missing = targets.mask().eq(new Scalar(0.0)).reshape(shape);
    return p.masked_fill(missing, new Scalar(0.0));
  }

  /** The loss of each number, or of each vector of channels where the loss is of vectors. */
  private static Tensor each(Loss loss, Tensor p, Tensor y, int channels) {
    return switch (loss) {
      case CROSS_ENTROPY -> crossEntropy(p, y, REDUCTION_NONE);
      case BINARY_CROSS_ENTROPY ->
          torch.binary_cross_entropy_with_logits(
              p, y, new TensorOptional(), new TensorOptional(), REDUCTION_NONE);
      case MEAN_SQUARED -> torch.mse_loss(p, y, REDUCTION_NONE);
      case MEAN_ABSOLUTE -> torch.l1_loss(p, y, REDUCTION_NONE);
      case HUBER -> torch.huber_loss(p, y, REDUCTION_NONE, 1.0);
      case HINGE -> hinge(p, y);
      case SQUARED_HINGE -> hinge(p, y).square();
      case POISSON -> p.exp().sub(y.mul(p));
      case KL_DIVERGENCE ->
          torch.kl_div(torch.log_softmax(p, channels), y, REDUCTION_NONE, false).sum(channels);
      case COSINE -> torch.cosine_similarity(p, y, channels, 1e-8).neg().add(new Scalar(1.0));
    };
  }

  private static Tensor hinge(Tensor p, Tensor y) {
    Tensor sign = y.gt(new Scalar(0.0)).to(p.scalar_type()).mul(new Scalar(2.0));
    return sign.sub(new Scalar(1.0)).mul(p).neg().add(new Scalar(1.0)).relu();
  }
}
