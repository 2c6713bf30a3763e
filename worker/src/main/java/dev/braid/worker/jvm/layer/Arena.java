package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One array for all that a network computes. It is planned before a mini-batch: what is needed at
 * different moments may lie at the same place.
 */
final class Arena {
  /** Floats in a line of the cache, at which everything begins. */
  private static final int LINE = 16;

  private static final long LARGEST = Integer.MAX_VALUE - 8;

  private final List<Need> needs = new ArrayList<>();
  private final List<Need> placed = new ArrayList<>();
  private float[] array = {};

  /** Floats that are needed from one moment to another, and at a moment of its own after that. */
  private static final class Need {
    private final Floats floats;
    private final long size;
    private final int from;
    private final int to;
    private final int again;
    private long at;

    Need(Floats floats, long size, int from, int to, int again) {
      this.floats = floats;
      this.size = size;
      this.from = from;
      this.to = to;
      this.again = again;
    }

    long room() {
      return (size + LINE - 1) / LINE * LINE;
    }

    boolean isNeededAt(int moment) {
      return (moment >= from && moment <= to) || moment == again;
    }

    boolean meets(Need other) {
      return (from <= other.to && other.from <= to)
          || other.isNeededAt(again)
          || isNeededAt(other.again);
    }
  }

  /** Forgets what was needed. */
  void clear() {
    needs.clear();
  }

  /** Plans floats for the moments from one to another. */
  void needs(Floats floats, long size, int from, int to) {
    needs.add(new Need(floats, size, from, to, from));
  }

  /** Plans floats for two moments; what they hold is lost in between. */
  void needsTwice(Floats floats, long size, int moment, int again) {
    needs.add(new Need(floats, size, moment, moment, again));
  }

  /**
   * Gives everything its place, the largest first, each the lowest that is free for its time.
   *
   * @param batchSize for messages
   */
  void place(int batchSize) {
    needs.sort(Comparator.comparingLong((Need need) -> -need.size));
    placed.clear();
    long end = 0;
    for (Need need : needs) {
      need.at = lowest(need);
      int after = 0;
      while (after < placed.size() && placed.get(after).at <= need.at) {
        after++;
      }
      placed.add(after, need);
      end = Math.max(end, need.at + need.room());
    }
    grow(end, batchSize);
    for (Need need : needs) {
      need.floats.bind(array, (int) need.at, (int) need.size);
    }
  }

  private long lowest(Need need) {
    long at = 0;
    for (Need other : placed) {
      if (need.meets(other)) {
        if (at + need.room() <= other.at) {
          return at;
        }
        at = Math.max(at, other.at + other.room());
      }
    }
    return at;
  }

  private void grow(long size, int batchSize) {
    if (size <= array.length) {
      return;
    }
    if (size > LARGEST) {
      throw tooLarge(size, batchSize, null);
    }
    array = new float[0]; // lets go of the old one first
    try {
      array = new float[(int) size];
    } catch (OutOfMemoryError e) {
      throw tooLarge(size, batchSize, e);
    }
  }

  private static IllegalStateException tooLarge(long size, int batchSize, Throwable cause) {
    return new IllegalStateException(
        "the network needs %d MiB of the Java heap for a mini-batch of %d examples, which are not there; use a smaller batchSize, fewer tasks at once, or a larger heap (spark.executor.memory)"
            .formatted(size >> 18, batchSize),
        cause);
  }
}
