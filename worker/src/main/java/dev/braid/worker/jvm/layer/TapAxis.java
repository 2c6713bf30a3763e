package dev.braid.worker.jvm.layer;

import dev.braid.worker.shape.Window;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What the taps of a kernel read along one dimension. The positions are copied so that what a tap
 * reads at neighbouring places lies side by side: taps whose positions differ by a multiple of the
 * step may share a copy.
 *
 * @param step positions between two places
 * @param places how many there are
 * @param extent positions in each copy
 * @param copies for each copy its first position, which may lie before the first there is
 * @param taps which of the kernel's, in ascending order
 * @param copyOf for each tap the copy that it reads
 * @param offsets for each tap where in its copy the first place reads
 */
@SuppressWarnings("ArrayRecordComponent") // made here, only read
record TapAxis(
    int step, int places, int extent, int[] copies, int[] taps, int[] copyOf, int[] offsets) {

  /** All taps of a window at its places. */
  static TapAxis of(Window window, int places, boolean apart) {
    int[] taps = IntStream.range(0, window.kernel()).toArray();
    int[] starts =
        Arrays.stream(taps).map(tap -> tap * window.dilation() - window.before()).toArray();
    return of(taps, starts, window.stride(), places, apart);
  }

  /**
   * What reaches the positions {@link #firstPosition}, and each a stride on, of a window's source:
   * its taps there read the gradients of its places.
   *
   * @param phase which of the strides, from 0
   * @param size positions of the source
   */
  static TapAxis back(Window window, int phase, int size, boolean apart) {
    int first = firstPosition(window, phase);
    int[] taps =
        IntStream.range(0, window.kernel())
            .filter(tap -> tap * window.dilation() % window.stride() == phase)
            .toArray();
    int[] starts =
        Arrays.stream(taps)
            .map(tap -> (first + window.before() - tap * window.dilation()) / window.stride())
            .toArray();
    int places = Math.max(0, -Math.floorDiv(first - size, window.stride()));
    return of(taps, starts, 1, places, apart);
  }

  /** The first position of a source that has the phase: how far it is from a place's first. */
  static int firstPosition(Window window, int phase) {
    return Math.floorMod(phase - window.before(), window.stride());
  }

  private static TapAxis of(int[] taps, int[] starts, int step, int places, boolean apart) {
    int[] copies = new int[taps.length];
    int[] copyOf = new int[taps.length];
    int numCopies = 0;
    for (int i = 0; i < taps.length; i++) {
      int copy = apart ? numCopies : sharing(copies, numCopies, starts[i], step);
      copies[copy] = copy == numCopies ? starts[i] : Math.min(copies[copy], starts[i]);
      numCopies = Math.max(numCopies, copy + 1);
      copyOf[i] = copy;
    }
    int[] offsets = new int[taps.length];
    for (int i = 0; i < taps.length; i++) {
      offsets[i] = (starts[i] - copies[copyOf[i]]) / step;
    }
    int extent = places + Arrays.stream(offsets).max().orElse(0);
    return new TapAxis(
        step, places, extent, Arrays.copyOf(copies, numCopies), taps, copyOf, offsets);
  }

  private static int sharing(int[] copies, int numCopies, int start, int step) {
    int copy = 0;
    while (copy < numCopies && Math.floorMod(copies[copy] - start, step) != 0) {
      copy++;
    }
    return copy;
  }

  /** The first number of a copy that is a position. */
  int begin(int copy) {
    return Math.min(extent, Math.max(0, -Math.floorDiv(copies[copy], step)));
  }

  /** The first number from which on a copy lies behind the last of {@code size} positions. */
  int end(int copy, int size) {
    return Math.max(begin(copy), Math.min(extent, -Math.floorDiv(copies[copy] - size, step)));
  }
}
