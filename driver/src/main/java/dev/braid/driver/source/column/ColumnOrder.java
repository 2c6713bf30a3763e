package dev.braid.driver.source.column;

import static dev.braid.worker.Check.require;

import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the columns that a model was trained with in a table of later rows: by their names. */
public final class ColumnOrder {
  private ColumnOrder() {}

  /**
   * The columns of a table that a model reads, in the model's order.
   *
   * @param setting the table's section, for messages
   * @param known the columns' names in training
   * @param asked the columns that the settings name; null where they name none
   * @param there all columns of the table
   * @param others columns that are left for the inputs where none are named
   * @return names in the table
   * @throws IllegalArgumentException naming the column that is missing, or in the wrong place
   */
  public static List<String> align(
      String setting,
      List<String> known,
      List<String> asked,
      Set<String> there,
      List<String> others) {
    if (asked != null) {
      return ofAsked(setting, known, asked);
    }
    if (there.containsAll(known)) {
      return known;
    }
    boolean byPosition = areNumbers(known) || areNumbers(others);
    if (byPosition && others.size() == known.size()) {
      return others;
    }
    String missing = known.stream().filter(name -> !there.contains(name)).findFirst().orElseThrow();
    throw new WrongSettings(
        byPosition
            ? "%s: %d columns are left for the inputs, but the model was trained with %d"
                .formatted(setting, others.size(), known.size())
            : "%s: there is no column '%s', which the model was trained with%s; columns: %s%s"
                .formatted(
                    setting,
                    missing,
                    Spelling.suggestion(missing, there),
                    Columns.first(List.copyOf(there)),
                    "; if they have other names here, list them as features in the model's order"));
  }

  /** The settings may list the model's columns in any order, or what they are called here. */
  private static List<String> ofAsked(String setting, List<String> known, List<String> asked) {
    require(
        asked.size() == known.size(),
        "%s.features: %d columns are named, but the model was trained with %d: %s",
        setting,
        asked.size(),
        known.size(),
        Columns.first(known));
    if (new HashSet<>(asked).equals(new HashSet<>(known))) {
      return known;
    }
    if (!areNumbers(known) && !areNumbers(asked)) {
      for (int i = 0; i < asked.size(); i++) {
        require(
            asked.get(i).equals(known.get(i)) || !known.contains(asked.get(i)),
            "%s.features: column '%s' is the model's number %d, but is named as number %d; the"
                + " model's columns are, in this order: %s",
            setting,
            asked.get(i),
            known.indexOf(asked.get(i)) + 1,
            i + 1,
            Columns.first(known));
      }
    }
    return asked;
  }

  /** Whether columns have no names but their places. */
  private static boolean areNumbers(List<String> names) {
    return names.stream().allMatch(name -> name.matches("\\d{1,9}"));
  }
}
