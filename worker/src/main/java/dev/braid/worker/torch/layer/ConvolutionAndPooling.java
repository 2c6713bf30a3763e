package dev.braid.worker.torch.layer;

import dev.braid.worker.layer.AlongTime;
import dev.braid.worker.layer.AveragePooling;
import dev.braid.worker.layer.Convolution;
import dev.braid.worker.layer.GlobalAveragePooling;
import dev.braid.worker.layer.GlobalMaxPooling;
import dev.braid.worker.layer.MaxPooling;
import dev.braid.worker.layer.Upsampling;
import dev.braid.worker.layer.ZeroPadding;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.shape.Window;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
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
    long[] none = new long[windows.dimensions];
    long[] padding = windows.symmetric ? windows.before : none;
    Forward plain =
        channelsFirst(
            layer.input(),
            0,
            (x, lengths) -> {
              Tensor padded = windows.symmetric ? x : windows.pad(x, 0);
              Tensor y = windows.convolve(padded, weight, bias, padding, settings.groups());
              return Activations.applyInPlace(settings.activation(), y, 1);
            });
    if (settings.alongTime() != AlongTime.STATE) {
      return plain;
    }
    return (inputs, pass) -> {
      if (pass.carried() == null) {
        return plain.apply(inputs, pass);
      }
      Tensor steps = windows.afterCarried(inputs[0], pass).transpose(1, 2);
      Tensor y = windows.convolve(steps, weight, bias, none, settings.groups());
      return Activations.apply(settings.activation(), y, 1).transpose(1, 2);
    };
  }

  /** Steps, [size, time, features], behind those that the kernel reaches back to. */
  private Tensor afterCarried(Tensor x, Pass pass) {
    Tensor before = pass.carried().begin(1).get(0).view(x.size(0), this.before[0], x.size(2));
    Tensor all = torch.cat(new TensorVector(before, x), 1);
    Lengths lengths = pass.lengths(0);
    Tensor last =
        lengths == null
            ? all.narrow(1, x.size(1), this.before[0])
            : lengths.last(all, Math.toIntExact(this.before[0]));
    pass.carried().end(List.of(last.flatten(1, 2)));
    return all;
  }

  static Forward maxPooling(MaxPooling settings, TorchLayer layer) {
    ConvolutionAndPooling windows =
        new ConvolutionAndPooling(settings.windows(layer.plan().node()));
    return channelsFirst(
        layer.input(),
        Double.NEGATIVE_INFINITY,
        (x, lengths) -> lengths == null ? windows.maxPool(x) : finite(windows.maxPool(x)));
  }

  static Forward averagePooling(AveragePooling settings, TorchLayer layer) {
    ConvolutionAndPooling windows =
        new ConvolutionAndPooling(settings.windows(layer.plan().node()));
    return channelsFirst(
        layer.input(),
        0,
        (x, lengths) -> lengths == null ? windows.averagePool(x) : windows.averagePool(x, lengths));
  }

  static Forward zeroPadding(ZeroPadding settings, TorchLayer layer) {
    ConvolutionAndPooling windows =
        new ConvolutionAndPooling(settings.windows(layer.plan().node()));
    return channelsFirst(layer.input(), 0, (x, lengths) -> windows.pad(x, 0));
  }

  static Forward upsampling(Upsampling settings, TorchLayer layer) {
    int dimensions = layer.input().spatial().size();
    return channelsFirst(
        layer.input(),
        0,
        (x, lengths) -> {
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
    return (inputs, pass) -> {
      Lengths lengths = pass.lengths(0);
      Tensor x = inputs[0];
      Tensor data = lengths == null ? x : lengths.fill(x, Double.NEGATIVE_INFINITY);
      return data.amax(dims, false);
    };
  }

  static Forward globalAveragePooling(GlobalAveragePooling settings, TorchLayer layer) {
    long[] dims = spatialDims(layer.input());
    return (inputs, pass) -> {
      Lengths lengths = pass.lengths(0);
      return lengths == null ? inputs[0].mean(dims) : Lengths.mean(inputs[0], lengths);
    };
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

  /** What a window sees, channels before all sizes it slides over. */
  @FunctionalInterface
  private interface Sliding {
    /**
     * @param lengths of the steps that {@code x} has; null where none of them is padding
     */
    Tensor apply(Tensor x, Lengths lengths);
  }

  /**
   * Sequences [size, time, features] are transposed for libtorch, which wants features first.
   *
   * @param padding what the function is to see behind the end of a sequence
   */
  private static Forward channelsFirst(Shape shape, double padding, Sliding function) {
    if (shape.rank() != 2) {
      return Forward.of(x -> function.apply(x, null));
    }
    return (inputs, pass) -> {
      Lengths lengths = pass.lengths(0);
      Tensor x = lengths == null ? inputs[0] : lengths.fill(inputs[0], padding);
      return function.apply(x.transpose(1, 2), lengths).transpose(1, 2);
    };
  }

  /** 0 for windows behind a sequence's end: what follows multiplies its padding with 0. */
  private static Tensor finite(Tensor y) {
    return y.masked_fill(y.isneginf(), new Scalar(0.0));
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
    return averageOfPadded(x, torch.ones_like(x));
  }

  /** Means of the data under each window where sequences, [size, features, time], have lengths. */
  private Tensor averagePool(Tensor x, Lengths lengths) {
    Tensor isStep = lengths.padding().logical_not().unsqueeze(1).to(x.scalar_type());
    return averageOfPadded(x, isStep);
  }

  private Tensor averageOfPadded(Tensor x, Tensor isData) {
    long[] none = new long[dimensions];
    Tensor share = averagePool(pad(isData, 0), none);
    // A window behind a sequence's end has no data: what it gives is padding.
    Tensor someShare = share.clamp_min(new Scalar(Float.MIN_NORMAL));
    return averagePool(pad(x, 0), none).div(someShare);
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
