package dev.braid.driver.source.table;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.example.ClassSizes;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.RowEncoder;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.encoding.Values;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.LabelFacts;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at labels, one after another, to tell what is to be predicted. */
public final class LabelScan {
  private final Inspection inspection;
  private final String name;
  private final int width;
  private final Optional<Task> task;
  private final Optional<Labels> expected;
  private final Optional<LabelCodec> codec;
  private final Map<String, Long> sizes = new HashMap<>();
  private boolean allNumbers = true;
  private boolean allWhole = true;
  private long count;
  private long missing;

  private LabelScan(
      Inspection inspection, int output, String name, int width, Optional<Task> task) {
    Optional<Labels> training =
        inspection.training().map(facts -> labels(inspection, facts, output));
    this.inspection = inspection;
    this.name = name;
    this.task = training.map(Labels::task).or(() -> task);
    this.width = this.task.filter(Task::isAlongTime).isPresent() ? 1 : width;
    this.expected =
        training
            .or(
                () ->
                    task.map(
                        known -> inspection.stated(new Labels(name, known, this.width, List.of()))))
            .filter(labels -> !labels.isOpen());
    this.codec = expected.map(Labels::codec);
  }

  /**
   * Of a table's outputs.
   *
   * @param widths per output the numbers in the label of one example
   */
  static List<LabelScan> of(Inspection inspection, TableColumns columns, List<Integer> widths) {
    List<LabelScan> scans = new ArrayList<>();
    columns
        .outputs()
        .forEach(
            (name, output) -> {
              int number = scans.size();
              Optional<Task> task =
                  Optional.ofNullable(output.task()).or(() -> inspection.task(name));
              scans.add(new LabelScan(inspection, number, name, widths.get(number), task));
            });
    return scans;
  }

  /** What is known of the labels before the first is seen: those of the training examples. */
  private static Labels labels(Inspection inspection, SourceFacts training, int output) {
    int known = training.outputs().size();
    require(
        output < known,
        "%s has labels for more outputs than the training examples, which have %d",
        inspection.setting(),
        known);
    return training.outputs().get(output);
  }

  /**
   * Looks at one label.
   *
   * @param label null where it is missing
   * @param place file and row, for messages
   * @throws IllegalArgumentException if it does not fit the task, where that is known
   */
  void add(String label, String place) {
    if (label == null) {
      missing++;
      return;
    }
    count++;
    if (codec.isPresent()) {
      RowEncoder.number(label, place, codec.get());
    }
    if (sizes.merge(label, 1L, Long::sum) == 1) {
      allNumbers = allNumbers && Values.isNumber(label);
      allWhole = allWhole && allNumbers && Double.parseDouble(label) % 1 == 0;
    }
  }

  /**
   * What has been found.
   *
   * @param complete whether these were all labels of the source
   * @throws IllegalArgumentException when these are the training examples and there is no label
   */
  Labels labels(boolean complete) {
    require(
        !complete || count > 0 || missing == 0 || inspection.training().isPresent(),
        "%s: output '%s' has no label in any row, its columns are empty; there is nothing to learn"
            + " it from: give it labels, or leave the output out",
        inspection.setting(),
        name);
    if (expected.isPresent()) {
      return new Labels(name, expected.get().task(), width, expected.get().classes());
    }
    Labels found = new Labels(name, task.orElseGet(this::naturalTask), width, List.of());
    boolean known = found.task().hasClasses() && complete;
    return known ? found.withClasses(sizes.keySet()) : found;
  }

  /** A sentence about the classes of all labels so far, if classes they are. */
  Optional<String> remark() {
    boolean classes = count > 0 && labels(false).task().hasClasses();
    return classes
        ? Optional.of(new ClassSizes(sizes).remark(name, width == 1 ? "examples" : "labels"))
        : Optional.empty();
  }

  private Task naturalTask() {
    LabelFacts facts = new LabelFacts(width, allNumbers, allWhole, false, count, sizes.size());
    try {
      return Tasks.suggestedBy(facts);
    } catch (WrongSettings e) {
      throw new WrongSettings(inspection.setting() + ": " + e.getMessage(), e);
    }
  }
}
