package dev.braid.driver.wire;

import static dev.braid.worker.Check.require;

import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of one vector of a state: what is encoded, sent and averaged at a time. Never longer
 * than a Java array, never across two blocks.
 *
 * @param vector 0 the parameters, 1 the statistics, from 2 on the slots
 * @param from its first float
 * @param length floats in it
 */
public record Chunk(int vector, long from, int length) implements Serializable {
  /** The vector of the parameters. */
  public static final int PARAMS = 0;

  /** The vector of the statistics. */
  public static final int STATISTICS = 1;

  /**
   * The state's chunks, in the order of its vectors. The statistics, whose variances are merged
   * with their means, are never cut.
   *
   * @param size floats in a chunk at most, a power of two not above a block
   */
  public static List<Chunk> of(State state, int size) {
    require(
        Integer.bitCount(size) == 1 && size <= Blocks.BLOCK_SIZE,
        "a chunk's size must be a power of two up to %d, got %d",
        Blocks.BLOCK_SIZE,
        size);
    require(
        state.statistics().count() <= 1,
        "running statistics of %d floats are more than can be averaged at a time, %d",
        state.statistics().size(),
        Blocks.BLOCK_SIZE);
    List<Chunk> chunks = new ArrayList<>();
    for (int vector = 0; vector < 2 + state.slots().size(); vector++) {
      long total = vector(state, vector).size();
      long step = vector == STATISTICS ? Blocks.BLOCK_SIZE : size;
      for (long from = 0; from < total; from += step) {
        chunks.add(new Chunk(vector, from, (int) Math.min(step, total - from)));
      }
    }
    return chunks;
  }

  /** The array of {@code state} that holds this chunk, from {@link #at()} on. */
  public float[] array(State state) {
    return vector(state, vector).block((int) (from / Blocks.BLOCK_SIZE));
  }

  /** Where in its array the chunk begins. */
  public int at() {
    return (int) (from % Blocks.BLOCK_SIZE);
  }

  /** Whether it belongs to the parameters. */
  public boolean isOfParams() {
    return vector == PARAMS;
  }

  /** Bytes of the chunk's floats. */
  public long bytes() {
    return (long) length * Float.BYTES;
  }

  /** Whether {@code other} lies within this chunk. */
  boolean contains(Chunk other) {
    return vector == other.vector
        && from <= other.from
        && other.from + other.length <= from + length;
  }

  private static Blocks vector(State state, int vector) {
    return switch (vector) {
      case PARAMS -> state.params();
      case STATISTICS -> state.statistics();
      default -> state.slots().get(vector - 2);
    };
  }
}
