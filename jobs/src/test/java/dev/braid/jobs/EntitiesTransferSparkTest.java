package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The course's job files of which each begins with what the one before has made, on few data. */
class EntitiesTransferSparkTest {
  private static final int DIMENSION = 100;

  @TempDir private Path folder;

  private void vectors(String... words) throws IOException {
    StringBuilder lines = new StringBuilder(words.length + " " + DIMENSION + "\n");
    for (int i = 0; i < words.length; i++) {
      lines.append(words[i]).append((" 0." + i).repeat(DIMENSION)).append('\n');
    }
    Files.writeString(folder.resolve("vectors.bin"), lines);
  }

  private String transferred(String name) throws IOException {
    String job =
        Files.readString(Checkout.root().resolve("conf/course/" + name + ".yaml"))
            .replaceAll("jobs/samples/wikigold/\\S+", folder + "/articles.conll")
            .replaceAll("jobs/samples/wnut17/[^\\s}]+", folder + "/tweets.conll")
            .replace("runs/words/", folder + "/")
            .replace("runs/wikigold", folder + "/wikigold")
            .replaceAll("maxWords: \\d+", "maxWords: 3")
            .replaceAll("epochs: \\d+", "epochs: 1");
    Path file = Files.writeString(folder.resolve(name + ".yaml"), job);
    CommandLineRun run =
        CommandLineRun.braid("transfer", "" + file, "--output", "" + folder.resolve(name));
    assertEquals(0, run.exitCode(), run.err());
    return run.out();
  }

  @Test
  void entitiesOfTweets_beginWithTheNetworkOfArticles() throws IOException {
    vectors("in", "paris", "ann");
    Files.writeString(
        folder.resolve("articles.conll"),
        "-DOCSTART- O\n\nAnn I-PER\nlives O\nin O\nParis I-LOC\n\n".repeat(10));
    Files.writeString(
        folder.resolve("tweets.conll"), "@bob\tO\nhi\tO\nAnn\tB-person\nLee\tI-person\n\n");
    assertTrue(transferred("wikigold").contains("test f1 "));
    assertTrue(transferred("ner").contains("test f1 "));
  }
}
