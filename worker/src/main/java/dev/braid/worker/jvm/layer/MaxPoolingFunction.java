package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.ConvolutionKernel;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.PoolingKernel;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.MaxPooling;
import dev.braid.worker.layer.Pooling;
import dev.braid.worker.shape.Window;
import java.util.Arrays;
import java.util.List;

/**
 * The largest number under each window, not a number where one is not, 0 where there is none. Its
 * gradient goes to the first that is as large. Windows of two by two side by side, the usual ones
 * of images, have a kernel of their own.
 */
final class MaxPoolingFunction implements LayerFunction {
  private static final int NONE = Integer.MAX_VALUE;

  private final MaxPooling settings;
  private final LayerPlan plan;
  private final ConvolutionKernel kernel;
  private final Largest largest = new Largest();
  private final Places places = new Places();
  private final PoolingKernel twoByTwo;
  private PoolingKernel.Image image; // if windows are two by two, else null

  MaxPoolingFunction(MaxPooling settings, LayerPlan plan, KernelSet kernels) {
    this.settings = settings;
    this.plan = plan;
    this.kernel = kernels.convolution();
    this.twoByTwo = kernels.pooling();
  }

  @Override
  public void plan(Call call, Room room) {
    largest.plan(settings, plan, call);
    places.plan(settings, plan, call);
    image = imageUnderTwoByTwo();
  }

  private PoolingKernel.Image imageUnderTwoByTwo() {
    Grid source = largest.source;
    Grid result = largest.result;
    List<Window> windows = Grid.three(settings.windows(plan.node()));
    boolean isOfImages =
        isSideBySide(windows.get(0), 1, source.depth(), result.depth())
            && isSideBySide(windows.get(1), 2, source.height(), result.height())
            && isSideBySide(windows.get(2), 2, source.width(), result.width());
    return isOfImages && source.placeStride() == 1
        ? new PoolingKernel.Image(source.height(), source.width())
        : null;
  }

  private static boolean isSideBySide(Window window, int size, int positions, int places) {
    return window.kernel() == size
        && window.stride() == size
        && window.before() == 0
        && positions / size == places;
  }

  @Override
  public void forward(Call call) {
    if (image != null) {
      twoByTwo.largest(call.source(0), image, call.result());
      return;
    }
    largest.x = call.source(0);
    largest.y = call.result();
    largest.walk(call);
  }

  @Override
  public void backward(Call call) {
    if (call.wants(0) && image != null) {
      backwardOfTwoByTwo(call);
    } else if (call.wants(0)) {
      places.x = call.source(0);
      places.y = call.result();
      places.dx = call.clearedSourceGradient(0);
      places.dy = call.resultGradient();
      places.walk(call);
    }
  }

  private void backwardOfTwoByTwo(Call call) {
    boolean leavesSome = image.height() % 2 + image.width() % 2 > 0;
    Floats dx = leavesSome ? call.clearedSourceGradient(0) : call.sourceGradient(0);
    boolean adds = leavesSome || call.adds(0);
    twoByTwo.gradient(call.source(0), image, call.resultGradient(), dx, adds);
  }

  /**
   * The largest numbers of a row of windows, as ranks that are compared sooner than numbers: of
   * each column under it, then of some columns.
   */
  private final class Largest extends WindowRows {
    private Floats x;
    private Floats y;
    private int[] columns = {};
    private int[] found = {};

    @Override
    void plan(Pooling settings, LayerPlan plan, Call call) {
      super.plan(settings, plan, call);
      columns = columns.length < source.width() ? new int[source.width()] : columns;
      found = found.length < result.width() ? new int[result.width()] : found;
    }

    @Override
    void row(int channel, int to) {
      Arrays.fill(columns, 0, steps(), ConvolutionKernel.NO_RANK);
      rowsUnder(channel);
      int width = result.width();
      if (taps() == 2 && begin(0) == 0 && end(1) == width) {
        largerOfTwo(columns, start(0), stride(), width);
      } else {
        Arrays.fill(found, 0, width, ConvolutionKernel.NO_RANK);
        for (int tap = 0; tap < taps(); tap++) {
          larger(columns, start(tap), stride(), begin(tap), end(tap));
        }
      }
      write(y.array(), y.at() + to, result.placeStride(), width);
    }

    @Override
    void under(int at) {
      kernel.rank(x.array(), x.at() + at, source.placeStride(), steps(), columns);
    }

    private void largerOfTwo(int[] ranks, int start, int stride, int width) {
      int[] best = found;
      for (int w = 0; w < width; w++) {
        best[w] = Math.max(ranks[start + w * stride], ranks[start + 1 + w * stride]);
      }
    }

    private void larger(int[] ranks, int start, int stride, int begin, int end) {
      int[] best = found;
      for (int w = begin; w < end; w++) {
        best[w] = Math.max(best[w], ranks[start + w * stride]);
      }
    }

    private void write(float[] to, int at, int stride, int width) {
      int[] best = found;
      for (int w = 0; w < width; w++) {
        to[at + w * stride] = ConvolutionKernel.ofRank(best[w]);
      }
    }
  }

  /** The place if its rank is the largest, or none; without branches, for speed. */
  private static int placeIf(int rank, int largest, int place) {
    int difference = rank ^ largest;
    return place | (((difference | -difference) >> 31) & NONE);
  }

  /** Where in the source the gradients of a row of windows go. */
  private final class Places extends WindowRows {
    private Floats x;
    private Floats y;
    private Floats dx;
    private Floats dy;
    private int[] ranks = {};
    private int[] best = {};
    private int[] found = {};

    @Override
    void plan(Pooling settings, LayerPlan plan, Call call) {
      super.plan(settings, plan, call);
      ranks = ranks.length < source.width() ? new int[source.width()] : ranks;
      if (found.length < result.width()) {
        best = new int[result.width()];
        found = new int[result.width()];
      }
    }

    @Override
    void row(int channel, int to) {
      int width = result.width();
      Arrays.fill(found, 0, width, NONE);
      rankResults(y.array(), y.at() + to, result.placeStride(), width);
      rowsUnder(channel);
      add(dy.array(), dy.at() + to, result.placeStride(), width);
    }

    private void rankResults(float[] numbers, int at, int stride, int width) {
      int[] to = best;
      for (int w = 0; w < width; w++) {
        to[w] = ConvolutionKernel.rank(numbers[at + w * stride]);
      }
    }

    @Override
    void under(int at) {
      Arrays.fill(ranks, 0, steps(), ConvolutionKernel.NO_RANK);
      kernel.rank(x.array(), x.at() + at, source.placeStride(), steps(), ranks);
      int step = stride() * source.placeStride();
      for (int tap = 0; tap < taps(); tap++) {
        look(start(tap), at + start(tap) * source.placeStride(), step, begin(tap), end(tap));
      }
    }

    /** Notes the places of numbers as large as their window's. */
    private void look(int start, int first, int step, int begin, int end) {
      int[] numbers = ranks;
      int[] largest = best;
      int[] where = found;
      int stride = stride();
      for (int w = begin; w < end; w++) {
        int here = placeIf(numbers[start + w * stride], largest[w], first + w * step);
        where[w] = Math.min(where[w], here);
      }
    }

    private void add(float[] gradients, int at, int stride, int width) {
      int[] where = found;
      float[] to = dx.array();
      int first = dx.at();
      for (int w = 0; w < width; w++) {
        if (where[w] != NONE) {
          to[first + where[w]] += gradients[at + w * stride];
        }
      }
    }
  }
}
