package dev.braid.worker.task;

import java.util.List;

/**
 * What is counted beside what a task always counts.
 *
 * @param topK for each k the share of the labels that are among the k most probable classes
 */
public record MetricOptions(List<Integer> topK) {
  /** Nothing beside. */
  public static final MetricOptions NONE = new MetricOptions(List.of());

  public MetricOptions {
    topK = List.copyOf(topK);
  }
}
