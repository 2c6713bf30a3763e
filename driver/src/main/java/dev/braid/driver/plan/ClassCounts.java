package dev.braid.driver.plan;

import dev.braid.driver.data.Shards;
import dev.braid.driver.source.example.Labels;
import dev.braid.worker.data.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How often each class is the label of an example, of a time step or of a pixel. */
public final class ClassCounts {
  private ClassCounts() {}

  /** Per output, by the classes' indices; empty for an output that does not tell classes apart. */
  public static List<long[]> of(Shards shards, List<Labels> outputs) {
    List<long[]> counts = new ArrayList<>();
    for (Labels labels : outputs) {
      boolean classes = labels.task().hasClasses() && !labels.task().isOfBoxes();
      counts.add(classes ? of(shards, counts.size(), labels.classes().size()) : new long[0]);
    }
    return counts;
  }

  /** Of one output. */
  static long[] of(Shards shards, int output, int numClasses) {
    long[] all = new long[numClasses];
    shards
        .rdd()
        .map(shard -> counts(shard.label(output), numClasses))
        .collect()
        .forEach(part -> Arrays.setAll(all, k -> all[k] + part[k]));
    return all;
  }

  private static long[] counts(Column labels, int numClasses) {
    long[] counts = new long[numClasses];
    for (int i = 0; i < labels.numRows(); i++) {
      for (float label : labels.row(i)) {
        if (!Float.isNaN(label)) {
          counts[(int) label]++;
        }
      }
    }
    return counts;
  }
}
