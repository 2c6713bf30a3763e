package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.ConvolutionKernel;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.Matrix;
import dev.braid.worker.kernel.ReductionKernel;

/**
 * The gradient of a convolution by its weights. With four filters in a group or more, each number
 * has one accumulator, to which example after example, place after place is added; with fewer, the
 * places of a row go to 16 accumulators in turn, which meet in a tree at the end.
 */
final class ConvolutionWeightGradient {
  private static final int FEW_FILTERS = 4;
  private static final int COLUMNS = 16;

  private final ConvolutionKernel kernel;
  private final ReductionKernel reduction;
  private final Grid source;
  private final Grid result;
  private final TapPlanes planes;
  private final int groups;
  private final int filters; // of a group
  private final int[] taps;
  private final Floats part = new Floats();
  private final Floats copied = new Floats();
  private final Matrix gradients = new Matrix();
  private final Matrix column = new Matrix();
  private final Matrix sums = new Matrix();
  private Floats accumulators;
  private Floats copies;

  /**
   * @param planes of which a plane's places lie side by side
   */
  ConvolutionWeightGradient(
      KernelSet kernels, Grid source, Grid result, TapPlanes planes, int groups) {
    kernel = kernels.convolution();
    reduction = kernels.reduction();
    this.source = source;
    this.result = result;
    this.planes = planes;
    this.groups = groups;
    filters = result.channels() / groups;
    taps = planes.taps();
  }

  /** Asks for memory. */
  void plan(Room room) {
    copies = room.scratch(planes.size() + ConvolutionKernel.BEYOND);
    if (areFew()) {
      accumulators =
          room.scratch((long) result.channels() * taps.length * ConvolutionKernel.ACCUMULATORS);
    } else {
      accumulators = room.scratch((long) groups * taps.length * stride());
    }
  }

  private boolean areFew() {
    return filters < FEW_FILTERS;
  }

  private int stride() {
    return (filters + COLUMNS - 1) / COLUMNS * COLUMNS;
  }

  /** Adds the gradient by the weights, [filters, terms]. */
  void add(Floats x, Floats dy, Floats gradient) {
    copies.clear();
    accumulators.clear();
    int size = x.size() / source.size();
    int sourceGroup = source.channels() / groups * source.channelStride();
    for (int n = 0; n < size; n++) {
      for (int g = 0; g < groups; g++) {
        planes.copy(x, n * source.size() + g * sourceGroup, copies);
        int at = dy.at() + n * result.size() + g * filters * result.channelStride();
        if (areFew()) {
          dots(dy.array(), at, g);
        } else {
          gather(dy.array(), at, g);
        }
      }
    }
    if (areFew()) {
      reduction.rowSums(accumulators, gradient, true);
    } else {
      addSums(gradient);
    }
  }

  private void dots(float[] dy, int at, int group) {
    int each = taps.length * ConvolutionKernel.ACCUMULATORS;
    for (int f = 0; f < filters; f++) {
      int to = accumulators.at() + (group * filters + f) * each;
      for (int d = 0; d < planes.planes(); d++) {
        int first = at + f * result.channelStride() + result.at(d, 0, 0);
        part.bind(accumulators.array(), to, each);
        copiesOf(d);
        kernel.dots(copied, taps, planes.rowStep(), plane(dy, first), part);
      }
    }
  }

  private void copiesOf(int d) {
    int plane = d * planes.planeStep();
    copied.bind(copies.array(), copies.at() + plane, planes.size() - plane);
  }

  /** The gradients of one filter in one plane. */
  private Matrix plane(float[] dy, int at) {
    if (result.placeStride() == 1) {
      return gradients.bind(dy, at, planes.rows(), planes.columns());
    }
    column.bind(dy, at, planes.columns(), 1, result.placeStride());
    return gradients.transposeOf(column);
  }

  private void gather(float[] dy, int at, int group) {
    int places = planes.rows() * planes.columns();
    for (int d = 0; d < planes.planes(); d++) {
      copiesOf(d);
      kernel.gather(copied, taps, byPlace(dy, at + result.at(d, 0, 0), places), sums(group));
    }
  }

  /** The gradients of a plane, [places, filters]. */
  private Matrix byPlace(float[] dy, int at, int places) {
    if (result.placeStride() == 1) {
      return gradients.transposeOf(column.bind(dy, at, filters, places, result.channelStride()));
    }
    return gradients.bind(dy, at, places, filters, result.placeStride());
  }

  private Matrix sums(int group) {
    int at = accumulators.at() + group * taps.length * stride();
    return sums.bind(accumulators.array(), at, taps.length, filters, stride());
  }

  private void addSums(Floats gradient) {
    for (int g = 0; g < groups; g++) {
      Matrix sums = sums(g);
      int to = gradient.at() + g * filters * taps.length;
      for (int k = 0; k < taps.length; k++) {
        int at = sums.at() + k * sums.rowStride();
        for (int f = 0; f < filters; f++) {
          gradient.array()[to + f * taps.length + k] += sums.array()[at + f];
        }
      }
    }
  }
}
