package dev.braid.worker.shape;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How a kernel moves along one dimension.
 *
 * @param kernel positions it covers
 * @param stride positions it moves on
 * @param dilation distance between the positions it covers
 * @param before padding before the first position
 * @param after padding after the last position
 */
public record Window(int kernel, int stride, int dilation, int before, int after)
    implements Serializable {

  /** How many places it takes along {@code size} positions; less than 1 when it does not fit. */
  public int places(int size) {
    return Math.floorDiv(size + before + after - reach(kernel, dilation), stride) + 1;
  }

  /**
   * One window per spatial dimension of the one input.
   *
   * @param kernel, stride, dilation one number for all dimensions or one for each
   * @throws IllegalArgumentException when the numbers do not fit the input's dimensions
   */
  public static List<Window> over(
      Node node,
      List<Integer> kernel,
      List<Integer> stride,
      List<Integer> dilation,
      Padding padding) {
    List<Integer> spatial = node.shape().spatial();
    require(
        padding.kind() != Padding.Kind.CAUSAL || spatial.size() == 1,
        "%s: padding causal is for [time, features], but %s is what it reads",
        node.describe(),
        node.sources().get(0).describe());
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < spatial.size(); i++) {
      int k = pick(node, "kernel", kernel, i);
      int s = pick(node, "stride", stride, i);
      int d = pick(node, "dilation", dilation, i);
      int total = around(spatial.get(i), s, reach(k, d));
      int before =
          switch (padding.kind()) {
            case SAME -> total / 2;
            case CAUSAL -> reach(k, d) - 1;
            case SIZES -> pick(node, "padding", padding.sizes(), i);
          };
      int after =
          switch (padding.kind()) {
            case SAME -> total - before;
            case CAUSAL -> 0;
            case SIZES -> before;
          };
      windows.add(new Window(k, s, d, before, after));
    }
    return List.copyOf(windows);
  }

  /** How much padding {@code same} has in all; the same for every length where they differ. */
  private static int around(int size, int stride, int reach) {
    return size == Shape.TIME
        ? reach - 1
        : Math.max(0, (ceilDiv(size, stride) - 1) * stride + reach - size);
  }

  /**
   * How many places there are for each example of a ragged sequence.
   *
   * @param windows that along time
   * @param sources the steps of each example
   * @throws IllegalArgumentException when a window is larger than a padded example
   */
  public static int[] steps(Node node, List<Window> windows, List<int[]> sources) {
    Window window = windows.get(0);
    int[] steps = sources.get(0);
    int[] places = new int[steps.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = window.places(steps[i]);
      require(
          places[i] > 0,
          "%s: a kernel of %d with dilation %d does not fit into the %d steps of an example; use"
              + " padding same, a smaller kernel, or leave out examples that short",
          node.describe(),
          window.kernel,
          window.dilation,
          steps[i]);
    }
    return places;
  }

  /** {@link #over} with windows that must touch data at every place. */
  public static List<Window> overData(
      Node node, List<Integer> kernel, List<Integer> stride, Padding padding) {
    List<Window> windows = over(node, kernel, stride, List.of(1), padding);
    for (Window window : windows) {
      require(
          window.before < window.kernel,
          "%s: padding must be less than the kernel of %d, got %d",
          node.describe(),
          window.kernel,
          window.before);
    }
    return windows;
  }

  /** The shape of the one source, a sequence, image or volume. */
  public static Shape slidable(Node node) {
    return node.one(
        "[time, features], [channels, height, width] or [channels, depth, height, width]",
        2,
        4,
        "put a reshape layer in between, or name the input's shape under 'inputs'");
  }

  /**
   * The shape with {@code channels} at every place of the windows.
   *
   * @throws IllegalArgumentException when a window is larger than the padded input
   */
  public static Shape result(Node node, List<Window> windows, int channels) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < windows.size(); i++) {
      Window window = windows.get(i);
      if (node.shape().spatial().get(i) == Shape.TIME) {
        places.add(Shape.TIME);
        continue;
      }
      places.add(window.places(node.shape().spatial().get(i)));
      require(
          places.get(i) > 0,
          "%s: a kernel of %d with dilation %d does not fit into %s; use a smaller kernel, more"
              + " padding, or less pooling before",
          node.describe(),
          window.kernel,
          window.dilation,
          node.sources().get(0).describe());
    }
    return Shape.ofChannels(channels, places);
  }

  /** The list itself, or {@code fallback} where the job file names none; each at least 1. */
  public static List<Integer> sizesOr(List<Integer> fallback, String setting, List<Integer> sizes) {
    if (sizes == null) {
      return fallback;
    }
    for (int size : sizes) {
      require(size > 0, "%s must be at least 1, got %d", setting, size);
    }
    require(!sizes.isEmpty(), "%s must name at least one size", setting);
    return List.copyOf(sizes);
  }

  private static int pick(Node node, String setting, List<Integer> sizes, int i) {
    int dimensions = node.shape().spatial().size();
    require(
        sizes.size() == 1 || sizes.size() == dimensions,
        "%s: %s has %d sizes, but %s has %d to slide over",
        node.describe(),
        setting,
        sizes.size(),
        node.sources().get(0).describe(),
        dimensions);
    return sizes.get(sizes.size() == 1 ? 0 : i);
  }

  private static int reach(int kernel, int dilation) {
    return (kernel - 1) * dilation + 1;
  }

  private static int ceilDiv(int a, int b) {
    return (a + b - 1) / b;
  }
}
