package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.layer.LayerPlan;

/**
 * Which sources of an attention layer are its queries, keys and values.
 *
 * @param single whether there is one query, which has no time
 * @param keys number of the source of the keys; the queries are source 0
 * @param values number of the source of the values
 */
record AttendedSources(boolean single, int keys, int values) {
  static AttendedSources of(LayerPlan plan) {
    int last = plan.node().sources().size() - 1;
    return new AttendedSources(plan.node().shape().rank() == 1, Math.min(1, last), last);
  }

  /** To how many queries each example is padded. */
  int paddedQueries(Call call) {
    return single ? 1 : call.time(0);
  }

  /** To how many keys each example is padded. */
  int paddedKeys(Call call) {
    return call.time(keys);
  }

  /** How many queries an example has. */
  int queries(Call call, int example) {
    int[] lengths = single ? null : call.lengths(0);
    return lengths == null ? paddedQueries(call) : lengths[example];
  }

  /** How many keys an example has. */
  int keys(Call call, int example) {
    int[] lengths = call.lengths(keys);
    return lengths == null ? paddedKeys(call) : lengths[example];
  }

  /** How many pairs of query and key an example is padded to. */
  int paddedPairs(Call call) {
    return paddedQueries(call) * paddedKeys(call);
  }

  /** The gradients by the sources, to be added to; null where nobody asks for them. */
  void gradients(Call call, Floats[] bySources) {
    for (int i = 0; i < bySources.length; i++) {
      bySources[i] = call.wants(i) ? call.clearedSourceGradient(i) : null;
    }
  }
}
