package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.AccumulatorV2;

/**
 * Sentences about rows that cannot be used. They come to the driver as values: the row is left out
 * and reading goes on, instead of a task failing again and again. Only a few are kept, always the
 * same ones: the first in the order of their text.
 */
public final class Problems extends AccumulatorV2<String, List<String>> {
  private static final long serialVersionUID = 1;
  private static final int MAX_KEPT = 10;

  private final TreeSet<String> first = new TreeSet<>();

  /** None yet; tasks of this context add theirs. */
  public static Problems register(JavaSparkContext sc) {
    Problems problems = new Problems();
    sc.sc().register(problems, "unusable rows");
    return problems;
  }

  /**
   * Does nothing when all is well.
   *
   * @throws IllegalArgumentException with the first problem
   */
  public void requireNone() {
    require(first.isEmpty(), "%s", first.isEmpty() ? "" : sentence());
  }

  private String sentence() {
    int others = first.size() - 1;
    if (others == 0) {
      return first.first();
    }
    String count = first.size() == MAX_KEPT ? "at least " + others : String.valueOf(others);
    return "%s (and %s more like it)".formatted(first.first(), count);
  }

  @Override
  public boolean isZero() {
    return first.isEmpty();
  }

  @Override
  public Problems copy() {
    Problems copy = new Problems();
    copy.first.addAll(first);
    return copy;
  }

  @Override
  public void reset() {
    first.clear();
  }

  @Override
  public void add(String problem) {
    first.add(problem);
    if (first.size() > MAX_KEPT) {
      first.pollLast();
    }
  }

  @Override
  public void merge(AccumulatorV2<String, List<String>> other) {
    other.value().forEach(this::add);
  }

  @Override
  public List<String> value() {
    return new ArrayList<>(first);
  }
}
