package dev.braid.driver.source.example;

import static dev.braid.worker.Check.require;

import dev.braid.worker.Spelling;
import dev.braid.worker.data.Task;
import dev.braid.worker.encoding.Values;
import java.io.Serializable;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What is to be predicted of an example, by one output.
 *
 * @param name of the output, as the job file calls it
 * @param task what kind of prediction
 * @param width numbers in a label: 1 for a class, the number of targets or properties otherwise,
 *     the number of time steps where each has a class
 * @param classes the names of the classes, a label being an index into them; empty where there are
 *     none, or where they are not known before everything is read
 */
public record Labels(String name, Task task, int width, List<String> classes)
    implements Serializable {
  /** The name of an output that the job file does not name. */
  public static final String ONLY = "output";

  /** Ids below it may have any gaps between them. */
  private static final long FEW_IDS = 1000;

  /** Of more ids one in so many at least occurs. */
  private static final long MAX_GAP = 4;

  public Labels {
    classes = List.copyOf(classes);
    require(width > 0, "a label must hold at least 1 number, got %d", width);
  }

  /** Of the only output. */
  public Labels(Task task, int width, List<String> classes) {
    this(ONLY, task, width, classes);
  }

  /** Labels that are one class each, by the names that occur. */
  public static Labels ofClasses(int width, Collection<String> names) {
    return new Labels(Task.CLASSIFICATION, width, classes(width, names));
  }

  /** The same with the classes that occur. */
  public Labels withClasses(Collection<String> names) {
    return new Labels(name, task, width, classes(width, names));
  }

  /**
   * The same with classes up to {@code count}, where those of time steps are named by their ids: a
   * network may have units for classes that no example shows.
   */
  public Labels upTo(int count) {
    int known = classes.size();
    boolean byId = width > 1 && known > 0 && known < count && classes.equals(ids(known, classes));
    return byId ? new Labels(name, task, width, ids(count, classes)) : this;
  }

  /**
   * The classes of labels of {@code width} numbers. Where each time step has a class that is
   * written as a whole number, a class's index is that number, whether or not all below it occur:
   * what is to be predicted are words of a vocabulary, say, and their ids have a meaning elsewhere.
   * Numbers so far apart that hardly any between them occurs are names.
   */
  private static List<String> classes(int width, Collection<String> names) {
    List<String> sorted = sorted(names);
    if (width == 1 || sorted.isEmpty() || !sorted.stream().allMatch(Labels::isId)) {
      return sorted;
    }
    long count = 1 + (long) Double.parseDouble(sorted.get(sorted.size() - 1));
    boolean dense = count <= Math.max(FEW_IDS, MAX_GAP * sorted.size());
    List<String> ids = dense ? ids((int) count, sorted) : List.of();
    return ids.containsAll(sorted) ? ids : sorted;
  }

  /** Names 0, 1, 2, ..., each as it is written in {@code written} where it occurs there. */
  private static List<String> ids(int count, Collection<String> written) {
    String[] ids = IntStream.range(0, count).mapToObj(String::valueOf).toArray(String[]::new);
    for (String name : written) {
      if (isId(name) && Double.parseDouble(name) < count) {
        ids[(int) Double.parseDouble(name)] = name;
      }
    }
    return List.of(ids);
  }

  private static boolean isId(String name) {
    return isNumber(name) && Double.parseDouble(name) >= 0 && Double.parseDouble(name) % 1 == 0;
  }

  /** Whether everything has to be read to know the classes. */
  public boolean isOpen() {
    return task == Task.CLASSIFICATION && classes.isEmpty();
  }

  /** Whether what is to be predicted is one of several classes for each example. */
  public boolean tellsClassesApart() {
    return task == Task.CLASSIFICATION && width == 1;
  }

  /** Class index by name. */
  Map<String, Integer> indices() {
    Map<String, Integer> indices = new HashMap<>();
    for (String name : classes) {
      indices.put(name, indices.size());
    }
    return indices;
  }

  /** What is wrong with a label that is not among the classes. */
  public String unknown(String name) {
    return "label '%s' is none of the %d classes of the training examples (%s)%s"
        .formatted(name, classes.size(), first(classes), Spelling.suggestion(name, classes));
  }

  /** Names in the order of their indices: as numbers where all are numbers, as text otherwise. */
  static List<String> sorted(Collection<String> names) {
    boolean numbers = names.stream().allMatch(Labels::isNumber);
    Comparator<String> order =
        numbers
            ? Comparator.comparingDouble(Double::parseDouble).thenComparing(name -> name)
            : Comparator.naturalOrder();
    return names.stream().distinct().sorted(order).toList();
  }

  public static boolean isNumber(String text) {
    return Values.isNumber(text);
  }

  private static String first(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(10, names.size())));
    return names.size() > 10 ? first + ", ..." : first;
  }
}
