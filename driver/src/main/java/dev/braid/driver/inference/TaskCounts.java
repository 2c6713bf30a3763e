package dev.braid.driver.inference;

import dev.braid.driver.inference.output.Counts;
import java.io.Serializable;

/**
 * What a task that has ended well reports, once per part of the input.
 *
 * @param partition its place
 * @param counts what it counted
 * @param quarantine the file it wrote broken rows to, in the folder for it; null for none
 * @param survey what it has seen
 */
record TaskCounts(int partition, Counts counts, String quarantine, Survey survey)
    implements Serializable {}
