package dev.braid.worker.layer;

import dev.braid.worker.random.Counter;
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
  public Parameter {
    shape = List.copyOf(shape);
    parts = List.copyOf(parts);
  }

  /** A vector with one number per channel or unit. */
  static Parameter vector(String name, int size, Segment.Role role, Initialiser initialiser) {
    return new Parameter(
        name, List.of(size), role, List.of(initialiser), 1, 1, Penalty.OF_THE_TRAINING);
  }

  /** Number of floats. */
  public long size() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  /**
   * First values.
   *
   * @param random where they are drawn from
   */
  public float[] initialValues(Counter random) {
    float[] values = new float[Math.toIntExact(size())];
    int part = values.length / parts.size();
    for (int i = 0; i < parts.size(); i++) {
      float[] slice = new float[part];
      parts.get(i).fill(slice, shape.get(0) / parts.size(), fanIn, fanOut, random);
      System.arraycopy(slice, 0, values, i * part, part);
    }
    return values;
  }
}
