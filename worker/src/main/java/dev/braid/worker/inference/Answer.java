package dev.braid.worker.inference;

/** What the numbers a model gives for an example mean. */
public enum Answer {
  /** A probability for each class; the largest is the prediction. */
  CLASSES,
  /** One number for two classes: above one half it is the second. */
  TWO_CLASSES,
  /** As many numbers as there are properties: above one half the example has it. */
  PROPERTIES,
  /** Numbers as they are. */
  NUMBERS
}
