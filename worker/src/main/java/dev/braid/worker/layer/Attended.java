package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;
import static dev.braid.worker.Check.wrong;

import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * What an attention layer reads: keys are the values, and queries the keys, where they are not
 * named.
 *
 * @param queries [time, features], or [features] for a single one
 * @param keys [time, features]
 * @param values [time, features], as many steps as keys
 */
public record Attended(Shape queries, Shape keys, Shape values) {

  /** The shapes that {@code node} names. */
  static Attended of(Node node) {
    int last = node.sources().size() - 1;
    require(
        last <= 2,
        "%s reads queries, keys and values, but its 'from' names %s",
        node.describe(),
        node.describeSources());
    return new Attended(
        node.shape(),
        node.sources().get(Math.min(1, last)).shape(),
        node.sources().get(last).shape());
  }

  /**
   * Does nothing where these are sequences of which each key has a value.
   *
   * @param causal whether queries and keys are of the same sequence
   */
  void requireFit(Node node, boolean causal) {
    require(
        (queries.rank() == 1 || queries.rank() == 2) && keys.rank() == 2 && values.rank() == 2,
        "%s takes queries [time, features] or [features], keys and values [time, features], but"
            + " reads %s",
        node.describe(),
        node.describeSources());
    require(
        keys.sizes().get(0).equals(values.sizes().get(0)),
        "%s needs a value for each key, but reads %s",
        node.describe(),
        node.describeSources());
    require(
        !causal || (queries.rank() == 2 && queries.sizes().get(0).equals(keys.sizes().get(0))),
        "%s is causal and needs as many queries as keys, but reads %s",
        node.describe(),
        node.describeSources());
  }

  /** The shape of so many features for each query. */
  Shape result(int features) {
    return Shape.ofChannels(features, queries.spatial());
  }

  /** The steps of a ragged result, those of the queries. */
  static int[] steps(Node node, List<int[]> ragged, boolean causal) {
    int keys = Math.min(1, node.sources().size() - 1);
    int keysAt = node.shape().isRagged() ? keys : 0;
    int[] ofKeys = ragged.get(Math.min(keysAt, ragged.size() - 1));
    int[] ofValues = ragged.get(ragged.size() - 1);
    boolean raggedKeys = node.sources().get(keys).shape().isRagged();
    if (raggedKeys && !Arrays.equals(ofKeys, ofValues)) {
      throw wrong(
          "%s needs a value for each key, but its examples have %s keys and %s values",
          node.describe(), Arrays.toString(ofKeys), Arrays.toString(ofValues));
    }
    if (causal && !Arrays.equals(ragged.get(0), ofKeys)) {
      throw wrong(
          "%s is causal and needs as many queries as keys, but its examples have %s and %s",
          node.describe(), Arrays.toString(ragged.get(0)), Arrays.toString(ofKeys));
    }
    return ragged.get(0);
  }
}
