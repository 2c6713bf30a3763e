package dev.braid.worker.kernel;

import java.util.Arrays;

/** The largest of two by two numbers in plain loops: what {@link PoolingKernel} means. */
final class PlainPoolingKernel implements PoolingKernel {
  @Override
  public void largest(Floats x, Image image, Floats y) {
    for (int i = 0; i < y.size(); i++) {
      int first = first(x, image, i);
      int rank =
          Math.max(
              Math.max(rank(x, first), rank(x, first + 1)),
              Math.max(rank(x, first + image.width()), rank(x, first + image.width() + 1)));
      y.array()[y.at() + i] = ConvolutionKernel.ofRank(rank);
    }
  }

  /** Where the first number of a window is. */
  private static int first(Floats x, Image image, int window) {
    int row = window / image.columns();
    return x.at() + image.at(row) + 2 * (window % image.columns());
  }

  private static int rank(Floats x, int at) {
    return ConvolutionKernel.rank(x.array()[at]);
  }

  @Override
  public void gradient(Floats x, Image image, Floats dy, Floats dx, boolean adds) {
    for (int i = 0; i < dy.size(); i++) {
      int first = first(x, image, i);
      int below = first + image.width();
      int place = larger(x, larger(x, larger(x, first, first + 1), below), below + 1);
      int shift = dx.at() - x.at();
      if (!adds) {
        Arrays.fill(dx.array(), first + shift, first + shift + 2, 0);
        Arrays.fill(dx.array(), below + shift, below + shift + 2, 0);
      }
      dx.array()[place + shift] += dy.array()[dy.at() + i];
    }
  }

  private static int larger(Floats x, int place, int next) {
    return rank(x, next) > rank(x, place) ? next : place;
  }
}
