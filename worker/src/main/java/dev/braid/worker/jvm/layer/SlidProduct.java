package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.ConvolutionKernel;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.Matrix;

/**
 * Weights times what they slide over: a convolution, or the part of its gradient by its source that
 * goes to positions of one phase.
 */
final class SlidProduct {
  /**
   * Where results go.
   *
   * @param grid of the values that they are part of
   * @param channels of a group
   * @param first depth, height and width of the first place
   * @param strides between places, along depth, height and width
   */
  @SuppressWarnings("ArrayRecordComponent") // made for it, only read
  record Results(Grid grid, int channels, int[] first, int[] strides) {
    int at(int d, int h, int w) {
      return grid.at(
          first[0] + d * strides[0], first[1] + h * strides[1], first[2] + w * strides[2]);
    }
  }

  /**
   * How weights lie: that of result channel i and term k is number i rowStride + terms[k] of its
   * group's.
   */
  @SuppressWarnings("ArrayRecordComponent") // made for it, only read
  record Weights(int rowStride, int[] terms, int groupSize) {}

  /**
   * Memory for the time of one call, which several products may share.
   *
   * @param planes copies of what is read, and {@link ConvolutionKernel#BEYOND} more
   * @param packed the weights of all groups
   * @param rows results of one group and plane
   */
  record Memory(Floats planes, Floats packed, Floats rows) {}

  private static final int COLUMNS = 16; // that are computed together

  private final ConvolutionKernel kernel;
  private final Grid source;
  private final TapPlanes planes;
  private final Results results;
  private final Weights weights;
  private final int groups;
  private final int[] taps;
  private final boolean inPlace; // whether the places of a plane are neighbours in the results
  private final Floats part = new Floats();
  private final Floats start = new Floats();
  private final Floats packed = new Floats();
  private final Matrix rows = new Matrix();
  private final Matrix channelRows = new Matrix();
  private final Matrix written = new Matrix();

  SlidProduct(
      ConvolutionKernel kernel, Grid source, TapPlanes planes, Results results, Weights weights) {
    this.kernel = kernel;
    this.source = source;
    this.planes = planes;
    this.results = results;
    this.weights = weights;
    groups = results.grid.channels() / results.channels;
    taps = planes.taps();
    Grid to = results.grid;
    inPlace =
        to.placeStride() == 1
            && planes.rowStep() == planes.columns()
            && to.width() == planes.columns()
            && to.height() == planes.rows()
            && to.depth() == planes.planes();
  }

  /** Numbers of memory for copies. */
  int planesSize() {
    return planes.size() + ConvolutionKernel.BEYOND;
  }

  /** Numbers of memory for weights. */
  int packedSize() {
    return groups * results.channels * taps.length;
  }

  /** Numbers of memory for results. */
  int rowsSize() {
    return results.channels * planes.span();
  }

  /** Terms of a group's results of one example, those in gaps between rows among them. */
  long numTerms() {
    int span = (planes.span() + COLUMNS - 1) / COLUMNS * COLUMNS;
    return (long) packedSize() / groups * planes.planes() * span;
  }

  /** Whether there is nothing to do: no tap meets a place. */
  boolean isEmpty() {
    return taps.length == 0 || planes.planes() == 0 || planes.span() == 0;
  }

  /**
   * Computes the results of a mini-batch.
   *
   * @param bias a number for each channel of the results, null for none
   * @param adds whether results are added to what is there
   */
  void run(Floats from, Floats weight, Floats bias, Floats to, boolean adds, Memory memory) {
    for (int g = 0; g < groups; g++) {
      part.bind(weight.array(), weight.at() + g * weights.groupSize, weights.groupSize);
      kernel.pack(part, results.channels, weights.rowStride, weights.terms, packed(memory, g));
    }
    memory.planes.clear();
    int size = from.size() / source.size();
    int sourceGroup = source.channels() / groups * source.channelStride();
    for (int n = 0; n < size; n++) {
      for (int g = 0; g < groups; g++) {
        planes.copy(from, n * source.size() + g * sourceGroup, memory.planes);
        Floats first = bias == null ? null : bias(bias, g);
        int at = to.at() + n * results.grid.size() + channel(g);
        for (int d = 0; d < planes.planes(); d++) {
          slide(g, d, first, to.array(), at, adds, memory);
        }
      }
    }
  }

  private int channel(int group) {
    return group * results.channels * results.grid.channelStride();
  }

  private Floats packed(Memory memory, int group) {
    int size = results.channels * taps.length;
    return packed.bind(memory.packed.array(), memory.packed.at() + group * size, size);
  }

  private Floats bias(Floats bias, int group) {
    return start.bind(bias.array(), bias.at() + group * results.channels, results.channels);
  }

  private void slide(
      int group, int d, Floats first, float[] to, int at, boolean adds, Memory memory) {
    int plane = d * planes.planeStep();
    part.bind(memory.planes.array(), memory.planes.at() + plane, planes.size() - plane);
    int span = planes.span();
    boolean direct = inPlace && !adds;
    if (direct) {
      rows.bind(to, at + results.at(d, 0, 0), results.channels, span, results.grid.channelStride());
    } else {
      rows.bind(memory.rows, results.channels, span);
    }
    kernel.slide(packed(memory, group), first, part, taps, rows);
    for (int c = 0; c < results.channels && !direct; c++) {
      int from = rows.at() + c * span;
      int channel = at + c * results.grid.channelStride() + results.at(d, 0, 0);
      if (!adds && rowStride() == 1) {
        channelRows.bind(rows.array(), from, planes.rows(), planes.columns(), planes.rowStep());
        written.bind(
            to,
            channel,
            planes.rows(),
            planes.columns(),
            results.strides[1] * results.grid.width());
        kernel.copy(channelRows, written);
      } else {
        write(rows.array(), from, to, channel, adds);
      }
    }
  }

  private void write(float[] from, int first, float[] to, int at, boolean adds) {
    int step = results.strides[1] * results.grid.rowSize();
    for (int h = 0; h < planes.rows(); h++) {
      int row = first + h * planes.rowStep();
      if (adds) {
        addRow(from, row, to, at + h * step);
      } else {
        writeRow(from, row, to, at + h * step);
      }
    }
  }

  private int rowStride() {
    return results.strides[2] * results.grid.placeStride();
  }

  private void writeRow(float[] from, int first, float[] to, int at) {
    int stride = rowStride();
    for (int i = 0; i < planes.columns(); i++) {
      to[at + i * stride] = from[first + i];
    }
  }

  private void addRow(float[] from, int first, float[] to, int at) {
    int stride = rowStride();
    for (int i = 0; i < planes.columns(); i++) {
      to[at + i * stride] += from[first + i];
    }
  }
}
