package dev.braid.worker.torch.layer;

import dev.braid.worker.layer.Dropout;
import dev.braid.worker.random.DropMask;
import dev.braid.worker.random.SplitMix;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Dropout with masks that are a function of the step's key and the layer's place alone. */
final class DropoutMask {
  private DropoutMask() {}

  /** Numbers become 0 with probability {@code rate}; the others are divided by 1 - rate. */
  static Forward dropout(Dropout settings, TorchLayer layer) {
    double rate = settings.rate();
    return (inputs, pass) -> {
      Tensor x = inputs[0];
      if (!pass.dropout() || rate == 0) {
        return x;
      }
      long key = SplitMix.key(pass.key(), layer.index());
      int size = Math.toIntExact(x.numel());
      float[] mask = new float[size];
      if (layer.plan().shape().isRagged()) {
        fillEach(mask, pass.size(), rate, key);
      } else {
        DropMask.fill(mask, 0, size, rate, key);
      }
      // In the order of the numbers, which may lie in another one in memory.
      Tensor tensor = torch.zeros(x.sizes().vec().get(), x.options());
      layer.precision().write(tensor, 0, mask, 0, mask.length);
      return x.mul(tensor);
    };
  }

  /** A mask for each example: that of its first steps, however many steps follow as padding. */
  private static void fillEach(float[] masks, int numExamples, double rate, long key) {
    int length = masks.length / numExamples;
    for (int i = 0; i < numExamples; i++) {
      DropMask.fill(masks, i * length, length, rate, SplitMix.key(key, i));
    }
  }
}
