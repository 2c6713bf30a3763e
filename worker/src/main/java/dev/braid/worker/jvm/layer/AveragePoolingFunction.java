package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.layer.AveragePooling;
import dev.braid.worker.layer.LayerPlan;
import java.util.Arrays;

/** The mean of what is under each window, added from first to last; padding does not count. */
final class AveragePoolingFunction implements LayerFunction {
  private final AveragePooling settings;
  private final LayerPlan plan;
  private final Means means = new Means();
  private final Shares shares = new Shares();
  private float[] row = {};

  AveragePoolingFunction(AveragePooling settings, LayerPlan plan) {
    this.settings = settings;
    this.plan = plan;
  }

  @Override
  public void plan(Call call, Room room) {
    means.plan(settings, plan, call);
    shares.plan(settings, plan, call);
    if (row.length < means.result.width()) {
      row = new float[means.result.width()];
    }
  }

  @Override
  public void forward(Call call) {
    means.x = call.source(0);
    means.y = call.result();
    means.walk(call);
  }

  @Override
  public void backward(Call call) {
    if (call.wants(0)) {
      shares.dx = call.clearedSourceGradient(0);
      shares.dy = call.resultGradient();
      shares.walk(call);
    }
  }

  /** The means of a row of windows from the numbers under them; 0 where there are none. */
  private final class Means extends WindowRows {
    private Floats x;
    private Floats y;

    @Override
    void row(int channel, int to) {
      Arrays.fill(row, 0, result.width(), 0);
      rowsUnder(channel);
      for (int w = 0; w < result.width(); w++) {
        y.array()[y.at() + to + w * result.placeStride()] = row[w] / Math.max(1, count(w));
      }
    }

    @Override
    void under(int at) {
      for (int tap = 0; tap < taps(); tap++) {
        int first = x.at() + at + start(tap) * source.placeStride();
        add(x.array(), first, stride() * source.placeStride(), begin(tap), end(tap));
      }
    }

    private void add(float[] numbers, int first, int step, int begin, int end) {
      float[] sums = row;
      for (int w = begin; w < end; w++) {
        sums[w] += numbers[first + w * step];
      }
    }
  }

  /** What each number's share of the gradient is in a row of windows. */
  private final class Shares extends WindowRows {
    private Floats dx;
    private Floats dy;

    @Override
    void row(int channel, int to) {
      for (int w = 0; w < result.width(); w++) {
        row[w] = dy.array()[dy.at() + to + w * result.placeStride()] / Math.max(1, count(w));
      }
      rowsUnder(channel);
    }

    @Override
    void under(int at) {
      for (int tap = 0; tap < taps(); tap++) {
        int first = dx.at() + at + start(tap) * source.placeStride();
        add(dx.array(), first, stride() * source.placeStride(), begin(tap), end(tap));
      }
    }

    private void add(float[] numbers, int first, int step, int begin, int end) {
      float[] each = row;
      for (int w = begin; w < end; w++) {
        numbers[first + w * step] += each[w];
      }
    }
  }
}
