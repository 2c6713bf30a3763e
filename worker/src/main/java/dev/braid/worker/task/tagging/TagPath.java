package dev.braid.worker.task.tagging;

import static dev.braid.worker.Check.require;

import dev.braid.worker.function.Transcendental;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * The most probable tags of a sentence among those that its scheme allows.
 *
 * @param tags by the index of an output's numbers
 */
record TagPath(TagScheme scheme, List<String> tags) implements Serializable {
  /** The logarithm's argument where a probability is 0: no tag is impossible but by its scheme. */
  private static final double SMALLEST = Float.MIN_VALUE;

  TagPath {
    tags = List.copyOf(tags);
    require(!tags.isEmpty(), "tagging needs at least one tag");
  }

  /**
   * The tags' indices.
   *
   * @param numbers the tags' probabilities, [steps x tags] from {@code from} on
   */
  int[] of(float[] numbers, int from, int steps) {
    if (steps == 0) {
      return new int[0];
    }
    double[] scores = new double[steps * tags.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Transcendental.log(Math.max(numbers[from + i], SMALLEST));
    }
    double[] params = new double[LinearChain.numParams(tags.size())];
    return new LinearChain(tags.size(), banned()).best(scores, steps, params);
  }

  /** [from][to], with the beginning and the end of a sentence as one more place in each. */
  boolean[][] banned() {
    int n = tags.size();
    boolean[][] banned = new boolean[n + 1][n + 1];
    for (int i = 0; i <= n; i++) {
      for (int k = 0; k <= n; k++) {
        banned[i][k] = !scheme.mayFollow(tag(i), tag(k));
      }
    }
    return banned;
  }

  private Tag tag(int index) {
    return index == tags.size() ? TagScheme.NO_WORD : Tag.of(tags.get(index));
  }

  /** The names of tags by their indices. */
  List<String> names(int[] indices) {
    return Arrays.stream(indices).mapToObj(tags::get).toList();
  }

  /** The entities that tags mark; none where the scheme marks none. */
  List<Entity> entities(List<String> names) {
    return scheme.marksEntities() ? Entity.of(names) : List.of();
  }

  /** The types of the entities that these tags mark. */
  List<String> types() {
    return scheme.marksEntities()
        ? tags.stream()
            .map(Tag::of)
            .filter(tag -> !tag.isOutside())
            .map(Tag::type)
            .distinct()
            .sorted()
            .toList()
        : List.of();
  }
}
