package dev.braid.jobs.embedding;

import dev.braid.driver.embedding.queries.NearestWords;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.jobs.session.Session;
import java.io.PrintWriter;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code braid neighbours VECTORS WORD...}: the words nearest to each. */
@Command(name = "neighbours", description = "Find the words nearest to each of the given ones.")
public final class NeighboursJob implements Runnable {
  @Mixin private VectorsArgument argument;
  @Mixin private Session session;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "WORD", description = "The words.")
  private List<String> words;

  @Option(
      names = "--top",
      defaultValue = "10",
      description = "How many. Default: ${DEFAULT-VALUE}.")
  private int top;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    try (SparkSession spark = session.open("neighbours");
        WordVectors vectors = argument.read(spark)) {
      for (String word : words) {
        out.println(word);
        NearestWords.to(vectors, word, top)
            .forEach(found -> out.printf("  %.4f  %s%n", found.cosine(), found.word()));
      }
    }
  }
}
