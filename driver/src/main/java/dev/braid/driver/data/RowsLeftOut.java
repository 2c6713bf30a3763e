package dev.braid.driver.data;

import dev.braid.driver.source.row.Problem;
import dev.braid.driver.source.row.Problems;
import java.util.List;

/**
 * The rows of one source that could not be used and were left out.
 *
 * @param part the source's place in the settings
 * @param count of them all
 * @param numExamples rows that could be used
 * @param first of them, in the order of their text; some thousands at most
 */
public record RowsLeftOut(String part, long count, long numExamples, List<Problem> first) {

  /** Those of a source of which {@code numExamples} rows could be used. */
  static RowsLeftOut of(String part, Problems problems, long numExamples) {
    return new RowsLeftOut(part, problems.count(), numExamples, problems.value());
  }
}
