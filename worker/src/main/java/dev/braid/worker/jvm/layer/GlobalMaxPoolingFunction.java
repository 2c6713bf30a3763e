package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.layer.LayerPlan;

/**
 * The largest number of each channel, of a sequence's steps those that are there. Where there are
 * several they share the gradient.
 */
final class GlobalMaxPoolingFunction implements LayerFunction {
  private final LayerPlan plan;
  private Grid source;

  GlobalMaxPoolingFunction(LayerPlan plan) {
    this.plan = plan;
  }

  @Override
  public void plan(Call call, Room room) {
    source = Grid.of(plan.node().shape(), call.time(0));
  }

  @Override
  public void forward(Call call) {
    Floats x = call.source(0);
    Floats y = call.result();
    for (int n = 0; n < call.size(); n++) {
      int places = source.placesOf(call.lengths(0), n);
      for (int c = 0; c < source.channels(); c++) {
        int first = x.at() + n * source.size() + c * source.channelStride();
        y.array()[y.at() + n * source.channels() + c] = largest(x.array(), first, places);
      }
    }
  }

  private float largest(float[] x, int first, int places) {
    float largest = x[first];
    for (int i = 1; i < places; i++) {
      largest = Math.max(largest, x[first + i * source.placeStride()]);
    }
    return largest;
  }

  @Override
  public void backward(Call call) {
    if (!call.wants(0)) {
      return;
    }
    Floats to = call.clearedSourceGradient(0);
    Floats x = call.source(0);
    Floats y = call.result();
    Floats from = call.resultGradient();
    for (int n = 0; n < call.size(); n++) {
      int places = source.placesOf(call.lengths(0), n);
      for (int c = 0; c < source.channels(); c++) {
        int i = n * source.channels() + c;
        int first = n * source.size() + c * source.channelStride();
        float largest = y.array()[y.at() + i];
        float share =
            from.array()[from.at() + i] / count(x.array(), x.at() + first, places, largest);
        give(x, largest, share, to, first, places);
      }
    }
  }

  private int count(float[] x, int first, int places, float largest) {
    int count = 0;
    for (int i = 0; i < places; i++) {
      count += x[first + i * source.placeStride()] == largest ? 1 : 0;
    }
    return Math.max(1, count);
  }

  private void give(Floats x, float largest, float share, Floats to, int first, int places) {
    for (int i = 0; i < places; i++) {
      int at = first + i * source.placeStride();
      if (x.array()[x.at() + at] == largest) {
        to.array()[to.at() + at] += share;
      }
    }
  }
}
