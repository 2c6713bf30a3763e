package dev.braid.driver.source.text;

import static dev.braid.worker.Check.require;

import java.io.IOException;
import java.io.Serializable;

/**
 * A part of each text stream, as shares of its tokens: those from {@code floor(from n)} on and
 * before {@code floor(to n)} of n. So parts that meet at a share have no token in common and leave
 * none out.
 *
 * @param from where it begins; 0 if left out, the first token
 * @param to where it ends; 1 if left out, behind the last token
 */
public record StreamPart(Double from, Double to) implements Serializable {
  /** The whole stream. */
  public static final StreamPart ALL = new StreamPart(null, null);

  public StreamPart {
    from = from == null ? 0 : from;
    to = to == null ? 1 : to;
    require(
        from >= 0 && from < to && to <= 1,
        "part: expected shares with 0 <= from < to <= 1, got from %s, to %s",
        from,
        to);
  }

  /** Counts a stream's tokens, which takes a pass over it. */
  interface Count {
    long tokens() throws IOException;
  }

  /**
   * Numbers of a stream's tokens.
   *
   * @param from the first
   * @param to behind the last
   */
  record Range(long from, long to) {}

  /**
   * The tokens of this part.
   *
   * @param stream asked only where their number matters
   */
  Range of(Count stream) throws IOException {
    if (equals(ALL)) {
      return new Range(0, Long.MAX_VALUE);
    }
    long count = stream.tokens();
    return new Range((long) (count * from), (long) (count * to));
  }
}
