package dev.braid.worker.jvm.layer;

import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Pooling;

/** A walk over the windows of a pooling, row by row, and in a row tap by tap in ascending order. */
abstract class WindowRows {
  private Reach depths;
  private Reach heights;
  private Reach widths;
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
  }

  /** Calls {@link #row} for each row of windows. */
  final void walk(Call call) {
    for (int n = 0; n < call.size(); n++) {
      steps = source.stepsOf(call.lengths(0), n);
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

  /** Calls {@link #tap} for each tap of the windows of this row. */
  final void taps(int channel) {
    int step = widths.window().stride() * source.placeStride();
    for (int depth = depths.from(d); depth < depths.to(d); depth++) {
      for (int height = heights.from(h); height < heights.to(h); height++) {
        int row = channel + source.at(depth, height, 0);
        for (int tap = 0; tap < widths.window().kernel(); tap++) {
          int at = row + widths.start(tap) * source.placeStride();
          tap(at, step, widths.firstPlace(tap), widths.endPlace(tap, steps));
        }
      }
    }
  }

  /** What is done at one tap of the windows {@code begin} to {@code end}: it is at + w step. */
  abstract void tap(int at, int step, int begin, int end);

  /** How many numbers a window of this row has under it. */
  final int count(int w) {
    int width = Math.max(0, Math.min(steps, widths.to(w)) - widths.from(w));
    return (depths.to(d) - depths.from(d)) * (heights.to(h) - heights.from(h)) * width;
  }
}
