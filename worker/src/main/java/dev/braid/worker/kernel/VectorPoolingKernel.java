package dev.braid.worker.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The largest of two by two numbers on the JDK's Vector API. The upper rows of some windows are
 * copied one behind another, and so are the lower ones: then two neighbouring lanes hold a window's
 * columns, however short rows are. Such lanes are also one long, in which a shift takes a number to
 * its neighbour. Loops are many and short, and load by the JDK's own methods: C2 stops inlining
 * ours where it has inlined much, and then boxes each vector that they give back.
 */
final class VectorPoolingKernel implements PoolingKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int LANE = 32; // bits

  /** Windows at work, unless a single row has more: few enough that all stays near. */
  private static final int WINDOWS = 512;

  /** Even lanes, in either half. */
  private static final VectorShuffle<Integer> APART =
      VectorShuffle.fromOp(INTS, i -> 2 * i % LANES);

  private static final VectorMask<Integer> SECOND_HALF =
      VectorMask.fromLong(INTS, -1L << LANES / 2);

  /** The other lane of each window. */
  private static final VectorShuffle<Integer> SWAPPED = VectorShuffle.fromOp(INTS, i -> i ^ 1);

  /** Each lane of the first half twice. */
  private static final VectorShuffle<Float> FIRST_TWICE = VectorShuffle.fromOp(SPECIES, i -> i / 2);

  /** Each lane of the second half twice. */
  private static final VectorShuffle<Float> SECOND_TWICE =
      VectorShuffle.fromOp(SPECIES, i -> (LANES + i) / 2);

  private int[] upper = {}; // ranks
  private int[] lower = {};
  private int[] largest = {};
  private float[] upperGradients = {};
  private float[] lowerGradients = {};
  private float[] ofWindows = {};
  private float[] ofWindowsTwice = {};

  @Override
  public void largest(Floats x, Image image, Floats y) {
    int columns = image.columns();
    int rows = y.size() / columns;
    int step = reserve(columns);
    for (int row = 0; row < rows; row += step) {
      int count = Math.min(step, rows - row);
      rank(x, image, row, count);
      largest(2 * count * columns);
      oncePerWindow(largest, ofWindows, count * columns);
      System.arraycopy(ofWindows, 0, y.array(), y.at() + row * columns, count * columns);
    }
  }

  /** Makes room for some rows of windows and says for how many. */
  private int reserve(int columns) {
    int rows = Math.max(1, WINDOWS / columns);
    int size = 2 * rows * columns + 2 * LANES; // more than there are, for whole vectors
    if (upper.length < size) {
      upper = new int[size];
      lower = new int[size];
      largest = new int[size];
      upperGradients = new float[size];
      lowerGradients = new float[size];
      ofWindows = new float[size];
      ofWindowsTwice = new float[size];
    }
    return rows;
  }

  /** Ranks what lies under some rows of windows. */
  private void rank(Floats x, Image image, int row, int count) {
    int size = 2 * image.columns();
    for (int i = 0; i < count; i++) {
      int at = x.at() + image.at(row + i);
      read(x.array(), at, upperGradients, i * size, size);
      read(x.array(), at + image.width(), lowerGradients, i * size, size);
    }
    rank(upperGradients, upper, count * size);
    rank(lowerGradients, lower, count * size);
  }

  /** Copies a row in whole vectors; what that writes behind it, the next row overwrites. */
  private static void read(float[] from, int at, float[] to, int next, int size) {
    if (at + size + LANES > from.length) {
      System.arraycopy(from, at, to, next, size);
      return;
    }
    for (int i = 0; i < size; i += LANES) {
      FloatVector.fromArray(SPECIES, from, at + i).intoArray(to, next + i);
    }
  }

  private static void rank(float[] numbers, int[] ranks, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, numbers, i).add(0);
      IntVector bits = x.blend(Float.NaN, x.compare(VectorOperators.NE, x)).reinterpretAsInts();
      bits.lanewise(VectorOperators.XOR, sizeIfNegative(bits)).intoArray(ranks, i);
    }
  }

  /** All bits of a number's size where it is negative. */
  private static IntVector sizeIfNegative(IntVector bits) {
    return bits.lanewise(VectorOperators.ASHR, LANE - 1).and(Integer.MAX_VALUE);
  }

  /** The largest rank of each window, at both its columns. */
  private void largest(int columns) {
    int[] above = upper;
    int[] below = lower;
    int[] to = largest;
    for (int i = 0; i < columns; i += LANES) {
      IntVector larger =
          IntVector.fromArray(INTS, above, i).max(IntVector.fromArray(INTS, below, i));
      larger.max(larger.rearrange(SWAPPED)).intoArray(to, i);
    }
  }

  /** The numbers of ranks that each window has twice. */
  private static void oncePerWindow(int[] ranks, float[] numbers, int windows) {
    for (int i = 0; i < windows; i += LANES) {
      IntVector first = IntVector.fromArray(INTS, ranks, 2 * i).rearrange(APART);
      IntVector second = IntVector.fromArray(INTS, ranks, 2 * i + LANES).rearrange(APART);
      IntVector both = first.blend(second, SECOND_HALF);
      IntVector bits = both.lanewise(VectorOperators.XOR, sizeIfNegative(both));
      bits.reinterpretAsFloats().intoArray(numbers, i);
    }
  }

  @Override
  public void gradient(Floats x, Image image, Floats dy, Floats dx, boolean adds) {
    int columns = image.columns();
    int rows = dy.size() / columns;
    int step = reserve(columns);
    for (int row = 0; row < rows; row += step) {
      int count = Math.min(step, rows - row);
      int windows = count * columns;
      rank(x, image, row, count);
      largest(2 * windows);
      begin(dx, image, row, count, adds);
      System.arraycopy(dy.array(), dy.at() + row * columns, ofWindows, 0, windows);
      twicePerWindow(ofWindows, ofWindowsTwice, windows);
      addToFirst(upper, ofWindowsTwice, upperGradients, 2 * windows);
      ignoreWhereFound(2 * windows);
      addToFirst(lower, ofWindowsTwice, lowerGradients, 2 * windows);
      write(dx, image, row, count);
    }
  }

  /** Takes what gradients are added to. */
  private void begin(Floats dx, Image image, int row, int count, boolean adds) {
    int size = 2 * image.columns();
    if (!adds) {
      Arrays.fill(upperGradients, 0, count * size, 0);
      Arrays.fill(lowerGradients, 0, count * size, 0);
      return;
    }
    for (int i = 0; i < count; i++) {
      int at = dx.at() + image.at(row + i);
      read(dx.array(), at, upperGradients, i * size, size);
      read(dx.array(), at + image.width(), lowerGradients, i * size, size);
    }
  }

  private static void twicePerWindow(float[] numbers, float[] twice, int windows) {
    for (int i = 0; i < windows; i += LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, numbers, i);
      x.rearrange(FIRST_TWICE).intoArray(twice, 2 * i);
      x.rearrange(SECOND_TWICE).intoArray(twice, 2 * i + LANES);
    }
  }

  /** Adds to the first of two columns whose rank is the window's largest. */
  private void addToFirst(int[] ranks, float[] added, float[] sums, int columns) {
    int[] best = largest;
    for (int i = 0; i < columns; i += LANES) {
      IntVector is =
          ifEqual(IntVector.fromArray(INTS, ranks, i), IntVector.fromArray(INTS, best, i));
      IntVector left =
          is.reinterpretAsLongs().lanewise(VectorOperators.LSHL, LANE).reinterpretAsInts();
      IntVector counts = is.and(left.not());
      FloatVector before = FloatVector.fromArray(SPECIES, sums, i);
      IntVector sum =
          before.add(FloatVector.fromArray(SPECIES, added, i)).reinterpretAsInts().and(counts);
      sum.or(before.reinterpretAsInts().and(counts.not())).reinterpretAsFloats().intoArray(sums, i);
    }
  }

  /** All bits where a is b, none elsewhere. */
  private static IntVector ifEqual(IntVector a, IntVector b) {
    IntVector other = a.lanewise(VectorOperators.XOR, b);
    IntVector minus = IntVector.zero(INTS).sub(other);
    return other.or(minus).lanewise(VectorOperators.ASHR, LANE - 1).not();
  }

  /** Leaves no rank the largest of a window whose upper row has it. */
  private void ignoreWhereFound(int columns) {
    int[] above = upper;
    int[] best = largest;
    for (int i = 0; i < columns; i += LANES) {
      IntVector largest = IntVector.fromArray(INTS, best, i);
      IntVector is = ifEqual(IntVector.fromArray(INTS, above, i), largest);
      IntVector isInUpper = is.or(is.rearrange(SWAPPED));
      largest.and(isInUpper.not()).or(isInUpper.and(ConvolutionKernel.NO_RANK)).intoArray(best, i);
    }
  }

  private void write(Floats dx, Image image, int row, int count) {
    boolean hasNoGaps = 2 * image.columns() == image.width() && image.height() % 2 == 0;
    int size = 2 * image.columns();
    int end = dx.at() + image.at(row + count - 1) + 2 * image.width();
    for (int i = 0; i < count; i++) {
      int at = dx.at() + image.at(row + i);
      int below = at + image.width();
      write(upperGradients, i * size, dx.array(), at, size, hasNoGaps ? end : at);
      write(lowerGradients, i * size, dx.array(), below, size, hasNoGaps ? end : below);
    }
  }

  /**
   * Copies a row, which may be shorter than a vector.
   *
   * @param end up to where what is written now will be overwritten later
   */
  private static void write(float[] from, int first, float[] to, int at, int size, int end) {
    if (size >= LANES) {
      for (int i = 0; i < size - LANES; i += LANES) {
        FloatVector.fromArray(SPECIES, from, first + i).intoArray(to, at + i);
      }
      FloatVector.fromArray(SPECIES, from, first + size - LANES).intoArray(to, at + size - LANES);
    } else if (at + LANES <= end) {
      FloatVector.fromArray(SPECIES, from, first).intoArray(to, at);
    } else {
      System.arraycopy(from, first, to, at, size);
    }
  }
}
