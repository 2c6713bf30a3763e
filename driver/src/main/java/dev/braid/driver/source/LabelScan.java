package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.Task;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at labels, one after another, to tell what is to be predicted. */
final class LabelScan {
  /** Whole numbers with more values than this, a tenth of them different, may be no classes. */
  private static final int MANY_CLASSES = 100;

  private final Inspection inspection;
  private final int width;
  private final Optional<Labels> expected;
  private final Optional<LabelCoder> coder;
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
    this.expected = expected(inspection, width);
    this.coder = expected.map(LabelCoder::new);
  }

  /** What is known of the labels before the first is seen: those of the training examples, say. */
  private static Optional<Labels> expected(Inspection inspection, int width) {
    return inspection
        .training()
        .map(SourceFacts::labels)
        .or(() -> inspection.task().map(task -> new Labels(task, width, List.of())))
        .filter(labels -> !labels.isOpen());
  }

  /**
   * Looks at one label.
   *
   * @param place file and row, for messages
   * @throws IllegalArgumentException if it does not fit the task, where that is known
   */
  void add(String label, String place) {
    count++;
    if (coder.isPresent()) {
      coder.get().code(label, place);
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
    if (expected.isPresent()) {
      return new Labels(expected.get().task(), width, expected.get().classes());
    }
    Task task = inspection.task().orElseGet(this::naturalTask);
    boolean known = task == Task.CLASSIFICATION && complete;
    return known ? Labels.ofClasses(width, names) : new Labels(task, width, List.of());
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
