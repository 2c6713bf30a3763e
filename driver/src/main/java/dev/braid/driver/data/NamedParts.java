package dev.braid.driver.data;

import dev.braid.driver.source.Source;

/**
 * The parts of a run's data by name: each a source of its own, a share of one source that is
 * divided, or a share of what the training part has otherwise. Which example belongs to which part
 * is a function of the examples and the seed alone.
 *
 * @param of the source that {@code split} or {@code folds} divide; null where train is a source of
 *     its own
 * @param split the shares of {@code of}
 * @param folds instead of split, into how many pieces of near size {@code of} is divided, one of
 *     which is the test part: a run for each of them tests every example once
 * @param fold which of them is the test part, from 1; 1 by default
 * @param train the examples to learn from; null where {@code of} is divided
 * @param trainDev examples of the same kind as train's that are not learned from: how they are
 *     scored beside train and dev tells variance from a mismatch of the data; null for none
 * @param dev examples it is scored on after each epoch; null for none
 * @param test examples the finished model is scored on; null for none
 * @param by a column of the tables whose examples of one value, such as one patient's, stay in one
 *     part; it is no input then, unless features name it
 * @param stratified whether each class has the same shares in all parts that are drawn, to within
 *     one example; false by default
 */
public record NamedParts(
    Source of,
    Split split,
    Integer folds,
    Integer fold,
    Source train,
    PartOrigin trainDev,
    PartOrigin dev,
    PartOrigin test,
    String by,
    Boolean stratified) {
  public NamedParts {
    stratified = stratified != null && stratified;
  }

  /**
   * How one source is divided; the shares sum to 1.
   *
   * @param train the share to learn from
   * @param trainDev the share of {@code trainDev}; null for none
   * @param dev the share of {@code dev}; null for none
   * @param test the share of {@code test}; null for none
   */
  public record Split(double train, Double trainDev, Double dev, Double test) {}
}
