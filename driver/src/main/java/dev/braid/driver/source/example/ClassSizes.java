package dev.braid.driver.source.example;

import dev.braid.worker.task.ClassNames;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How many examples each class has.
 *
 * @param sizes by the class's name
 */
public record ClassSizes(Map<String, Long> sizes) {
  private static final int FEW = 20;

  /**
   * A sentence about them: each class where they are few, the smallest and the largest else.
   *
   * @param output that they are the classes of
   * @param counted what there are so many of: all of a source, whatever is kept aside of it later
   */
  public String remark(String output, String counted) {
    long all = sizes.values().stream().mapToLong(Long::longValue).sum();
    String of =
        (output.equals(Labels.ONLY) ? "" : " of " + output)
            + " of all %,d %s".formatted(all, counted);
    if (sizes.size() > FEW) {
      var range = sizes.values().stream().mapToLong(Long::longValue).summaryStatistics();
      return "classes%s: %,d, of %,d to %,d examples"
          .formatted(of, sizes.size(), range.getMin(), range.getMax());
    }
    return ClassNames.sorted(sizes.keySet()).stream()
        .map(name -> "%s %,d".formatted(name, sizes.get(name)))
        .collect(Collectors.joining(", ", "classes" + of + ": ", ""));
  }
}
