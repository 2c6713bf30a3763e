package dev.braid.driver.embedding;

import dev.braid.driver.run.RunListener;

/** Is told how a training of word vectors goes, on the thread that trains. */
@FunctionalInterface
public interface EmbeddingListener extends RunListener {
  /** After each round or pass. */
  void reported(EmbeddingReport report);

  /** Something that takes a while begins, such as the counting of words. */
  default void working(String what) {}

  /** The words are counted. */
  default void counted(CorpusFacts facts) {}
}
