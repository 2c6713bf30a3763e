package dev.braid.worker.jvm.layer;

import dev.braid.worker.shape.Shape;
import dev.braid.worker.shape.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * How the numbers of one sequence, image or volume lie: a channel's places by depth, height and
 * width, of which a sequence has its steps as the width and an image one depth.
 *
 * @param channelStride how far apart two channels of a place are
 * @param placeStride how far apart two places of a channel are
 */
record Grid(int channels, int depth, int height, int width, int channelStride, int placeStride) {
  /**
   * The grid of a layer's source or result.
   *
   * @param time to how many steps it is padded if it is a sequence
   */
  static Grid of(Shape shape, int time) {
    List<Integer> sizes = shape.sizes();
    int channels = shape.channels();
    return switch (shape.rank()) {
      case 2 -> new Grid(channels, 1, 1, time, 1, channels);
      case 3 -> image(channels, 1, sizes.get(1), sizes.get(2));
      default -> image(channels, sizes.get(1), sizes.get(2), sizes.get(3));
    };
  }

  private static Grid image(int channels, int depth, int height, int width) {
    return new Grid(channels, depth, height, width, depth * height * width, 1);
  }

  /** Windows along depth, height and width; along a dimension that is none, one that stays. */
  static List<Window> three(List<Window> windows) {
    List<Window> three = new ArrayList<>(windows);
    while (three.size() < 3) {
      three.add(0, new Window(1, 1, 1, 0, 0));
    }
    return three;
  }

  /** The same sequence behind so many steps; itself if there are none. */
  Grid withStepsBefore(int steps) {
    return steps == 0
        ? this
        : new Grid(channels, depth, height, width + steps, channelStride, placeStride);
  }

  /** Places of a channel. */
  int places() {
    return depth * height * width;
  }

  /** Numbers in all. */
  int size() {
    return channels * places();
  }

  /** Where in its channel a place is. */
  int at(int d, int h, int w) {
    return ((d * height + h) * width + w) * placeStride;
  }

  /** Numbers in a row of places: all features of all steps of a sequence. */
  int rowSize() {
    return width * placeStride;
  }

  /** Rows of an example, channel after channel. */
  int rows() {
    return size() / rowSize();
  }

  /**
   * Places along the width that an example has.
   *
   * @param lengths null where none is padding
   */
  int stepsOf(int[] lengths, int example) {
    return lengths == null ? width : lengths[example];
  }

  /** Places of a channel that an example has. */
  int placesOf(int[] lengths, int example) {
    return depth * height * stepsOf(lengths, example);
  }
}
