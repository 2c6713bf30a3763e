package dev.braid.driver.data;

import dev.braid.driver.source.row.Problem;
import java.util.List;

/**
 * The rows of one source that could not be used and were left out.
 *
 * @param part the source's place in the settings
 * @param count of them all
 * @param numExamples rows that could be used
 * @param first of them, in the order of their text; some thousands at most
 */
public record RowsLeftOut(String part, long count, long numExamples, List<Problem> first) {}
