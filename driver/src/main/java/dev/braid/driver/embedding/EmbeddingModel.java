package dev.braid.driver.embedding;

import dev.braid.driver.embedding.corpus.CorpusVocabulary;
import dev.braid.driver.embedding.corpus.CountedCorpus;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.driver.run.RunContext;
import java.util.List;
import java.util.Map;

/** A way to train word vectors, its settings checked. */
public interface EmbeddingModel {
  /** As a person calls it. */
  String name();

  /** Length of a vector. */
  int dimension();

  /** Passes over the corpus. */
  int epochs();

  /** Name of the kernel. */
  String kernel();

  /** This model with what depends on the corpus filled in. */
  Fitted fit(CorpusVocabulary vocabulary);

  /** A model with nothing left open. */
  interface Fitted {
    /** A sentence for each choice. */
    List<String> choices();

    /** Settings that were left open, by name. */
    Map<String, Integer> chosen();

    /** Rounds between two checkpoints. */
    int checkpointRounds();

    /**
     * Trains from the beginning, or from the newest checkpoint.
     *
     * @return the vectors; the caller closes them
     * @throws IllegalStateException if the loss stops being a number
     * @throws dev.braid.driver.run.Stopped when the run was asked to stop
     */
    WordVectors train(RunContext run, CountedCorpus corpus, EmbeddingListener listener);
  }
}
