package dev.braid.worker.torch.layer;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** What a layer computes. */
@FunctionalInterface
public interface Forward {
  /**
   * The layer's value.
   *
   * @param inputs values of the layers it reads, each [size, shape...]
   */
  Tensor apply(Tensor[] inputs, Pass pass);

  /** A layer that reads one value and does the same in training and inference. */
  static Forward of(UnaryOperator<Tensor> function) {
    return (inputs, pass) -> function.apply(inputs[0]);
  }
}
