package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.worker.Nearest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which columns of a table are inputs and which are labels.
 *
 * @param features indices, in the order in which they make up an input
 * @param labels indices
 */
public record Columns(List<Integer> features, List<Integer> labels) {

  /**
   * Finds columns by name, by number (from 0, or from -1 backwards) or by range ({@code a..b}).
   *
   * @param setting the source's section, for messages
   * @param names all columns of the table
   * @param features which are inputs; null for all that are no labels
   * @param labels which are labels
   * @throws IllegalArgumentException naming the column that is not there, and the nearest that is
   */
  static Columns find(
      String setting, List<String> names, List<String> features, List<String> labels) {
    require(
        labels != null && !labels.isEmpty(),
        "%s.label is missing: the column to predict; columns: %s",
        setting,
        first(names));
    List<Integer> labelIndices = indices(setting + ".label", names, labels);
    List<Integer> featureIndices =
        features == null
            ? IntStream.range(0, names.size())
                .filter(i -> !labelIndices.contains(i))
                .boxed()
                .toList()
            : indices(setting + ".features", names, features);
    require(!featureIndices.isEmpty(), "%s: no column is left for the inputs", setting);
    for (int label : labelIndices) {
      require(
          !featureIndices.contains(label),
          "%s: column '%s' is a label and a feature; it can be only one",
          setting,
          names.get(label));
    }
    return new Columns(featureIndices, labelIndices);
  }

  /** Features, then labels. */
  List<Integer> all() {
    return Stream.concat(features.stream(), labels.stream()).toList();
  }

  /** The indices of columns by name, number or range; see {@link #find}. */
  public static List<Integer> indices(String setting, List<String> names, List<String> wanted) {
    List<Integer> indices = new ArrayList<>();
    for (String word : wanted) {
      indices.addAll(range(setting, names, word));
    }
    Set<Integer> seen = new HashSet<>();
    for (int index : indices) {
      require(seen.add(index), "%s names column '%s' twice", setting, names.get(index));
    }
    return indices;
  }

  private static List<Integer> range(String setting, List<String> names, String word) {
    int dots = word.indexOf("..");
    if (names.contains(word) || dots < 0) {
      return List.of(index(setting, names, word));
    }
    int from = index(setting, names, word.substring(0, dots));
    int to = index(setting, names, word.substring(dots + 2));
    require(
        from <= to, "%s: in the range '%s' the second column is before the first", setting, word);
    return IntStream.rangeClosed(from, to).boxed().toList();
  }

  private static int index(String setting, List<String> names, String word) {
    int index = names.indexOf(word);
    if (index >= 0) {
      return index;
    }
    if (word.matches("-?\\d{1,9}")) {
      int number = Integer.parseInt(word);
      int fromLeft = number < 0 ? names.size() + number : number;
      require(
          fromLeft >= 0 && fromLeft < names.size(),
          "%s: there is no column %s; there are %d, counted from 0",
          setting,
          word,
          names.size());
      return fromLeft;
    }
    throw new IllegalArgumentException(
        "%s: there is no column '%s'%s; columns: %s"
            .formatted(setting, word, Nearest.suggestion(word, names), first(names)));
  }

  private static String first(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(20, names.size())));
    return names.size() > 20 ? first + ", ... (" + names.size() + " in all)" : first;
  }
}
