package dev.braid.jobs.embedding;

import dev.braid.driver.embedding.vectors.VectorReader;
import dev.braid.driver.embedding.vectors.WordVectors;
import java.io.PrintWriter;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The vectors that a command asks something of: its first argument. */
final class VectorsArgument {
  @Parameters(
      index = "0",
      paramLabel = "VECTORS",
      description = "A folder vectors.parquet, a word2vec file (.bin or text) or a GloVe file.")
  private String path;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Reads them; what is odd about the file is said beside the results. */
  WordVectors read(SparkSession spark) {
    PrintWriter err = spec.commandLine().getErr();
    return VectorReader.read(spark, path, odd -> err.println("braid: " + odd));
  }
}
