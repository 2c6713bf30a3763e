package dev.braid.jobs.embedding;

import dev.braid.driver.embedding.queries.NearestWords;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code braid neighbours VECTORS WORD...}: the words nearest to each. */
@Command(name = "neighbours", description = "Find the words nearest to each of the given ones.")
public final class NeighboursJob implements Runnable {
  @Mixin private NearestOptions options;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "WORD", description = "The words.")
  private List<String> words;

  @Override
  public void run() {
    options.ask(
        (spark, vectors) -> {
          for (String word : words) {
            options.out().println(word);
            options.print(NearestWords.to(vectors, word, options.top()));
          }
        });
  }
}
