package dev.braid.jobs.embedding;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.embedding.Corpus;
import dev.braid.driver.embedding.RowCheckpoints;
import dev.braid.driver.embedding.Vocabulary;
import dev.braid.driver.embedding.WordVectors;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;

/** A model that {@code braid embed} trains: skip-gram or GloVe, its settings checked. */
interface VectorTraining {
  /** As a person calls it. */
  String name();

  /** Length of a vector. */
  int dimension();

  /** Passes over the corpus. */
  int epochs();

  /** Name of the kernel. */
  String kernel();

  /**
   * Fixes what depends on the corpus and says so.
   *
   * @param say gets a sentence for each choice
   */
  Ready prepare(Vocabulary vocabulary, Consumer<String> say);

  /** A training with nothing left open. */
  interface Ready {
    /** All that decides the result, but the corpus. */
    String fingerprint();

    /** Rounds between two checkpoints. */
    int checkpointRounds();

    /** Trains; the caller closes the vectors. */
    WordVectors train(
        SparkSession spark,
        Corpus corpus,
        Vocabulary vocabulary,
        Optional<WordVectors> start,
        RowCheckpoints checkpoints,
        boolean resume,
        TrainingLog log);

    /** Adds to {@code summary.json} what only this model has. */
    void summarise(ObjectNode summary);
  }
}
