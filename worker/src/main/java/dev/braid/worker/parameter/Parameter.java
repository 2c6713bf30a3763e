package dev.braid.worker.parameter;

import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.Segment.Penalty;
import java.io.Serializable;
import java.util.List;

/**
 * A tensor that a layer holds: a weight, a bias or a running statistic.
 *
 * @param name the tensor's name within its layer, as PyTorch calls it
 * @param shape its sizes, as PyTorch orders them
 * @param role what averaging and regularisation do with it
 * @param parts first values, one initialiser for each of as many equal parts of the first dimension
 * @param fanIn numbers that flow into one unit
 * @param fanOut units that one number flows into
 * @param penalty what its layer says about L1 and L2
 */
public record Parameter(
    String name,
    List<Integer> shape,
    Segment.Role role,
    List<Initialiser> parts,
    int fanIn,
    int fanOut,
    Penalty penalty)
    implements Serializable {
  private static final int PIECE_SIZE = 1 << 16;

  public Parameter {
    shape = List.copyOf(shape);
    parts = List.copyOf(parts);
  }

  /** A vector with one number per channel or unit. */
  public static Parameter vector(
      String name, int size, Segment.Role role, Initialiser initialiser) {
    return new Parameter(
        name, List.of(size), role, List.of(initialiser), 1, 1, Penalty.OF_THE_TRAINING);
  }

  /** The same tensor under another name. */
  public Parameter named(String name) {
    return new Parameter(name, shape, role, parts, fanIn, fanOut, penalty);
  }

  /** Number of floats. */
  public long size() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  /**
   * Draws the first values into their place, a piece at a time: a tensor may be a large part of all
   * the memory there is.
   *
   * @param target overwritten from {@code offset} on
   * @param random where they are drawn from
   */
  public void initialise(Blocks target, long offset, SplitMix random) {
    long part = size() / parts.size();
    int rows = shape.get(0) / parts.size();
    for (int i = 0; i < parts.size(); i++) {
      Initialiser initialiser = parts.get(i);
      long piece = initialiser.isDrawnWhole() ? part : PIECE_SIZE;
      for (long from = 0; from < part; from += piece) {
        float[] values = new float[Math.toIntExact(Math.min(piece, part - from))];
        initialiser.fill(values, rows, fanIn, fanOut, random);
        target.write(offset + i * part + from, values, values.length);
      }
    }
  }
}
