package dev.braid.worker.model;

import static dev.braid.worker.Check.require;

import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import java.util.List;

/**
 * A flat vector and the names and shapes of the tensors in it, one after another.
 *
 * @param segments which tensor lies where
 * @param values all of them
 */
public record Tensors(List<Segment> segments, Blocks values) {
  public Tensors {
    segments = List.copyOf(segments);
    long end = 0;
    for (Segment segment : segments) {
      require(
          segment.offset() == end,
          "tensor %s begins at %d, not at %d",
          segment.name(),
          segment.offset(),
          end);
      end += segment.size();
    }
    require(values.size() == end, "tensors of %d numbers in a vector of %d", end, values.size());
  }
}
