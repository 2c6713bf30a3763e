package dev.braid.driver.source.row;

import java.io.Serializable;
import java.util.Comparator;

/**
 * A row that cannot be used.
 *
 * @param place its file and, where it is known, its number
 * @param reason why it cannot
 * @param numRows how many rows that are: more than one where a file ends too early
 */
public record Problem(String place, String reason, long numRows)
    implements Serializable, Comparable<Problem> {

  @Override
  public int compareTo(Problem other) {
    return Comparator.comparing(Problem::place).thenComparing(Problem::reason).compare(this, other);
  }

  @Override
  public String toString() {
    return place + ": " + reason;
  }
}
