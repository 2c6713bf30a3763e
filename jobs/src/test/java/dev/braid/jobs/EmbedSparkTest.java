package dev.braid.jobs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code braid embed} and what uses its vectors, from command line to results. */
class EmbedSparkTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String SKIP_GRAM =
      """
      corpus: {path: FOLDER/texts, minCount: 2}
      skipGram: {dimension: 16, window: 3, sample: 0}
      training: {epochs: 4, workers: 2, tokensPerRound: 1000}
      seed: 3
      """;
  private static final String GLOVE =
      """
      corpus: {path: FOLDER/texts, minCount: 2}
      glove: {dimension: 16, window: 3, sample: 0}
      training: {epochs: 15, blocks: 2}
      output: {formats: [parquet, word2vec_text, glove_text]}
      """;

  @TempDir private static Path folder;
  private static CommandLineRun skipGram;
  private static CommandLineRun glove;

  @BeforeAll
  static void train() throws IOException {
    Files.createDirectories(folder.resolve("texts"));
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    for (int line = 0; line < 300; line++) {
      int topic = random.nextInt(3);
      for (int word = 0; word < 15; word++) {
        int own = random.nextInt(10) == 0 ? random.nextInt(3) : topic;
        text.append((char) ('a' + own)).append("word").append(random.nextInt(12)).append(' ');
      }
      text.append('\n');
    }
    Files.writeString(folder.resolve("texts/a.txt"), text);
    Files.write(folder.resolve("texts/broken.txt"), new byte[] {'x', (byte) 0xc3, '\n'});
    skipGram = embed(SKIP_GRAM, "skip-gram");
    glove = embed(GLOVE, "glove");
  }

  @Test
  void embed_skipGram_leavesAllResults() throws IOException {
    assertEquals(0, skipGram.exitCode(), skipGram.err());
    assertEquals(
        List.of(
            "job.yaml",
            "metrics.jsonl",
            "report.html",
            "summary.json",
            "vectors.bin",
            "vectors.parquet"),
        files("skip-gram"));
    JsonNode summary = json(Files.readString(folder.resolve("skip-gram/summary.json")));
    assertEquals(36, summary.get("vocabulary").asInt());
    assertEquals(4500, summary.get("tokens").asInt());
    assertEquals(1, summary.get("brokenLines").asInt());
    assertTrue(summary.get("wordsPerSecond").asDouble() > 0);
    assertTrue(summary.get("seconds").asDouble() > summary.get("trainingSeconds").asDouble());
    assertTrue(summary.get("modelSha256").asText().matches("[0-9a-f]{64}"));
    List<JsonNode> rounds =
        Files.readAllLines(folder.resolve("skip-gram/metrics.jsonl")).stream()
            .map(EmbedSparkTest::json)
            .toList();
    assertEquals(rounds.size(), summary.get("rounds").asInt());
    assertEquals(18_000, rounds.get(rounds.size() - 1).get("doneTokens").asInt());
    assertEquals(4.0, rounds.get(rounds.size() - 1).get("epochs").asDouble());
    assertTrue(rounds.get(0).get("learningRate").asDouble() > 0);
  }

  @Test
  void embed_glove_leavesAllResults() throws IOException {
    assertEquals(0, glove.exitCode(), glove.err());
    assertEquals(
        List.of(
            "checkpoints",
            "job.yaml",
            "metrics.jsonl",
            "report.html",
            "summary.json",
            "vectors.glove.txt",
            "vectors.parquet",
            "vectors.txt"),
        files("glove"));
    List<String> passes = Files.readAllLines(folder.resolve("glove/metrics.jsonl"));
    assertEquals(15, passes.size());
    double first = json(passes.get(0)).get("loss").asDouble();
    assertTrue(json(passes.get(14)).get("loss").asDouble() < first, passes.toString());
    JsonNode summary = json(Files.readString(folder.resolve("glove/summary.json")));
    assertEquals("GloVe", summary.get("model").asText());
    assertEquals(36, summary.get("vocabulary").asInt());
  }

  @ParameterizedTest
  @ValueSource(strings = {"skip-gram", "glove"})
  void embed_reportsWithCurvesAndAMapOfTheWords(String run) throws IOException {
    String page = Files.readString(folder.resolve(run).resolve("report.html"));
    assertTrue(page.contains("<h3>Loss</h3>"), page);
    assertTrue(page.contains("<h3>Speed</h3>"), page);
    assertTrue(page.contains("<title>aword1</title>"), page);
    assertTrue(page.matches("(?s).*>[abc]word\\d+</text>.*"), page);
  }

  @Test
  void embed_tellsProgress_andWhatItLeftOut() {
    assertTrue(skipGram.out().contains("36 words kept, 4,500 tokens"), skipGram.out());
    assertTrue(skipGram.out().contains("1 lines are no UTF-8"), skipGram.out());
    assertTrue(
        skipGram.out().lines().anyMatch(l -> l.matches("epoch 4 .*100 %  loss .* 0:00 left")),
        skipGram.out());
    assertTrue(
        glove.out().lines().anyMatch(l -> l.matches("pass 15 .*100 %  loss .* 0:00 left")),
        glove.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"skip-gram/vectors.bin", "glove/vectors.parquet", "glove/vectors.txt"})
  void neighbours_areOfTheSameTopic(String file) {
    CommandLineRun run =
        CommandLineRun.braid("neighbours", folder.resolve(file).toString(), "bword1", "--top", "5");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(6, run.out().lines().count(), run.out());
    assertTrue(run.out().lines().filter(l -> l.contains("  bword")).count() >= 4, run.out());
  }

  @Test
  void neighbours_unknownWord_namesTheNearest() {
    CommandLineRun run =
        CommandLineRun.braid(
            "neighbours", folder.resolve("glove/vectors.glove.txt").toString(), "bwrod3");
    assertEquals(2, run.exitCode());
    assertTrue(
        run.err().startsWith("braid: unknown word 'bwrod3'; did you mean bword3"), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"words.svg", "words.png"})
  void tsne_drawsAndWritesTheCoordinates_theSameForTheSameSeed(String name) throws IOException {
    byte[][] pictures = new byte[2][];
    for (int i = 0; i < 2; i++) {
      Path picture = Files.createDirectories(folder.resolve(name + i)).resolve(name);
      CommandLineRun run =
          CommandLineRun.braid(
              "tsne",
              folder.resolve("glove/vectors.parquet").toString(),
              "--perplexity=5",
              "--steps=50",
              "--output=" + picture);
      assertEquals(0, run.exitCode(), run.err());
      pictures[i] = Files.readAllBytes(picture);
      assertEquals(37, Files.readAllLines(picture.resolveSibling("words.tsv")).size());
    }
    assertTrue(pictures[0].length > 1000);
    assertEquals(0, java.util.Arrays.compare(pictures[0], pictures[1]));
  }

  @Test
  void embed_startFrom_goesOnFromVectors() throws IOException {
    String more = SKIP_GRAM + "startFrom: FOLDER/glove/vectors.txt\n";
    CommandLineRun run = embed(more, "more");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("going on from 36 vectors"), run.out());
    CommandLineRun refused = embed(more, "refused", "--set", "skipGram.dimension=8");
    assertEquals(2, refused.exitCode());
    assertTrue(
        refused.err().contains("has vectors of dimension 16, but the dimension set is 8"),
        refused.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "skipGram.dimension=0 | dimension must be",
        "training.blocks=2 | training.blocks belongs to glove",
        "training.roundMinutes=0 | training.roundMinutes must be above 0, got 0.0",
        "training.kernel=fast | kernel must be vector or plain, got 'fast'",
        "corpus.tokenizer=words | tokenizer must be whitespace, letters, unicode or regex:PATTERN",
        "corpus.minCount=0 | corpus.minCount must be at least 1, got 0",
        "corpus.phrases={threshold: 0} | phrases.threshold must be above 0, got 0.0",
        "glove={window: 5} | of skipGram, cbow and glove more than one is given",
        "corpus.path=FOLDER/nowhere | nowhere: no such file or folder",
        "corpus.path=FOLDER/empty.txt | the corpus has no words: its files are empty",
        "corpus.path=FOLDER/utf16.txt | utf16.txt: the text is UTF-16, but UTF-8 is read; convert",
        "corpus.minCount=100000 | no word occurs minCount 100000 times, the most frequent one",
        "output.maxFileMiB=0 | 36 words of dimension 16 make about"
      })
  void embed_withBadInput_saysWhatIsWrong(String setting, String message) throws IOException {
    Files.writeString(folder.resolve("empty.txt"), "\n");
    Files.writeString(folder.resolve("utf16.txt"), "the cat sat\n", UTF_16);
    CommandLineRun run =
        embed(
            SKIP_GRAM,
            "bad-" + setting.hashCode(),
            "--set",
            setting.replace("FOLDER", "" + folder));
    assertTrue(run.err().contains(message), run.err());
    assertEquals(2, run.exitCode(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "glove.dimension=0 | dimension must be 1 to 65536, got 0",
        "glove.negativeWeight=-1 | negativeWeight must not be negative, got -1.0"
      })
  void embed_glove_withBadSettings_isRefused(String setting, String message) throws IOException {
    CommandLineRun run = embed(GLOVE, "bad-" + setting.hashCode(), "--set", setting);
    assertTrue(run.err().contains(message), run.err());
    assertEquals(2, run.exitCode());
  }

  @Test
  void embed_cbow_bringsTopicsTogether() throws IOException {
    CommandLineRun run = embed(SKIP_GRAM.replace("skipGram:", "cbow:"), "cbow");
    assertEquals(0, run.exitCode(), run.err());
    JsonNode summary = json(Files.readString(folder.resolve("cbow/summary.json")));
    assertEquals("CBOW", summary.get("model").asText());
    CommandLineRun near =
        CommandLineRun.braid(
            "neighbours", folder.resolve("cbow/vectors.bin").toString(), "bword1", "--top", "5");
    assertTrue(near.out().lines().filter(l -> l.contains("  bword")).count() >= 4, near.out());
  }

  @Test
  void embed_withPhrases_joinsWordsThatStandTogether() throws IOException {
    String texts = "red wine and cheese\nblue sky and red wine\nred wine\n".repeat(20);
    Files.writeString(folder.resolve("wine.txt"), texts);
    CommandLineRun run =
        embed(
            SKIP_GRAM,
            "phrases",
            "--set",
            "corpus={path: FOLDER/wine.txt, phrases: {threshold: 3, minCount: 2}}"
                .replace("FOLDER", "" + folder));
    assertEquals(0, run.exitCode(), run.err());
    String page = Files.readString(folder.resolve("phrases/vectors.bin"), ISO_8859_1);
    assertTrue(page.contains("red_wine ") && !page.contains("red "), page);
  }

  @Test
  void embed_wordsWithWhiteSpace_areReadBackFromEveryFormat() throws IOException {
    Files.writeString(
        folder.resolve("lists.txt"),
        "new york, red ,blue  sky\nblue sky,new york,red\n".repeat(50));
    CommandLineRun run =
        embed(
            SKIP_GRAM,
            "lists",
            "--set",
            "corpus={path: FOLDER/lists.txt, tokenizer: 'regex:[^,]+'}"
                .replace("FOLDER", "" + folder),
            "--set",
            "output.formats=[parquet, word2vec_text, word2vec_binary, glove_text]");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("3 words kept"), run.out());
    assertTrue(run.out().contains("white space within a word is written _"), run.out());
    List<String> words =
        Files.readAllLines(folder.resolve("lists/vectors.txt")).stream()
            .map(line -> line.split(" ", -1)[0])
            .toList();
    assertEquals(List.of("3", "blue_sky", "new_york", "red"), words);
    for (String file : List.of("parquet", "txt", "bin", "glove.txt")) {
      CommandLineRun near =
          CommandLineRun.braid(
              "neighbours", "" + folder.resolve("lists/vectors." + file), "new york");
      assertEquals(0, near.exitCode(), near.err());
      assertTrue(near.out().contains("blue_sky") && !near.out().contains("new_york"), near.out());
    }
  }

  @Test
  void embed_manyLinesOfAnotherEncoding_sayWhatToDo() throws IOException {
    Files.write(
        folder.resolve("latin.txt"), "the cat sat\ndéjà vu\n".repeat(50).getBytes(ISO_8859_1));
    CommandLineRun run =
        embed(SKIP_GRAM, "latin", "--set=corpus.path=" + folder.resolve("latin.txt"));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(
        run.out().contains("50 lines are no UTF-8 and are left out, 50 % of all; if the texts"),
        run.out());
  }

  @Test
  void embed_resumed_goesOnToTheSameVectors_alsoWithRowsKeptElsewhere() throws IOException {
    CommandLineRun part =
        embed(GLOVE, "part", "--set=training.epochs=15", "--set=rows.checkpointRounds=4");
    assertEquals(0, part.exitCode(), part.err());
    List<String> passes = Files.readAllLines(folder.resolve("part/metrics.jsonl"));
    CommandLineRun again =
        embed(
            GLOVE,
            "part",
            "--resume",
            "--set=training.epochs=15",
            "--set=rows={checkpointRounds: 7, broadcastMiB: 0}");
    assertEquals(0, again.exitCode(), again.err());
    assertTrue(again.out().contains("going on after round 12 from checkpoint "), again.out());
    assertEquals(15, Files.readAllLines(folder.resolve("part/metrics.jsonl")).size());
    assertEquals(
        passes.subList(0, 12),
        Files.readAllLines(folder.resolve("part/metrics.jsonl")).subList(0, 12));
    assertEquals(
        json(Files.readString(folder.resolve("glove/summary.json"))).get("modelSha256"),
        json(Files.readString(folder.resolve("part/summary.json"))).get("modelSha256"));

    CommandLineRun other = embed(GLOVE, "part", "--resume", "--set=seed=5");
    assertEquals(2, other.exitCode(), other.err());
    assertTrue(other.err().contains("seed was left out and is 5"), other.err());
    Files.delete(folder.resolve("part/summary.json"));
    CommandLineRun anew = embed(GLOVE, "part");
    assertEquals(2, anew.exitCode(), anew.err());
    assertTrue(
        anew.err()
            .contains(
                "part/checkpoints holds the checkpoints of another run; go on with --resume, or"
                    + " choose another --output"),
        anew.err());
    assertFalse(anew.out().contains("words kept"), anew.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"embed", "train"})
  void resume_withoutAFolder_isRefusedAlike(String command) throws IOException {
    Path file = Files.writeString(folder.resolve("nowhere.yaml"), job(command));
    CommandLineRun run =
        CommandLineRun.braid(command, file.toString(), "--master=local[1]", "--resume");
    assertEquals(2, run.exitCode(), run.err());
    assertEquals(
        "braid: --resume needs to know which run is to go on: give its folder with --output",
        run.err().strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"embed", "train"})
  void resume_ofARunThatHasNeverBegun_isRefusedAlike(String command) throws IOException {
    CommandLineRun run = resumed(command, "never-begun");
    assertEquals(2, run.exitCode(), run.err());
    assertEquals(
        "braid: --resume: %s: no such folder; give the folder of a run that has begun with --output,"
                .formatted(folder.resolve("never-begun"))
            + " or begin one without --resume",
        run.err().strip());
    assertFalse(Files.exists(folder.resolve("never-begun")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"embed", "train"})
  void resume_ofARunKilledBeforeItsFirstCheckpoint_beginsAnewAndSaysSo(String command)
      throws IOException {
    String name = "killed-" + command;
    Path killed = Files.createDirectories(folder.resolve(name));
    Files.writeString(killed.resolve("job.yaml"), job(command));
    CommandLineRun run = resumed(command, name);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(
        run.out()
            .contains(
                "nothing to resume, no checkpoint in %s/checkpoints: beginning anew"
                    .formatted(killed)),
        run.out());
    assertTrue(Files.exists(killed.resolve("summary.json")));
  }

  private static CommandLineRun resumed(String command, String output) throws IOException {
    Path file = Files.writeString(folder.resolve(output + ".yaml"), job(command));
    String[] more = {"--master=local[1]", "--resume", "--output=" + folder.resolve(output)};
    return CommandLineRun.braid(command, file.toString(), more[0], more[1], more[2]);
  }

  private static String job(String command) throws IOException {
    return command.equals("embed")
        ? SKIP_GRAM.replace("FOLDER", folder.toString())
        : Files.readString(Tables.write(folder, Tables.JOB));
  }

  private static CommandLineRun embed(String job, String output, String... more)
      throws IOException {
    Path file = folder.resolve(output + ".yaml");
    Files.writeString(file, job.replace("FOLDER", folder.toString()));
    return CommandLineRun.braid(
        Stream.concat(
                Stream.of(
                    "embed", "" + file, "--master=local[2]", "--output=" + folder.resolve(output)),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private static List<String> files(String run) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(run))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }
}
