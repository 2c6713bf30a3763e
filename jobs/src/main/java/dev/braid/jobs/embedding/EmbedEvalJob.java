package dev.braid.jobs.embedding;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.queries.AnalogyQuestion;
import dev.braid.driver.embedding.queries.UnknownWords;
import dev.braid.driver.embedding.queries.VectorEvaluation;
import dev.braid.driver.embedding.queries.WordPair;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.Utf8;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code braid embed-eval VECTORS}: how well vectors agree with people. */
@Command(
    name = "embed-eval",
    description = "Score word vectors on similarity lists and on analogies.")
public final class EmbedEvalJob implements Runnable {
  @Mixin private VectorsArgument argument;

  @Option(
      names = "--pairs",
      paramLabel = "FILE",
      description = "Lines of two words and a number; may be given several times.")
  private List<Path> pairs = List.of();

  @Option(
      names = "--analogies",
      paramLabel = "FILE",
      description = "Lines of four words, sections begun by ': name'; may be given several times.")
  private List<Path> analogies = List.of();

  @Option(
      names = "--words",
      paramLabel = "N",
      defaultValue = "300000",
      description = "Look at so many of the most frequent words. Default: ${DEFAULT-VALUE}.")
  private int maxWords;

  @Override
  public void run() {
    require(
        !pairs.isEmpty() || !analogies.isEmpty(), "nothing to score; give --pairs or --analogies");
    List<List<WordPair>> allPairs =
        pairs.stream().map(file -> WordPair.parse("" + file, lines(file))).toList();
    List<List<AnalogyQuestion>> allQuestions =
        analogies.stream().map(file -> AnalogyQuestion.parse("" + file, lines(file))).toList();
    argument.ask(
        (spark, vectors) -> {
          VectorEvaluation evaluation = new VectorEvaluation(spark, vectors, maxWords);
          for (int i = 0; i < pairs.size(); i++) {
            print(pairs.get(i), evaluation.similarity(allPairs.get(i)));
          }
          for (int i = 0; i < analogies.size(); i++) {
            print(analogies.get(i), evaluation.analogies(allQuestions.get(i)));
          }
        });
  }

  private void print(Path file, VectorEvaluation.Similarity similarity) {
    argument
        .out()
        .printf(
            "%s: Spearman %.4f over %,d pairs%n",
            file.getFileName(), similarity.spearman(), similarity.numPairs());
    print(similarity.unknown());
  }

  private void print(Path file, VectorEvaluation.Analogies answered) {
    argument.out().printf("%s:%n", file.getFileName());
    for (VectorEvaluation.Section section : answered.sections()) {
      argument
          .out()
          .printf(
              "  %.4f  %,d of %,d  %s%n",
              section.accuracy(), section.numCorrect(), section.numAsked(), section.name());
    }
    print(answered.unknown());
  }

  private void print(UnknownWords unknown) {
    if (unknown.numQuestions() > 0) {
      argument.out().printf("  %s%n", unknown.sentence());
    }
  }

  private static List<String> lines(Path file) {
    require(Files.isRegularFile(file), "%s: no such file", file);
    try {
      return Utf8.text(Files.readAllBytes(file)).lines().toList();
    } catch (WrongSettings e) {
      throw new WrongSettings(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new WrongSettings(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
