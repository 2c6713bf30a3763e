package dev.braid.driver.source.row;

import java.io.Serializable;
import java.util.Comparator;

/**
 * A row that cannot be used.
 *
 * @param place its file and, where it is known, its number
 * @param reason why it cannot
 */
public record Problem(String place, String reason) implements Serializable, Comparable<Problem> {

  @Override
  public int compareTo(Problem other) {
    return Comparator.comparing(Problem::place).thenComparing(Problem::reason).compare(this, other);
  }

  @Override
  public String toString() {
    return place + ": " + reason;
  }
}
