package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.Source;
import dev.braid.driver.source.column.InputScaling;
import dev.braid.driver.source.column.StatedClasses;
import dev.braid.driver.source.example.Beside;
import dev.braid.worker.augment.Augmentation;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.TaskForm;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a network learns from and is scored on.
 *
 * @param train the training examples; null where a finished model is scored, or parts are named
 * @param test examples to score the finished model on; null for none
 * @param validation examples to score it on while it learns; null for none
 * @param parts instead of train, test and validation the parts by name, one of which may tell
 *     variance from a mismatch of the data, or all be drawn from one source
 * @param task what is to be predicted; null to take what the labels suggest
 * @param classes the names of the only output's classes in the order of their ids, also of those
 *     that no example has: a list, or the path of a file with one in each line; null for those that
 *     occur
 * @param weight a column of the tables that says how much an example weighs in the loss, a number
 *     of at least 0; it is no input then, unless features name it. In scores weights count where
 *     {@code metrics.weighted} says so. Null where all weigh the same
 * @param normalise how inputs are scaled; not at all by default
 * @param broken how many rows may be left out because they cannot be used; none by default
 * @param batchSize examples in one optimizer step; 32 by default
 * @param augment how pictures are changed by chance while the network learns, one change after the
 *     other, before they are scaled; scored ones stay as they are. Not at all by default
 */
public record DataSettings(
    Source train,
    Source test,
    PartOrigin validation,
    NamedParts parts,
    @TaskForm Task task,
    StatedClasses classes,
    String weight,
    InputScaling normalise,
    BrokenRows broken,
    Integer batchSize,
    List<Augmentation> augment) {
  public DataSettings {
    normalise = normalise == null ? InputScaling.NONE : normalise;
    broken = broken == null ? BrokenRows.NONE : broken;
    batchSize = batchSize == null ? 32 : batchSize;
    augment = augment == null ? List.of() : augment;
    require(
        augment.stream().allMatch(Objects::nonNull), "data.augment: the list has an empty entry");
    augment = List.copyOf(augment);
    require(batchSize > 0, "data.batchSize must be at least 1, got %d", batchSize);
    require(
        parts == null || (train == null && test == null && validation == null),
        "data.parts names all parts; train, validation and test beside it are left out");
    if (parts != null) {
      Division.of(parts); // refuses contradictions
    }
  }

  /** Of the short form. */
  public DataSettings(
      Source train,
      Source test,
      PartOrigin validation,
      Task task,
      InputScaling normalise,
      BrokenRows broken,
      Integer batchSize) {
    this(train, test, validation, null, task, null, null, normalise, broken, batchSize, null);
  }

  /** The columns that say something of the rows. */
  public Beside beside() {
    return new Beside(Optional.ofNullable(division().draw().column()), Optional.ofNullable(weight));
  }

  /**
   * How parts are drawn from the source of the training part, in words: where they and the seed are
   * alike, the same examples fall into the same parts.
   */
  public String drawing() {
    return division().drawing(weight);
  }

  /** Which examples belong to which part, whichever form says it. */
  public Division division() {
    return parts == null ? Division.of(train, validation, test) : Division.of(parts);
  }
}
