package dev.braid.jobs.embedding;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.queries.FrequentWords;
import dev.braid.driver.files.AtomicWrite;
import dev.braid.jobs.chart.WordMap;
import dev.braid.jobs.session.Session;
import dev.braid.worker.tsne.Tsne;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code braid tsne VECTORS}: a picture of the most frequent words. */
@Command(name = "tsne", description = "Draw the most frequent words as a map, by t-SNE.")
public final class TsneJob implements Runnable {
  @Mixin private VectorsArgument argument;

  @Option(
      names = "--words",
      defaultValue = "1000",
      description = "So many of the first, most frequent words. Default: ${DEFAULT-VALUE}.")
  private int numWords;

  @Option(
      names = "--perplexity",
      defaultValue = "20",
      description = "About how many neighbours each word keeps. Default: ${DEFAULT-VALUE}.")
  private double perplexity;

  @Option(
      names = "--steps",
      defaultValue = "750",
      description = "Steps of gradient descent. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "The same seed gives the same picture. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      defaultValue = "words.svg",
      description =
          "The picture, .svg or .png; the coordinates go beside it, ending in .tsv. Default:"
              + " ${DEFAULT-VALUE}.")
  private Path output;

  @Override
  public void run() {
    String name = output.getFileName().toString();
    boolean png = name.endsWith(".png");
    require(png || name.endsWith(".svg"), "--output must end in .svg or .png, got '%s'", output);
    require(
        numWords >= 3 && numWords <= Tsne.MAX_VECTORS,
        "--words must be 3 to %d, got %d",
        Tsne.MAX_VECTORS,
        numWords);
    Tsne tsne = new Tsne(perplexity, steps, seed);
    argument.ask((spark, vectors) -> draw(FrequentWords.of(vectors, numWords), tsne, png));
  }

  private void draw(FrequentWords words, Tsne tsne, boolean png) {
    Tsne.Layout layout = tsne.layout(words.vectors(), words.dimension());
    WordMap map = new WordMap(words.words(), layout.x(), layout.y());
    String name = output.getFileName().toString();
    Path table = output.resolveSibling(name.substring(0, name.length() - 4) + ".tsv");
    write(output, png ? map::writePng : text(map.svg()));
    write(table, text(WordMap.table(words.words(), layout.x(), layout.y())));
    argument
        .out()
        .printf(
            "%,d words, %,d of them labelled, divergence %.3f%n%s%n%s%n",
            words.words().size(), map.numLabels(), layout.divergence(), output, table);
  }

  private static AtomicWrite.Content text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void write(Path file, AtomicWrite.Content content) {
    try {
      AtomicWrite.file(new org.apache.hadoop.fs.Path(file.toUri()), Session.hadoop(), content);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }
}
