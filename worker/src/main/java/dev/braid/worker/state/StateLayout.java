package dev.braid.worker.state;

import java.io.Serializable;
import java.util.List;

/**
 * Which tensor lies where in the flat vectors of a {@link State}: a function of the network's
 * description alone, the same on every engine and machine.
 *
 * @param params weights, gains and biases, in the order of the layers
 * @param statistics running means, each followed by its variance
 */
public record StateLayout(List<Segment> params, List<Segment> statistics) implements Serializable {
  public StateLayout {
    params = List.copyOf(params);
    statistics = List.copyOf(statistics);
  }

  /** Number of trained floats. */
  public long numParams() {
    return end(params);
  }

  /** Number of floats in running statistics. */
  public long numStatistics() {
    return end(statistics);
  }

  private static long end(List<Segment> segments) {
    if (segments.isEmpty()) {
      return 0;
    }
    Segment last = segments.get(segments.size() - 1);
    return last.offset() + last.size();
  }
}
