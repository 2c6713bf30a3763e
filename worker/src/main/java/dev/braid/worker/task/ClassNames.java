package dev.braid.worker.task;

import dev.braid.worker.encoding.Values;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Names of classes in the order of their indices. */
public final class ClassNames {
  /** Ids below it may have any gaps between them. */
  private static final long FEW_IDS = 1000;

  /** Of more ids one in so many at least occurs. */
  private static final long MAX_GAP = 4;

  private ClassNames() {}

  /** Names in order: as numbers where all are numbers, as text otherwise. */
  public static List<String> sorted(Collection<String> names) {
    boolean numbers = names.stream().allMatch(Values::isNumber);
    Comparator<String> order =
        numbers
            ? Comparator.comparingDouble(Double::parseDouble).thenComparing(name -> name)
            : Comparator.naturalOrder();
    return names.stream().distinct().sorted(order).toList();
  }

  /**
   * Names of the classes of several positions. Where all are written as whole numbers, a class's
   * index is that number, whether or not all below it occur: what is to be predicted are words of a
   * vocabulary, say, and their ids have a meaning elsewhere. Numbers so far apart that hardly any
   * between them occurs are names.
   */
  public static List<String> byId(Collection<String> names) {
    List<String> sorted = sorted(names);
    if (sorted.isEmpty() || !sorted.stream().allMatch(ClassNames::isId)) {
      return sorted;
    }
    long count = 1 + (long) Double.parseDouble(sorted.get(sorted.size() - 1));
    boolean dense = count <= Math.max(FEW_IDS, MAX_GAP * sorted.size());
    List<String> ids = dense ? ids((int) count, sorted) : List.of();
    return ids.containsAll(sorted) ? ids : sorted;
  }

  /** Names up to {@code count} where they are the ids 0, 1, 2, ...; else as they are. */
  public static List<String> upTo(int count, List<String> names) {
    int known = names.size();
    boolean byId = known > 0 && known < count && names.equals(ids(known, names));
    return byId ? ids(count, names) : names;
  }

  /** The ids 0, 1, 2, ... */
  public static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(String::valueOf).toList();
  }

  /** Names 0, 1, 2, ..., each as it is written in {@code written} where it occurs there. */
  private static List<String> ids(int count, Collection<String> written) {
    String[] ids = numbered(count).toArray(String[]::new);
    for (String name : written) {
      if (isId(name) && Double.parseDouble(name) < count) {
        ids[(int) Double.parseDouble(name)] = name;
      }
    }
    return List.of(ids);
  }

  private static boolean isId(String name) {
    return Values.isNumber(name)
        && Double.parseDouble(name) >= 0
        && Double.parseDouble(name) % 1 == 0;
  }
}
