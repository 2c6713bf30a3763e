package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    float[] rows = vectors(folder.resolve("few"));
    float[] expected = {0, 0, 0, 0.05f, 1, 0.1f, 0.9f, 0, -1, 0.1f, -0.9f, 0};
    for (int i = 0; i < 12; i++) {
      assertEquals(expected[i], rows[i], 1e-6, "row " + i / 2);
    }

    assertRefused(folder, FEW.replace("size: 6", "size: 9"), "set its size to 6 or fewer");
    assertRefused(folder, FEW.replace("train.tsv", "words.txt"), "has no label in front of a");
    assertRefused(folder, FEW.replace("length: 4", "length: 0"), "text.length must be at least 1");
    assertRefused(
        folder, FEW.replace("words.txt, length", "word.txt, length"), "did you mean 'words.txt'?");
  }

  /** The size may count the lines of the file, or the words. */
  @ParameterizedTest
  @ValueSource(ints = {6, 8})
  void duplicateWords_leaveTheOthersTheirVectors_andAreSaid(int size, @TempDir Path folder)
      throws IOException {
    file(
        folder,
        "words.txt",
        "6 2\ngood 1 0.1\ngood -7 7\nfine 0.9 0\nbad -1 0.1\nfine 5 5\npoor -0.9 0\n");
    file(folder, "train.tsv", "yes\tgood, Good!\nno\tbad\nyes\tso good\nno\ta bad one\n");
    file(folder, "test.tsv", "yes\tfine\nno\tpoor and poor\n");
    Path job = file(folder, "twice.yaml", FEW.replace("size: 6", "size: " + size));
    CommandLineRun run =
        CommandLineRun.braid("transfer", "" + job, "--output", "" + folder.resolve("twice"));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("test accuracy 1.0000"), run.out());
    assertTrue(run.out().contains("2 rows have a word that an earlier row has"), run.out());
    float[] expected = {0, 0, 0, 0.05f, 1, 0.1f, 0.9f, 0, -1, 0.1f, -0.9f, 0};
    assertArrayEquals(expected, vectors(folder.resolve("twice")), 1e-6f);
    assertEquals(List.of("yes", "no", "no"), predictions(folder));
  }

  /** The file of vectors is the vocabulary, first line, duplicates and all. */
  private static List<String> predictions(Path folder) throws IOException {
    file(folder, "lines.txt", "fine\npoor\nbad\n");
    Path job =
        file(
            folder,
            "infer.yaml",
            """
            model: FOLDER/twice
            input: {text: {path: FOLDER/lines.txt, vocabulary: FOLDER/words.txt}}
            output: {format: csv, probabilities: none}
            """);
    Path scored = folder.resolve("scored");
    CommandLineRun run = CommandLineRun.braid("infer", "" + job, "--output", "" + scored);
    assertEquals(0, run.exitCode(), run.err());
    try (Stream<Path> files = Files.walk(scored.resolve("predictions"))) {
      Path part = files.filter(file -> file.toString().endsWith(".csv")).findFirst().orElseThrow();
      return Files.readAllLines(part).stream().skip(1).map(line -> line.split(",", -1)[0]).toList();
    }
  }

  private static float[] vectors(Path run) {
    float[] rows = new float[12];
    Models.read("" + run, new Configuration()).params().read(0, rows, 12);
    return rows;
  }

  /** The order of the words decides here, which their mean does not see. */
  @Test
  void lstm_readsWordsInOrder_andTheirVectorsLearnOn(@TempDir Path folder) throws IOException {
    file(folder, "words.txt", "4 2\ngood 1 0.1\nfine 0.9 0\nbad -1 0.1\npoor -0.9 0\n");
    file(
        folder, "train.tsv", "yes\tbad good\nno\tgood bad\nyes\tbad bad good\nno\tgood good bad\n");
    file(folder, "test.tsv", "yes\tbad bad bad good\nno\tgood good good bad\n");
    String job =
        FEW.replace("pool: mean, ", "")
            .replace("head: [", "head: [{lstm: {units: 4, returnSequences: false}}, ")
            .replace("  freeze: {layers: words}\n", "");
    assertEquals(1.0, accuracy(folder, "transfer", "order", job));

    float[] rows = vectors(folder.resolve("order"));
    assertArrayEquals(new float[] {0, 0}, Arrays.copyOf(rows, 2), "padding");
    assertArrayEquals(new float[] {0.9f, 0}, Arrays.copyOfRange(rows, 6, 8), "fine, never read");
    assertTrue(Math.abs(rows[4] - 1) > 0.05, "good has learned: " + rows[4]);
    assertTrue(Math.abs(rows[8] + 1) > 0.05, "bad has learned: " + rows[8]);
  }

  private static void assertRefused(Path folder, String job, String message) throws IOException {
    CommandLineRun run = CommandLineRun.braid("transfer", "" + file(folder, "refused.yaml", job));
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(message), run.err());
  }
}
