package dev.braid.worker.jvm.layer;

import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Pooling;
import dev.braid.worker.shape.Window;
import java.util.List;

/**
 * How a pooling's window lies on one dimension.
 *
 * @param window without dilation
 * @param size positions there are
 * @param places of the window
 */
record Reach(Window window, int size, int places) {
  /** Those along depth, height and width. */
  static Reach[] of(Pooling settings, LayerPlan plan, Grid source, Grid result) {
    List<Window> windows = Grid.three(settings.windows(plan.node()));
    return new Reach[] {
      new Reach(windows.get(0), source.depth(), result.depth()),
      new Reach(windows.get(1), source.height(), result.height()),
      new Reach(windows.get(2), source.width(), result.width())
    };
  }

  /** The first position under the window at a place. */
  int from(int place) {
    return Math.max(0, place * window.stride() - window.before());
  }

  /** The first position behind the window at a place. */
  int to(int place) {
    return Math.min(size, place * window.stride() - window.before() + window.kernel());
  }

  /** The position of a tap at the first place: before the first position where it is negative. */
  int start(int tap) {
    return tap - window.before();
  }

  /** The first place at which a tap lies on a position. */
  int firstPlace(int tap) {
    int missing = window.before() - tap;
    return missing <= 0 ? 0 : ceilDiv(missing, window.stride());
  }

  /** The first place from which on a tap lies behind the first {@code steps} positions. */
  int endPlace(int tap, int steps) {
    return Math.max(0, Math.min(places, ceilDiv(steps - start(tap), window.stride())));
  }

  private static int ceilDiv(int a, int b) {
    return -Math.floorDiv(-a, b);
  }
}
