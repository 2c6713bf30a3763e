package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.ConvolutionKernel;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.Matrix;
import dev.braid.worker.shape.Window;
import java.util.ArrayList;
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
  private final ConvolutionKernel.ShiftedRows shifted; // null if windows leave out columns
  private final Floats ofChannel = new Floats();
  private final Floats image = new Floats();
  private Floats copied; // the gradients of a group's filters
  private Floats weights;
  private Floats spread;
  private int margin; // numbers before and behind those that are spread

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
    shifted = windows.get(2).stride() == 1 ? shiftedRows() : null;
  }

  /** For each row of a channel what its taps send there, tap by tap. */
  private ConvolutionKernel.ShiftedRows shiftedRows() {
    int down = windows.get(1).kernel();
    int across = windows.get(2).kernel();
    List<int[]> sent = new ArrayList<>();
    int[] starts = new int[source.depth() * source.height()];
    int[] ends = new int[starts.length];
    for (int row = 0; row < starts.length; row++) {
      int plane = row / source.height();
      int line = row % source.height();
      starts[row] = source.at(plane, line, 0);
      for (int tap = 0; tap < numTaps; tap++) {
        int depth = place(0, tap / across / down, plane, result.depth());
        int height = place(1, tap / across % down, line, result.height());
        int width = position(2, tap % across);
        int left = first(2, width);
        int columns = end(2, width, source.width(), result.width()) - left;
        if (depth >= 0 && height >= 0 && columns > 0) {
          int from = tap * result.places() + result.at(depth, height, left);
          sent.add(new int[] {from, width + left, columns});
        }
      }
      ends[row] = sent.size();
    }
    return new ConvolutionKernel.ShiftedRows(
        starts, source.width(), ends, column(sent, 0), column(sent, 1), column(sent, 2));
  }

  /** The place at which a tap is on a position, -1 for none. */
  private int place(int axis, int tap, int position, int places) {
    int distance = position - position(axis, tap);
    int place = Math.floorDiv(distance, windows.get(axis).stride());
    boolean isThere = place * windows.get(axis).stride() == distance && place < places;
    return isThere && place >= 0 ? place : -1;
  }

  private static int[] column(List<int[]> rows, int column) {
    return rows.stream().mapToInt(row -> row[column]).toArray();
  }

  /** Asks for memory. */
  void plan(Room room) {
    copied = room.scratch((long) filters * result.places() + ConvolutionKernel.BEYOND);
    weights = room.scratch((long) groups * filters * rows);
    margin = source.width();
    spread = room.scratch((long) rows * result.places() + 2L * margin + ConvolutionKernel.BEYOND);
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
      kernel.slide(packed, null, copied, taps, sent());
      int channels = source.channels() / groups;
      for (int c = 0; c < channels; c++) {
        int channel = (i * channels + c) * source.places();
        addTaps(c * numTaps, dx.array(), dx.at() + channel);
      }
    }
  }

  private Matrix sent() {
    return sent.bind(spread.array(), spread.at() + margin, rows, result.places());
  }

  private void addTaps(int row, float[] dx, int channel) {
    if (shifted != null) {
      int size = numTaps * result.places();
      ofChannel.bind(spread.array(), sent.at() + row * result.places(), size);
      kernel.addShifted(ofChannel, shifted, image.bind(dx, channel, source.places()));
      return;
    }
    int next = row;
    for (int d = 0; d < windows.get(0).kernel(); d++) {
      for (int h = 0; h < windows.get(1).kernel(); h++) {
        for (int w = 0; w < windows.get(2).kernel(); w++) {
          addTap(sent.at() + next * result.places(), d, h, w, dx, channel);
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
