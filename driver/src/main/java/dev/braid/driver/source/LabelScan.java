package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.Task;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks at labels, one after another, to tell what is to be predicted. */
final class LabelScan {
  /** Whole numbers with more values than this, a tenth of them different, may be no classes. */
  private static final int MANY_CLASSES = 100;

  private final Inspection inspection;
  private final int width;
  private final Map<String, Integer> known;
  private final Set<String> names = new HashSet<>();
  private boolean allNumbers = true;
  private boolean allWhole = true;
  private long count;

  /**
   * @param width numbers in the label of one example
   */
  LabelScan(Inspection inspection, int width) {
    this.inspection = inspection;
    this.width = width;
    this.known = inspection.training().map(facts -> facts.labels().indices()).orElse(Map.of());
  }

  /**
   * Looks at one label.
   *
   * @param place file and row, for messages
   * @throws IllegalArgumentException if it does not fit the task, where that is known
   */
  void add(String label, String place) {
    count++;
    Task task = inspection.task().orElse(null);
    if (task == Task.REGRESSION || task == Task.MULTI_LABEL) {
      String problem = LabelCoder.problem(task, label);
      require(problem == null, "%s: %s", place, problem);
      return;
    }
    if (!known.isEmpty()) {
      require(
          known.containsKey(label),
          "%s: %s",
          place,
          known.containsKey(label)
              ? ""
              : inspection.training().orElseThrow().labels().unknown(label));
      return;
    }
    if (names.add(label)) {
      allNumbers = allNumbers && Labels.isNumber(label);
      allWhole = allWhole && allNumbers && Double.parseDouble(label) % 1 == 0;
    }
  }

  /**
   * What has been found.
   *
   * @param complete whether these were all labels of the source
   */
  Labels labels(boolean complete) {
    Task task = inspection.task().orElseGet(this::naturalTask);
    if (task != Task.CLASSIFICATION) {
      return new Labels(task, width, List.of());
    }
    if (!known.isEmpty()) {
      return inspection.training().orElseThrow().labels();
    }
    return complete ? Labels.ofClasses(width, names) : new Labels(task, width, List.of());
  }

  private Task naturalTask() {
    if (width > 1 || (allNumbers && !allWhole)) {
      return Task.REGRESSION;
    }
    require(
        !allNumbers || names.size() <= MANY_CLASSES || names.size() < count / 10,
        "%s: the labels are %d different whole numbers; are they classes or numbers to predict?"
            + " set data.task to classification or regression",
        inspection.setting(),
        names.size());
    return Task.CLASSIFICATION;
  }
}
