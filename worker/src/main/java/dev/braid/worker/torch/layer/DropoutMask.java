package dev.braid.worker.torch.layer;

import dev.braid.worker.layer.Dropout;
import dev.braid.worker.random.SplitMix;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Dropout with masks that are a function of the step's key and the layer's place alone. */
public final class DropoutMask {
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
      float[] mask =
          layer.plan().shape().isRagged()
              ? masks(pass.size(), size / pass.size(), rate, key)
              : mask(size, rate, key);
      Tensor tensor = torch.empty_like(x);
      layer.precision().write(tensor, 0, mask, 0, mask.length);
      return x.mul(tensor);
    };
  }

  /** A mask for each example: that of its first steps, however many steps follow as padding. */
  private static float[] masks(int numExamples, int length, double rate, long key) {
    float[] masks = new float[numExamples * length];
    for (int i = 0; i < numExamples; i++) {
      float[] mask = mask(length, rate, SplitMix.key(key, i));
      System.arraycopy(mask, 0, masks, i * length, length);
    }
    return masks;
  }

  /** 0 or 1 / (1 - rate), each decided by 32 random bits. */
  public static float[] mask(int size, double rate, long key) {
    float[] mask = new float[size];
    float scale = (float) (1 / (1 - rate));
    long limit = (long) (rate * (1L << 32));
    for (int i = 0; i < size; i++) {
      long bits = SplitMix.bits(key, i / 2);
      long half = (i & 1) == 0 ? bits >>> 32 : bits & 0xFFFFFFFFL;
      mask[i] = half < limit ? 0 : scale;
    }
    return mask;
  }
}
