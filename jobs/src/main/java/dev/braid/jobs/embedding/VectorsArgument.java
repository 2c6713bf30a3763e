package dev.braid.jobs.embedding;

import dev.braid.driver.embedding.vectors.VectorReader;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.jobs.session.Session;
import java.util.function.BiConsumer;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Parameters;

/** The vectors that a command asks something of: its first argument. */
class VectorsArgument extends Session {
  @Parameters(
      index = "0",
      paramLabel = "VECTORS",
      description = "A folder vectors.parquet, a word2vec file (.bin or text) or a GloVe file.")
  private String path;

  /** Reads them and asks; what is odd about their file is said beside the results. */
  final void ask(BiConsumer<SparkSession, WordVectors> question) {
    try (SparkSession spark = open(command());
        WordVectors vectors =
            VectorReader.read(spark, path, odd -> err().println("braid: " + odd))) {
      question.accept(spark, vectors);
    }
  }
}
