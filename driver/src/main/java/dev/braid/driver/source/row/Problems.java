package dev.braid.driver.source.row;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.AccumulatorV2;

/**
 * Rows that cannot be used. They come to the driver as values: the row is left out and reading goes
 * on, instead of a task failing again and again. All are counted, a partition that is read again
 * once; some thousands are kept, always the same ones: the first in the order of their text.
 */
public final class Problems extends AccumulatorV2<Problem, List<Problem>> {
  private static final long serialVersionUID = 2;
  private static final int MAX_KEPT = 10_000;

  private final TreeSet<Problem> first = new TreeSet<>();
  private final TreeMap<Integer, Long> counts = new TreeMap<>();

  /** None yet; tasks of this context add theirs. */
  public static Problems register(JavaSparkContext sc) {
    Problems problems = new Problems();
    sc.sc().register(problems, "unusable rows");
    return problems;
  }

  /** How many there are. */
  public long count() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Does nothing when all is well.
   *
   * @param atMost the share of the rows that may be left out
   * @param numSound rows that can be used
   * @throws IllegalArgumentException with the first problem when there are more
   */
  public void requireAtMost(double atMost, long numSound) {
    long numAll = count() + numSound;
    if (isZero() || (atMost > 0 && count() <= atMost * numAll)) {
      return;
    }
    String few = count() == 1 ? "" : " (and %,d more like it)".formatted(count() - 1);
    require(atMost > 0, "%s%s", first.first(), few);
    throw new WrongSettings(
        "%,d of %,d rows cannot be used, more than the share of %s that data.broken.atMost allows:"
                .formatted(count(), numAll, atMost)
            + " %s%s".formatted(first.first(), few));
  }

  @Override
  public boolean isZero() {
    return counts.isEmpty();
  }

  @Override
  public Problems copy() {
    Problems copy = new Problems();
    copy.merge(this);
    return copy;
  }

  @Override
  public void reset() {
    first.clear();
    counts.clear();
  }

  @Override
  public void add(Problem problem) {
    counts.merge(TaskContext.getPartitionId(), problem.numRows(), Long::sum);
    keep(problem);
  }

  private void keep(Problem problem) {
    first.add(problem);
    if (first.size() > MAX_KEPT) {
      first.pollLast();
    }
  }

  @Override
  public void merge(AccumulatorV2<Problem, List<Problem>> other) {
    other.value().forEach(this::keep);
    for (Map.Entry<Integer, Long> count : ((Problems) other).counts.entrySet()) {
      counts.merge(count.getKey(), count.getValue(), Math::max);
    }
  }

  @Override
  public List<Problem> value() {
    return new ArrayList<>(first);
  }
}
