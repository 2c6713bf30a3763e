package dev.braid.worker.jvm.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.shape.Shape;

/** An activation of values of one shape, [size, shape...]; softmax goes along their channels. */
public final class ShapedActivation {
  private final Activation activation;
  private final int channels;
  private final boolean channelsFirst;
  private final KernelSet kernels;
  private final Floats rows = new Floats();
  private final Floats rowGradients = new Floats();

  /**
   * @param shape of one example, which may be ragged
   */
  public ShapedActivation(Activation activation, Shape shape, KernelSet kernels) {
    this.activation = activation;
    this.kernels = kernels;
    channels = activation == Activation.SOFTMAX ? shape.channels() : 1;
    channelsFirst = shape.rank() > 2;
  }

  /** y = activation(x) for so many examples; y may be x. */
  public void forward(int size, Floats x, Floats y) {
    if (activation != Activation.SOFTMAX) {
      kernels.activation().forward(activation, x, y);
    } else if (channelsFirst) {
      room(rows, x.size());
      toRows(size, x, rows);
      kernels.activation().softmax(rows, rows, channels);
      toChannels(size, rows, y);
    } else {
      kernels.activation().softmax(x, y, channels);
    }
  }

  /** The gradient by x from that by y, which it may be. */
  public void backward(int size, Floats x, Floats y, Floats dy, Floats dx) {
    if (activation != Activation.SOFTMAX) {
      kernels.activation().backward(activation, x, y, dy, dx);
    } else if (channelsFirst) {
      room(rows, y.size());
      room(rowGradients, y.size());
      toRows(size, y, rows);
      toRows(size, dy, rowGradients);
      kernels.activation().softmaxBackward(rows, rowGradients, rowGradients, channels);
      toChannels(size, rowGradients, dx);
    } else {
      kernels.activation().softmaxBackward(y, dy, dx, channels);
    }
  }

  private static void room(Floats floats, int size) {
    float[] array = floats.array().length >= size ? floats.array() : new float[size];
    floats.bind(array, 0, size);
  }

  private void toRows(int size, Floats from, Floats to) {
    transpose(from, to, size, channels, from.size() / size / channels);
  }

  private void toChannels(int size, Floats from, Floats to) {
    transpose(from, to, size, from.size() / size / channels, channels);
  }

  /** Example by example the transpose of a matrix of so many rows and columns. */
  private static void transpose(Floats from, Floats to, int size, int numRows, int numColumns) {
    for (int example = 0; example < size; example++) {
      int first = from.at() + example * numRows * numColumns;
      int at = to.at() + example * numRows * numColumns;
      for (int column = 0; column < numColumns; column++) {
        for (int row = 0; row < numRows; row++) {
          to.array()[at++] = from.array()[first + row * numColumns + column];
        }
      }
    }
  }
}
