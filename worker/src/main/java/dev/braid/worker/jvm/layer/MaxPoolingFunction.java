package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.MaxPooling;
import java.util.Arrays;

/**
 * The largest number under each window: the first of several, not a number where one is not. Its
 * gradient goes where it stands.
 */
final class MaxPoolingFunction implements LayerFunction {
  private static final int NONE = -1;

  private final MaxPooling settings;
  private final LayerPlan plan;
  private final Largest largest = new Largest();
  private int[] places = {}; // of each largest number, in the source

  MaxPoolingFunction(MaxPooling settings, LayerPlan plan) {
    this.settings = settings;
    this.plan = plan;
  }

  @Override
  public void plan(Call call, Room room) {
    largest.plan(settings, plan, call);
    int width = largest.result.width();
    if (largest.keys.length < width) {
      largest.keys = new int[width];
      largest.found = new int[width];
    }
    int size = Math.multiplyExact(call.size(), largest.result.size());
    if (places.length < size) {
      places = new int[size];
    }
  }

  @Override
  public void forward(Call call) {
    largest.x = call.source(0);
    largest.walk(call);
    Floats x = call.source(0);
    Floats y = call.result();
    for (int i = 0; i < y.size(); i++) {
      y.array()[y.at() + i] = places[i] == NONE ? 0 : x.array()[x.at() + places[i]];
    }
  }

  @Override
  public void backward(Call call) {
    if (!call.wants(0)) {
      return;
    }
    Floats to = call.clearedSourceGradient(0);
    Floats from = call.resultGradient();
    for (int i = 0; i < from.size(); i++) {
      if (places[i] != NONE) {
        to.array()[to.at() + places[i]] += from.array()[from.at() + i];
      }
    }
  }

  /** The search for the largest numbers, a row of windows at a time. */
  private final class Largest extends WindowRows {
    private Floats x;
    private int[] keys = {};
    private int[] found = {};

    @Override
    void row(int channel, int to) {
      int width = result.width();
      Arrays.fill(keys, 0, width, Integer.MIN_VALUE);
      Arrays.fill(found, 0, width, NONE);
      taps(channel);
      for (int w = 0; w < width; w++) {
        places[to + w * result.placeStride()] = found[w];
      }
    }

    @Override
    void tap(int at, int step, int begin, int end) {
      look(x.array(), x.at(), at, step, begin, end);
    }

    private void look(float[] array, int first, int at, int step, int begin, int end) {
      int[] best = keys;
      int[] where = found;
      for (int w = begin; w < end; w++) {
        int place = at + w * step;
        int key = key(array[first + place]);
        where[w] = key > best[w] ? place : where[w];
        best[w] = Math.max(key, best[w]);
      }
    }

    /** An integer that is larger for a larger number, the same for both zeros, largest for NaN. */
    private static int key(float x) {
      int bits = Float.floatToIntBits(x + 0f);
      return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }
  }
}
