package dev.braid.driver.source.column;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.example.Beside;
import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which columns of a table are inputs and which are labels, by name.
 *
 * @param inputs per input its columns, in the order in which they make it up
 * @param outputs per output its columns
 * @param asked per input whether the settings name its columns
 */
public record Columns(List<List<String>> inputs, List<List<String>> outputs, List<Boolean> asked) {

  /**
   * Finds columns by name, by number (from 0, or from -1 backwards) or by range ({@code a..b}).
   *
   * @param setting the source's section, for messages
   * @param names all columns of the table
   * @param folders columns in the names of folders; they are used only where they are named
   * @param wanted which are inputs and which are labels
   * @param beside columns that must be there, and are inputs only where they are named as such
   * @throws IllegalArgumentException naming the column that is not there, and the nearest that is
   */
  public static Columns find(
      String setting, List<String> names, Set<String> folders, TableColumns wanted, Beside beside) {
    beside.by().ifPresent(name -> requireThere("data.parts.by", names, folders, name));
    beside.weight().ifPresent(name -> requireThere("data.weight", names, folders, name));
    List<List<String>> outputs = new ArrayList<>();
    for (Map.Entry<String, NamedOutput> output : wanted.outputs().entrySet()) {
      String key = wanted.outputSetting(setting, output.getKey());
      List<String> columns = output.getValue().columns();
      require(
          columns != null, "%s is missing: the column to predict; columns: %s", key, first(names));
      outputs.add(names(key, names, folders, columns));
    }
    Set<String> labels = new HashSet<>();
    outputs.forEach(labels::addAll);
    List<List<String>> inputs = new ArrayList<>();
    List<Boolean> asked = new ArrayList<>();
    for (Map.Entry<String, NamedInput> input : wanted.inputs().entrySet()) {
      List<String> columns = input.getValue().columns();
      List<String> own =
          columns == null
              ? names.stream()
                  .filter(name -> !labels.contains(name) && !beside.names().contains(name))
                  .toList()
              : names(wanted.inputSetting(setting, input.getKey()), names, folders, columns);
      require(!own.isEmpty(), "%s: no column is left for the inputs", setting);
      requireNoLabel(setting, own, labels);
      inputs.add(own);
      asked.add(columns != null);
    }
    return new Columns(inputs, outputs, asked);
  }

  private static void requireThere(
      String setting, List<String> names, Set<String> folders, String name) {
    require(
        names.contains(name) || folders.contains(name),
        "%s: there is no column '%s'%s; columns: %s",
        setting,
        name,
        Spelling.suggestion(name, names),
        first(names));
  }

  private static void requireNoLabel(String setting, List<String> features, Set<String> labels) {
    for (String feature : features) {
      require(
          !labels.contains(feature),
          "%s: column '%s' is a label and a feature; it can be only one",
          setting,
          feature);
    }
  }

  /** The names of columns by name, number or range; see {@link #find}. */
  public static List<String> names(
      String setting, List<String> names, Set<String> folders, List<String> wanted) {
    List<String> found = new ArrayList<>();
    for (String word : wanted) {
      if (folders.contains(word) && !names.contains(word)) {
        found.add(word);
      } else {
        range(setting, names, word).forEach(i -> found.add(names.get(i)));
      }
    }
    Set<String> seen = new HashSet<>();
    for (String name : found) {
      require(seen.add(name), "%s names column '%s' twice", setting, name);
    }
    return found;
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
    throw new WrongSettings(
        "%s: there is no column '%s'%s; columns: %s"
            .formatted(setting, word, Spelling.suggestion(word, names), first(names)));
  }

  /** The first names, for messages. */
  public static String first(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(20, names.size())));
    return names.size() > 20 ? first + ", ... (" + names.size() + " in all)" : first;
  }
}
