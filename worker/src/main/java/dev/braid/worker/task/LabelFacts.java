package dev.braid.worker.task;

/**
 * What labels look like, by which a task is suggested where the job file names none.
 *
 * @param width numbers in an example's label
 * @param allNumbers whether all of them are written as numbers
 * @param allWhole whether all of them are whole numbers
 * @param indices whether whole numbers are certainly classes, as in files that hold nothing else
 * @param count how many were looked at
 * @param distinct how many different ones there are among them
 */
public record LabelFacts(
    int width, boolean allNumbers, boolean allWhole, boolean indices, long count, long distinct) {

  /** Of names, one for each example. */
  public static LabelFacts ofNames() {
    return new LabelFacts(1, false, false, false, 0, 0);
  }

  /** Of a file of numbers, in which whole ones are classes. */
  public static LabelFacts ofNumbers(int width, boolean allWhole) {
    return new LabelFacts(width, true, allWhole, allWhole, 0, 0);
  }
}
