package dev.braid.worker.torch.layer;

import dev.braid.worker.layer.AveragePooling;
import dev.braid.worker.layer.Convolution;
import dev.braid.worker.layer.GlobalAveragePooling;
import dev.braid.worker.layer.GlobalMaxPooling;
import dev.braid.worker.layer.MaxPooling;
import dev.braid.worker.layer.Pooling;
import dev.braid.worker.layer.Upsampling;
import dev.braid.worker.layer.ZeroPadding;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.shape.Window;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** Layers that slide windows along time, over images or through volumes. */
public final class ConvolutionAndPooling {
  private final int dimensions;
  private final long[] kernel;
  private final long[] stride;
  private final long[] dilation;
  private final long[] before;
  private final long[] sides;
  private final boolean symmetric;

  private ConvolutionAndPooling(List<Window> windows) {
    dimensions = windows.size();
    kernel = array(windows, Window::kernel);
    stride = array(windows, Window::stride);
    dilation = array(windows, Window::dilation);
    before = array(windows, Window::before);
    symmetric = windows.stream().allMatch(w -> w.before() == w.after());
    sides = new long[2 * dimensions];
    for (int i = 0; i < dimensions; i++) {
      // libtorch names the last dimension first.
      Window window = windows.get(dimensions - 1 - i);
      sides[2 * i] = window.before();
      sides[2 * i + 1] = window.after();
    }
  }

  static Forward convolution(Convolution settings, TorchLayer layer) {
    ConvolutionAndPooling windows =
        new ConvolutionAndPooling(settings.windows(layer.plan().node()));
    Tensor weight = layer.tensor(0);
    TensorOptional bias = layer.optional(1);
    long[] padding = windows.symmetric ? windows.before : new long[windows.dimensions];
    return channelsFirst(
        layer.input(),
        x -> {
          Tensor padded = windows.symmetric ? x : windows.pad(x, 0);
          Tensor y = windows.convolve(padded, weight, bias, padding, settings.groups());
          return Activations.applyInPlace(settings.activation(), y, 1);
        });
  }

  static Forward maxPooling(MaxPooling settings, TorchLayer layer) {
    return pooling(settings, layer, (windows, x) -> windows.maxPool(x));
  }

  static Forward averagePooling(AveragePooling settings, TorchLayer layer) {
    return pooling(settings, layer, (windows, x) -> windows.averagePool(x));
  }

  private static Forward pooling(
      Pooling settings, TorchLayer layer, BiFunction<ConvolutionAndPooling, Tensor, Tensor> pool) {
    ConvolutionAndPooling windows =
        new ConvolutionAndPooling(settings.windows(layer.plan().node()));
    return channelsFirst(layer.input(), x -> pool.apply(windows, x));
  }

  static Forward zeroPadding(ZeroPadding settings, TorchLayer layer) {
    ConvolutionAndPooling windows =
        new ConvolutionAndPooling(settings.windows(layer.plan().node()));
    return channelsFirst(layer.input(), x -> windows.pad(x, 0));
  }

  static Forward upsampling(Upsampling settings, TorchLayer layer) {
    int dimensions = layer.input().spatial().size();
    return channelsFirst(
        layer.input(),
        x -> {
          Tensor y = x;
          for (int dim = 2; dim < 2 + dimensions; dim++) {
            y =
                torch.repeat_interleave(
                    y, settings.factor(), new LongOptional(dim), new LongOptional());
          }
          return y;
        });
  }

  static Forward globalMaxPooling(GlobalMaxPooling settings, TorchLayer layer) {
    long[] dims = spatialDims(layer.input());
    return Forward.of(x -> x.amax(dims, false));
  }

  static Forward globalAveragePooling(GlobalAveragePooling settings, TorchLayer layer) {
    long[] dims = spatialDims(layer.input());
    return Forward.of(x -> x.mean(dims));
  }

  /**
   * The same images with the channels of a pixel side by side in memory: libtorch's convolutions
   * take half the time and its poolings a tenth, and what follows keeps to the order.
   *
   * @param images [size, channels, height, width]
   */
  public static Tensor channelsInnermost(Tensor images) {
    long[] sizes = {images.size(0), images.size(1), images.size(2), images.size(3)};
    if (sizes[1] > 1) {
      return images.contiguous(MemoryFormat.ChannelsLast);
    }
    // One channel lies like this already; libtorch only has to be told.
    long[] strides = {sizes[2] * sizes[3], 1, sizes[3], 1};
    return images.as_strided(sizes, strides, new LongOptional());
  }

  private static long[] spatialDims(Shape shape) {
    int channelDim = Activations.channelDim(shape);
    return LongStream.rangeClosed(1, shape.rank()).filter(dim -> dim != channelDim).toArray();
  }

  /** Sequences [size, time, features] are transposed for libtorch, which wants features first. */
  private static Forward channelsFirst(Shape shape, UnaryOperator<Tensor> function) {
    return shape.rank() == 2
        ? Forward.of(x -> function.apply(x.transpose(1, 2)).transpose(1, 2))
        : Forward.of(function);
  }

  private Tensor convolve(
      Tensor x, Tensor weight, TensorOptional bias, long[] padding, int groups) {
    return switch (dimensions) {
      case 1 -> torch.conv1d(x, weight, bias, stride, padding, dilation, groups);
      case 2 -> torch.conv2d(x, weight, bias, stride, padding, dilation, groups);
      default -> torch.conv3d(x, weight, bias, stride, padding, dilation, groups);
    };
  }

  private Tensor maxPool(Tensor x) {
    Tensor data = libtorchPads() ? x : pad(x, Double.NEGATIVE_INFINITY);
    long[] padding = libtorchPads() ? before : new long[dimensions];
    return switch (dimensions) {
      case 1 -> torch.max_pool1d(data, kernel, stride, padding, dilation, false);
      case 2 -> torch.max_pool2d(data, kernel, stride, padding, dilation, false);
      default -> torch.max_pool3d(data, kernel, stride, padding, dilation, false);
    };
  }

  /** Means of the data under each window, padding left out. */
  private Tensor averagePool(Tensor x) {
    return libtorchPads() ? averagePool(x, before) : averageOfPadded(x);
  }

  private Tensor averagePool(Tensor x, long[] padding) {
    return switch (dimensions) {
      case 1 -> torch.avg_pool1d(x, kernel, stride, padding, false, false);
      case 2 -> torch.avg_pool2d(x, kernel, stride, padding, false, false, new LongOptional());
      default -> torch.avg_pool3d(x, kernel, stride, padding, false, false, new LongOptional());
    };
  }

  /** Sums of padded data divided by the number of data under each window. */
  private Tensor averageOfPadded(Tensor x) {
    long[] none = new long[dimensions];
    Tensor share = averagePool(pad(torch.ones_like(x), 0), none);
    return averagePool(pad(x, 0), none).div(share);
  }

  private Tensor pad(Tensor x, double value) {
    return torch.constant_pad_nd(x, sides, new Scalar(value));
  }

  /** Whether libtorch's own pooling can do this padding: the same on both sides, half a window. */
  private boolean libtorchPads() {
    for (int i = 0; i < dimensions; i++) {
      if (2 * before[i] > kernel[i]) {
        return false;
      }
    }
    return symmetric;
  }

  private static long[] array(List<Window> windows, ToIntFunction<Window> part) {
    return windows.stream().mapToLong(part::applyAsInt).toArray();
  }
}
