package dev.braid.driver.source.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Files below a path that are not read, and why: so many of each reason, and a few of them. */
public final class LeftOut {
  private static final int NAMED = 3;

  private final Map<String, List<String>> namesByReason = new TreeMap<>();

  public void add(String reason, String name) {
    namesByReason.computeIfAbsent(reason, key -> new ArrayList<>()).add(name);
  }

  void addAll(LeftOut other) {
    other.namesByReason.forEach((reason, names) -> names.forEach(name -> add(reason, name)));
  }

  boolean isEmpty() {
    return namesByReason.isEmpty();
  }

  /** A sentence about them, if there are any. */
  public List<String> remarks() {
    return isEmpty() ? List.of() : List.of(toString());
  }

  /** In words: {@code 3 files left out: 2 hidden (.DS_Store, ._a.png), 1 ...}. */
  @Override
  public String toString() {
    int count = namesByReason.values().stream().mapToInt(List::size).sum();
    return "%,d %s left out: %s"
        .formatted(
            count,
            count == 1 ? "file" : "files",
            namesByReason.entrySet().stream()
                .map(entry -> words(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", ")));
  }

  private static String words(String reason, List<String> names) {
    String few = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
    return "%,d %s (%s%s)"
        .formatted(names.size(), reason, few, names.size() > NAMED ? ", ..." : "");
  }
}
