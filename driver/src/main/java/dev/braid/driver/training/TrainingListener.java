package dev.braid.driver.training;

/** Is told how a training goes, on the thread that trains. */
public interface TrainingListener {
  /** After each round. */
  void round(RoundReport report);

  /** After each epoch, its validation included. */
  void epoch(EpochReport report);
}
