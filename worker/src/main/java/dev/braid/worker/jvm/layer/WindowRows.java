package dev.braid.worker.jvm.layer;

import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Pooling;

/**
 * A walk over the windows of a pooling, row by row, and in a row over those of the source that lie
 * under it, tap by tap in ascending order.
 */
abstract class WindowRows {
  private Reach depths;
  private Reach heights;
  private Reach widths;
  private int[] starts = {};
  private int[] begins = {};
  private int[] ends = {};
  private int d;
  private int h;
  private int steps;
  Grid source;
  Grid result;

  /** Takes the sizes of a mini-batch. */
  void plan(Pooling settings, LayerPlan plan, Call call) {
    source = Grid.of(plan.node().shape(), call.time(0));
    result = Grid.of(plan.shape(), call.resultTime());
    Reach[] reaches = Reach.of(settings, plan, source, result);
    depths = reaches[0];
    heights = reaches[1];
    widths = reaches[2];
    int taps = widths.window().kernel();
    starts = new int[taps];
    begins = new int[taps];
    ends = new int[taps];
    for (int tap = 0; tap < taps; tap++) {
      starts[tap] = widths.start(tap);
      begins[tap] = widths.firstPlace(tap);
    }
    has(source.width());
  }

  private void has(int steps) {
    this.steps = steps;
    for (int tap = 0; tap < ends.length; tap++) {
      ends[tap] = widths.endPlace(tap, steps);
    }
  }

  /** Calls {@link #row} for each row of windows. */
  final void walk(Call call) {
    for (int n = 0; n < call.size(); n++) {
      int ofExample = source.stepsOf(call.lengths(0), n);
      if (ofExample != steps) {
        has(ofExample);
      }
      for (int c = 0; c < result.channels(); c++) {
        int channel = n * source.size() + c * source.channelStride();
        int to = n * result.size() + c * result.channelStride();
        for (d = 0; d < result.depth(); d++) {
          for (h = 0; h < result.height(); h++) {
            row(channel, to + result.at(d, h, 0));
          }
        }
      }
    }
  }

  /**
   * What is done with a row.
   *
   * @param channel where its channel begins in the source
   * @param to where its numbers begin in the result
   */
  abstract void row(int channel, int to);

  /** Calls {@link #under} for each row of the source under this row of windows. */
  final void rowsUnder(int channel) {
    for (int depth = depths.from(d); depth < depths.to(d); depth++) {
      for (int height = heights.from(h); height < heights.to(h); height++) {
        under(channel + source.at(depth, height, 0));
      }
    }
  }

  /** What is done with a row of the source that begins there. */
  abstract void under(int at);

  /** Steps of the example at work that windows may lie on. */
  final int steps() {
    return steps;
  }

  /** Taps along the width. */
  final int taps() {
    return starts.length;
  }

  /** Positions between two windows. */
  final int stride() {
    return widths.window().stride();
  }

  /** Which position of a row the tap has in its first window, if only there were one. */
  final int start(int tap) {
    return starts[tap];
  }

  /** The first window in which the tap lies on a position. */
  final int begin(int tap) {
    return begins[tap];
  }

  /** The first window from which on the tap lies behind the last position. */
  final int end(int tap) {
    return ends[tap];
  }

  /** How many numbers a window of this row has under it. */
  final int count(int w) {
    int width = Math.max(0, Math.min(steps, widths.to(w)) - widths.from(w));
    return (depths.to(d) - depths.from(d)) * (heights.to(h) - heights.from(h)) * width;
  }
}
