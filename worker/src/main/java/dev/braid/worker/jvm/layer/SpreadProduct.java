package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.ConvolutionKernel;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.Matrix;
import dev.braid.worker.shape.Window;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The gradient of a convolution by its source as what each tap sends back from each place, a sum
 * over filters, added tap after tap to where it came from. No tap is computed where it lies beyond
 * the source, which saves much for small images and large kernels.
 */
final class SpreadProduct {
  private final ConvolutionKernel kernel;
  private final Grid source;
  private final Grid result;
  private final List<Window> windows; // along depth, height and width
  private final int groups;
  private final int filters; // of a group
  private final int rows; // taps of all channels of a group
  private final int numTaps;
  private final int[] terms;
  private final int[] taps;
  private final Floats part = new Floats();
  private final Floats packed = new Floats();
  private final Matrix sent = new Matrix();
  private final Matrix read = new Matrix();
  private final Matrix written = new Matrix();
  private Floats copied; // the gradients of a group's filters
  private Floats weights;
  private Floats spread;

  SpreadProduct(
      ConvolutionKernel kernel, Grid source, Grid result, List<Window> windows, int groups) {
    this.kernel = kernel;
    this.source = source;
    this.result = result;
    this.windows = windows;
    this.groups = groups;
    filters = result.channels() / groups;
    numTaps = windows.stream().mapToInt(Window::kernel).reduce(1, Math::multiplyExact);
    rows = source.channels() / groups * numTaps;
    terms = IntStream.range(0, filters).map(f -> f * rows).toArray();
    taps = IntStream.range(0, filters).map(f -> f * result.places()).toArray();
  }

  /** Asks for memory. */
  void plan(Room room) {
    copied = room.scratch((long) filters * result.places() + ConvolutionKernel.BEYOND);
    weights = room.scratch((long) groups * filters * rows);
    spread = room.scratch((long) rows * result.places());
  }

  /** Adds the gradient by the source to {@code dx}. */
  void add(Floats dy, Floats weight, Floats dx) {
    int each = filters * rows;
    for (int g = 0; g < groups; g++) {
      part.bind(weight.array(), weight.at() + g * each, each);
      packed.bind(weights.array(), weights.at() + g * each, each);
      kernel.pack(part, rows, 1, terms, packed);
    }
    copied.clear();
    int count = filters * result.places();
    for (int i = 0; i < dy.size() / count; i++) {
      int g = i % groups;
      dy.copy(i * count, copied, 0, count);
      packed.bind(weights.array(), weights.at() + g * each, each);
      kernel.slide(packed, null, copied, taps, sent.bind(spread, rows, result.places()));
      int channels = source.channels() / groups;
      for (int c = 0; c < channels; c++) {
        int channel = (i * channels + c) * source.places();
        addTaps(c * numTaps, dx.array(), dx.at() + channel);
      }
    }
  }

  private void addTaps(int row, float[] dx, int channel) {
    int next = row;
    for (int d = 0; d < windows.get(0).kernel(); d++) {
      for (int h = 0; h < windows.get(1).kernel(); h++) {
        for (int w = 0; w < windows.get(2).kernel(); w++) {
          addTap(spread.at() + next * result.places(), d, h, w, dx, channel);
          next++;
        }
      }
    }
  }

  private void addTap(int from, int d, int h, int w, float[] dx, int channel) {
    int depth = position(0, d);
    int height = position(1, h);
    int width = position(2, w);
    int top = first(1, height);
    int rows = end(1, height, source.height(), result.height()) - top;
    int left = first(2, width);
    int columns = end(2, width, source.width(), result.width()) - left;
    int back = end(0, depth, source.depth(), result.depth());
    for (int place = first(0, depth); place < back && rows > 0 && columns > 0; place++) {
      int plane = depth + place * windows.get(0).stride();
      int line = height + top * windows.get(1).stride();
      int at = source.at(plane, line, width + left * windows.get(2).stride());
      int rowStride = windows.get(1).stride() * source.width();
      read.bind(spread.array(), from + result.at(place, top, left), rows, columns, result.width());
      written.bind(dx, channel + at, rows, columns, rowStride);
      addRows(windows.get(2).stride());
    }
  }

  private void addRows(int step) {
    if (step == 1) {
      kernel.add(read, written);
      return;
    }
    float[] from = read.array();
    float[] to = written.array();
    for (int i = 0; i < read.rows(); i++) {
      int at = read.at() + i * read.rowStride();
      int next = written.at() + i * written.rowStride();
      for (int j = 0; j < read.columns(); j++) {
        to[next + j * step] += from[at + j];
      }
    }
  }

  /** Where a tap is at the first place. */
  private int position(int axis, int tap) {
    return tap * windows.get(axis).dilation() - windows.get(axis).before();
  }

  /** The first place at which a tap is on a position. */
  private int first(int axis, int position) {
    return Math.max(0, -Math.floorDiv(position, windows.get(axis).stride()));
  }

  /** The first place from which on a tap is behind the last position. */
  private int end(int axis, int position, int size, int places) {
    return Math.min(places, -Math.floorDiv(position - size, windows.get(axis).stride()));
  }
}
