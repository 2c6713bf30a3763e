package dev.braid.driver.embedding;

/** What a training of word vectors says of itself after each round or pass. */
public interface EmbeddingReport {
  /** Part of the training that was done before. */
  double shareBefore();

  /** Part of the training that is done now. */
  double share();

  /** Mean over what was trained. */
  double loss();

  /** At the beginning; NaN where every parameter has its own. */
  double learningRate();

  /** Of the round or pass. */
  double seconds();

  /** {@code epoch 2 round 1,034}. */
  String place();
}
