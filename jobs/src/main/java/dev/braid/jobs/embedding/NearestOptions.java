package dev.braid.jobs.embedding;

import dev.braid.driver.embedding.queries.NearestWords.Neighbour;
import java.util.List;
import picocli.CommandLine.Option;

/** The vectors whose nearest words a command shows, and how many of them. */
final class NearestOptions extends VectorsArgument {
  @Option(
      names = "--top",
      defaultValue = "10",
      description = "How many. Default: ${DEFAULT-VALUE}.")
  private int top;

  int top() {
    return top;
  }

  void print(List<Neighbour> found) {
    found.forEach(word -> out().printf("  %.4f  %s%n", word.cosine(), word.word()));
  }
}
