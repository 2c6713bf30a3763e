package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.ConvolutionKernel;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.Matrix;

/**
 * The channels of a sequence, image or volume copied with zeros around them, so that what a tap
 * reads at all places of a plane lies at one distance from those places.
 */
final class TapPlanes {
  private final ConvolutionKernel kernel;
  private final Matrix read = new Matrix();
  private final Matrix written = new Matrix();
  private final Grid source;
  private final int channels;
  private final TapAxis depths;
  private final TapAxis heights;
  private final TapAxis widths;

  /**
   * @param source what is copied
   * @param channels how many of the source's at a time
   * @param axes along depth, height and width
   */
  TapPlanes(ConvolutionKernel kernel, Grid source, int channels, TapAxis... axes) {
    this.kernel = kernel;
    this.source = source;
    this.channels = channels;
    depths = axes[0];
    heights = axes[1];
    widths = axes[2];
  }

  /** Numbers of all copies. */
  int size() {
    return Math.multiplyExact(channels, channelSize());
  }

  private int channelSize() {
    int copies = depths.copies().length * heights.copies().length * widths.copies().length;
    return Math.multiplyExact(copies, blockSize());
  }

  private int blockSize() {
    return depths.extent() * planeStep();
  }

  /** How far apart two planes of places are. */
  int planeStep() {
    return heights.extent() * rowStep();
  }

  /** How far apart two rows of places are. */
  int rowStep() {
    return widths.extent();
  }

  /** Planes of places. */
  int planes() {
    return depths.places();
  }

  /** Rows of a plane's places. */
  int rows() {
    return heights.places();
  }

  /** Places in a row. */
  int columns() {
    return widths.places();
  }

  /** Numbers from the first place of a plane to behind its last. */
  int span() {
    return rows() == 0 || columns() == 0 ? 0 : (rows() - 1) * rowStep() + columns();
  }

  /** Taps of one channel. */
  int numTaps() {
    return depths.taps().length * heights.taps().length * widths.taps().length;
  }

  /** Where the first place of a plane reads, for each channel and each tap. */
  int[] taps() {
    int[] places = new int[channels * numTaps()];
    int next = 0;
    for (int c = 0; c < channels; c++) {
      for (int d = 0; d < depths.taps().length; d++) {
        for (int h = 0; h < heights.taps().length; h++) {
          for (int w = 0; w < widths.taps().length; w++) {
            int copy = copy(depths.copyOf()[d], heights.copyOf()[h], widths.copyOf()[w]);
            places[next++] =
                c * channelSize()
                    + copy * blockSize()
                    + depths.offsets()[d] * planeStep()
                    + heights.offsets()[h] * rowStep()
                    + widths.offsets()[w];
          }
        }
      }
    }
    return places;
  }

  private int copy(int d, int h, int w) {
    return (d * heights.copies().length + h) * widths.copies().length + w;
  }

  /**
   * Where in the weights of a channel each tap is.
   *
   * @param kernelHeight, kernelWidth of the whole kernel
   */
  int[] weights(int kernelHeight, int kernelWidth) {
    int[] weights = new int[numTaps()];
    int next = 0;
    for (int d : depths.taps()) {
      for (int h : heights.taps()) {
        for (int w : widths.taps()) {
          weights[next++] = (d * kernelHeight + h) * kernelWidth + w;
        }
      }
    }
    return weights;
  }

  /**
   * Copies channels; what is zero around them stays as it is.
   *
   * @param at where in {@code from} the first channel is
   */
  void copy(Floats from, int at, Floats to) {
    int next = to.at();
    for (int c = 0; c < channels; c++) {
      int channel = from.at() + at + c * source.channelStride();
      for (int d = 0; d < depths.copies().length; d++) {
        for (int h = 0; h < heights.copies().length; h++) {
          for (int w = 0; w < widths.copies().length; w++) {
            copyBlock(from.array(), channel, d, h, w, to.array(), next);
            next += blockSize();
          }
        }
      }
    }
  }

  private void copyBlock(float[] from, int channel, int dc, int hc, int wc, float[] to, int at) {
    int begin = widths.begin(wc);
    int count = widths.end(wc, source.width()) - begin;
    int top = heights.begin(hc);
    int rows = heights.end(hc, source.height()) - top;
    int back = depths.end(dc, source.depth());
    int height = heights.copies()[hc] + top * heights.step();
    int width = widths.copies()[wc] + begin * widths.step();
    for (int d = depths.begin(dc); d < back; d++) {
      int depth = depths.copies()[dc] + d * depths.step();
      int first = channel + source.at(depth, height, width);
      int next = at + d * planeStep() + top * rowStep() + begin;
      if (widths.step() * source.placeStride() == 1) {
        read.bind(from, first, rows, count, heights.step() * source.width());
        kernel.copy(read, written.bind(to, next, rows, count, rowStep()));
      } else {
        for (int h = 0; h < rows; h++) {
          int row = first + h * heights.step() * source.rowSize();
          copyRow(from, row, to, next + h * rowStep(), count);
        }
      }
    }
  }

  private void copyRow(float[] from, int first, float[] to, int at, int count) {
    int stride = widths.step() * source.placeStride();
    for (int i = 0; i < count; i++) {
      to[at + i] = from[first + i * stride];
    }
  }
}
