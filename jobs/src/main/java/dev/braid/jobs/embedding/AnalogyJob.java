package dev.braid.jobs.embedding;

import dev.braid.driver.embedding.queries.NearestWords;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.jobs.session.Session;
import java.io.PrintWriter;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code braid analogy VECTORS A B C}: what is to C as B is to A. */
@Command(name = "analogy", description = "Find the words that are to C as B is to A.")
public final class AnalogyJob implements Runnable {
  @Mixin private VectorsArgument argument;
  @Mixin private Session session;

  @Parameters(index = "1", paramLabel = "A", description = "As in man.")
  private String a;

  @Parameters(index = "2", paramLabel = "B", description = "As in king.")
  private String b;

  @Parameters(index = "3", paramLabel = "C", description = "As in woman.")
  private String c;

  @Option(
      names = "--top",
      defaultValue = "10",
      description = "How many. Default: ${DEFAULT-VALUE}.")
  private int top;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    try (SparkSession spark = session.open("analogy");
        WordVectors vectors = argument.read(spark)) {
      out.printf("%s : %s = %s :%n", a, b, c);
      NearestWords.analogy(vectors, a, b, c, top)
          .forEach(found -> out.printf("  %.4f  %s%n", found.cosine(), found.word()));
    }
  }
}
