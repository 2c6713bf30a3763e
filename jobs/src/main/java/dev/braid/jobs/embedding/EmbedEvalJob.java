package dev.braid.jobs.embedding;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.queries.AnalogyQuestion;
import dev.braid.driver.embedding.queries.UnknownWords;
import dev.braid.driver.embedding.queries.VectorEvaluation;
import dev.braid.driver.embedding.queries.WordPair;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.jobs.session.Session;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.Utf8;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code braid embed-eval VECTORS}: how well vectors agree with people. */
@Command(
    name = "embed-eval",
    description = "Score word vectors on similarity lists and on analogies.")
public final class EmbedEvalJob implements Runnable {
  @Mixin private VectorsArgument argument;
  @Mixin private Session session;

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

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    require(
        !pairs.isEmpty() || !analogies.isEmpty(), "nothing to score; give --pairs or --analogies");
    List<List<WordPair>> allPairs =
        pairs.stream().map(file -> WordPair.parse("" + file, lines(file))).toList();
    List<List<AnalogyQuestion>> allQuestions =
        analogies.stream().map(file -> AnalogyQuestion.parse("" + file, lines(file))).toList();
    PrintWriter out = spec.commandLine().getOut();
    try (SparkSession spark = session.open("embed-eval");
        WordVectors vectors = argument.read(spark)) {
      VectorEvaluation evaluation = new VectorEvaluation(spark, vectors, maxWords);
      for (int i = 0; i < pairs.size(); i++) {
        VectorEvaluation.Similarity similarity = evaluation.similarity(allPairs.get(i));
        out.printf(
            "%s: Spearman %.4f over %,d pairs%n",
            pairs.get(i).getFileName(), similarity.spearman(), similarity.numPairs());
        print(out, similarity.unknown());
      }
      for (int i = 0; i < analogies.size(); i++) {
        out.printf("%s:%n", analogies.get(i).getFileName());
        VectorEvaluation.Analogies answered = evaluation.analogies(allQuestions.get(i));
        for (VectorEvaluation.Section section : answered.sections()) {
          out.printf(
              "  %.4f  %,d of %,d  %s%n",
              section.accuracy(), section.numCorrect(), section.numAsked(), section.name());
        }
        print(out, answered.unknown());
      }
    }
  }

  private static void print(PrintWriter out, UnknownWords unknown) {
    if (unknown.numQuestions() > 0) {
      out.printf("  %s%n", unknown.sentence());
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
