package dev.braid.jobs.embedding;

import dev.braid.driver.embedding.queries.NearestWords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code braid analogy VECTORS A B C}: what is to C as B is to A. */
@Command(name = "analogy", description = "Find the words that are to C as B is to A.")
public final class AnalogyJob implements Runnable {
  @Mixin private NearestOptions options;

  @Parameters(index = "1", paramLabel = "A", description = "As in man.")
  private String a;

  @Parameters(index = "2", paramLabel = "B", description = "As in king.")
  private String b;

  @Parameters(index = "3", paramLabel = "C", description = "As in woman.")
  private String c;

  @Override
  public void run() {
    options.ask(
        (spark, vectors) -> {
          options.out().printf("%s : %s = %s :%n", a, b, c);
          options.print(NearestWords.analogy(vectors, a, b, c, options.top()));
        });
  }
}
