package dev.braid.worker.kernel;

/**
 * The largest of two by two numbers and where it is: windows of images that neither overlap nor
 * leave a gap. Numbers are compared by {@link ConvolutionKernel#rank}. A kernel belongs to one
 * thread: it keeps scratch memory.
 */
public interface PoolingKernel {
  /**
   * The images under the windows, one channel after another.
   *
   * @param height, width of a channel; a last row or column that is one too many has no window
   */
  record Image(int height, int width) {
    /** Rows of windows in a channel. */
    public int rows() {
      return height / 2;
    }

    /** Windows in a row. */
    public int columns() {
      return width / 2;
    }

    /** Where in all channels a row of windows begins, counted through all of them. */
    int at(int row) {
      return row / rows() * height * width + row % rows() * 2 * width;
    }
  }

  /**
   * y becomes the largest number of each window, 0 where that is -0.
   *
   * @param x [channels, height, width]
   * @param y [channels, rows, columns]
   */
  void largest(Floats x, Image image, Floats y);

  /**
   * Gives the gradient of each window to the first of its numbers that is as large as the largest,
   * of its upper row first, by adding it to what is there.
   *
   * @param x as in {@link #largest}
   * @param dy the gradient by y
   * @param dx that by x
   * @param adds whether numbers under windows begin with what is there, instead of 0
   */
  void gradient(Floats x, Image image, Floats dy, Floats dx, boolean adds);
}
