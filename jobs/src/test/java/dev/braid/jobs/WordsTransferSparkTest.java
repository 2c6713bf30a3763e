package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.model.Model;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.BZip2Codec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts told apart by word vectors, from job files. */
class WordsTransferSparkTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static Path file(Path folder, String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text.replace("FOLDER", "" + folder));
  }

  private static double accuracy(Path folder, String command, String name, String job)
      throws IOException {
    Path path = file(folder, name + ".yaml", job);
    CommandLineRun run =
        CommandLineRun.braid(command, "" + path, "--output", "" + folder.resolve(name));
    assertEquals(0, run.exitCode(), run.err());
    return JSON.readTree(Files.readString(folder.resolve(name).resolve("summary.json")))
        .get("accuracy")
        .asDouble();
  }

  private static final String FEW =
      """
      data:
        train: {text: {path: FOLDER/train.tsv, vectors: FOLDER/words.txt, length: 4}}
        test: {text: {path: FOLDER/test.tsv, vectors: FOLDER/words.txt, length: 4}}
        batchSize: 4
      transfer:
        model: FOLDER/words.txt
        network: {layers: [{embedding: {name: words, size: 6, dimension: 2, pool: mean, padding: true}}]}
        head: [{output: {loss: crossEntropy}}]
        freeze: {layers: words}
        features: {folder: FOLDER/features}
      training: {epochs: 60, optimizer: {adam: {learningRate: 0.1}}}
      """;

  /** Words of the test that were never trained on are known by their vectors. */
  @Test
  void frozenVectors_carryOverToWordsThatWereNotTrainedOn(@TempDir Path folder) throws IOException {
    file(folder, "words.txt", "4 2\ngood 1 0.1\nfine 0.9 0\nbad -1 0.1\npoor -0.9 0\n");
    file(folder, "train.tsv", "yes\tgood, Good!\nno\tbad\nyes\tso good\nno\ta bad one\n");
    file(
        folder, "test.tsv", "yes\tfine\nno\tpoor and poor\nyes\tfine fine fine fine bad bad bad\n");
    assertEquals(1.0, accuracy(folder, "transfer", "few", FEW));

    Model model = Models.read("" + folder.resolve("few"), new Configuration());
    float[] rows = new float[12];
    model.params().read(0, rows, 12);
    float[] expected = {0, 0, 0, 0.05f, 1, 0.1f, 0.9f, 0, -1, 0.1f, -0.9f, 0};
    for (int i = 0; i < 12; i++) {
      assertEquals(expected[i], rows[i], 1e-6, "row " + i / 2);
    }

    assertRefused(folder, FEW.replace("size: 6", "size: 9"), "set its size to 6 or fewer");
    assertRefused(folder, FEW.replace("train.tsv", "words.txt"), "has no label in front of a");
    assertRefused(folder, FEW.replace("length: 4", "length: 0"), "text.length must be at least 1");
    assertRefused(folder, FEW.replace("words.txt, length", "word.txt, length"), "no such file");
  }

  private static void assertRefused(Path folder, String job, String message) throws IOException {
    CommandLineRun run = CommandLineRun.braid("transfer", "" + file(folder, "refused.yaml", job));
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(message), run.err());
  }

  private static final String WORDS =
      """
      corpus: {path: FOLDER/reviews.txt, tokenizer: letters, minCount: 5}
      skipGram: {dimension: 100, window: 5, negatives: 5, sample: 1.0e-4}
      training: {epochs: 2, workers: 2}
      output: {formats: [word2vec_binary]}
      seed: 1
      """;

  private static final String SENTENCES =
      """
      data:
        train: {text: {path: SHARED/stsa.binary.train.gz, VOCABULARY}}
        test: {text: {path: SHARED/stsa.binary.test.gz, VOCABULARY}}
        validation: {text: {path: SHARED/stsa.binary.dev.gz, VOCABULARY}}
        batchSize: 32
      transfer:
        model: FOLDER/words/vectors.bin
        network:
          layers:
            - embedding: {name: words, size: 12002, dimension: 100, pool: mean, padding: true}
        head:
          - dropout: {rate: 0.3}
          - output: {loss: crossEntropy}
      training:
        workers: 2
        localSteps: 10
        epochs: 12
        optimizer: {adam: {learningRate: 0.002}}
        earlyStopping: {metric: accuracy, patience: 3}
      seed: 1
      """;

  /** Vectors of ten thousand film reviews, for the sentences of SST-2. */
  @Test
  void vectorsOfReviews_tellSentencesApart_betterThanRandomOnes(@TempDir Path folder)
      throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("jobs/pom.xml"))) {
      root = root.getParent();
    }
    Path shared = root.resolve("../shared/data/sentences");
    Path reviews = root.resolve("../shared/data/imdb/unsup.txt.bz2");
    assumeTrue(Files.exists(shared), "skipped: there is no " + shared);
    assumeTrue(Files.exists(reviews), "skipped: there is no " + reviews);
    BZip2Codec bzip2 = new BZip2Codec();
    bzip2.setConf(new Configuration());
    try (BufferedReader in =
            new BufferedReader(
                new InputStreamReader(
                    bzip2.createInputStream(Files.newInputStream(reviews)),
                    StandardCharsets.UTF_8));
        PrintWriter out =
            new PrintWriter(
                Files.newBufferedWriter(folder.resolve("reviews.txt"), StandardCharsets.UTF_8))) {
      for (int i = 0; i < 10_000; i++) {
        out.println(in.readLine().replace("<br />", " "));
      }
    }
    Path words = file(folder, "words.yaml", WORDS);
    CommandLineRun embed =
        CommandLineRun.braid("embed", "" + words, "--output", "" + folder.resolve("words"));
    assertEquals(0, embed.exitCode(), embed.err());

    String job =
        SENTENCES
            .replace(
                "VOCABULARY",
                "separator: \" \", vectors: FOLDER/words/vectors.bin, maxWords: 12000, length: 50")
            .replace("SHARED", "" + shared);
    double learned = accuracy(folder, "transfer", "learned", job);
    double random =
        accuracy(
            folder, "transfer", "random", job.replace("  model: FOLDER/words/vectors.bin\n", ""));
    System.out.printf("SST-2: vectors of reviews %.4f, random ones %.4f%n", learned, random);
    assertTrue(learned > random, "learned %.4f, random %.4f".formatted(learned, random));
    assertTrue(learned >= 0.77, "with a small part of the reviews: " + learned);
  }
}
