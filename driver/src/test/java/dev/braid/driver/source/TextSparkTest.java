package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.BrokenRows;
import dev.braid.driver.data.DataFacts;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.NetworkNeeds;
import dev.braid.driver.data.Part;
import dev.braid.driver.data.Preflight;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.TrainingData;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.example.Beside;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.Values;
import dev.braid.worker.encoding.WordIndices.End;
import dev.braid.worker.inference.ModelFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextSparkTest {
  private static final String REVIEWS =
      "good\tthe cat sat\nbad\tthe dog ran the mile\ngood\ta cat\nbad\ta dog\n";

  @TempDir private Path folder;

  private static Text text(Path path, Path vectors, Integer maxWords, Integer length) {
    String file = vectors == null ? null : vectors.toString();
    return Sources.text(path, "vectors", file, "maxWords", maxWords, "length", length);
  }

  private static DataSettings settings(Source train, Source test, Double broken) {
    return new DataSettings(train, test, null, null, null, new BrokenRows(broken), null);
  }

  private static TrainingData load(DataSettings settings) {
    DataFacts facts = Sources.check(settings);
    return TrainingData.load(LocalSpark.session(), settings, facts, 2, 1);
  }

  private static TrainingData load(Text text) {
    return load(settings(text, null, null));
  }

  /** Each example as its indices and its label, sorted. */
  private static List<String> examples(Shards shards) {
    return shards
        .rdd()
        .flatMap(
            shard -> {
              List<String> examples = new ArrayList<>();
              int width = shard.input(0).width();
              for (int i = 0; i < shard.size(); i++) {
                float[] row = new float[width + 1];
                shard.input(0).read(i, row, 0);
                shard.label(0).read(i, row, width);
                examples.add(Arrays.toString(row));
              }
              return examples.iterator();
            })
        .collect()
        .stream()
        .sorted()
        .toList();
  }

  private static List<String> words(TrainingData data) {
    return Text.encoding(data.facts().inputs().get(0).encoding()).orElseThrow().knownWords();
  }

  /**
   * What a model that learned from these texts is asked for the rows of files, and their labels.
   */
  private static List<String> scored(Source input, TrainingData data) {
    InputEncoding encoding = data.facts().inputs().get(0).encoding();
    ModelFacts model =
        Sources.model(List.of(encoding.width()), encoding, data.facts().outputs().get(0).classes());
    SparkSession spark = LocalSpark.session();
    Inspection inspection = Inspection.of(new Configuration());
    InputPlan plan = input.plan(inspection, model, List.of());
    List<FileStatus> files = inspection.files("text.path", input.path());
    List<String> classes = data.facts().outputs().get(0).classes();
    return input
        .items(spark, plan, files, 1 << 20)
        .map(
            row -> {
              float[] example = Arrays.copyOf(row.value().inputs()[0], encoding.width() + 1);
              example[encoding.width()] = classes.indexOf(Values.text(row.value().labels()[0][0]));
              return Arrays.toString(example);
            })
        .collect()
        .stream()
        .sorted()
        .toList();
  }

  private static Text input(Path path, String separator) {
    return Sources.text(path, "separator", separator);
  }

  @Test
  void vocabulary_isThatOfTheTrainingTexts_mostFrequentFirst_thenByTheirText() throws IOException {
    Path file = Files.writeString(folder.resolve("reviews.txt"), REVIEWS);
    try (TrainingData data = load(text(file, null, null, 4))) {
      assertEquals(List.of("the", "a", "cat", "dog", "mile", "ran", "sat"), words(data));
    }
    try (TrainingData data = load(text(file, null, 3, 4))) {
      assertEquals(List.of("the", "a", "cat"), words(data));
      assertEquals(
          List.of(
              "[0.0, 0.0, 3.0, 1.0, 0.0]",
              "[0.0, 0.0, 3.0, 4.0, 1.0]",
              "[0.0, 2.0, 4.0, 1.0, 1.0]",
              "[2.0, 1.0, 1.0, 2.0, 0.0]"),
          examples(data.train()));
    }
  }

  @Test
  void vocabulary_isTheSame_howeverTheTextsLieInFiles() throws IOException {
    Path one = Files.writeString(folder.resolve("one.txt"), REVIEWS);
    Path many = Files.createDirectories(folder.resolve("many"));
    List<String> lines = REVIEWS.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      Files.writeString(many.resolve(i + ".txt"), lines.get(lines.size() - 1 - i) + "\n");
    }
    try (TrainingData a = load(text(one, null, 5, 4));
        TrainingData b = load(text(many, null, 5, 4))) {
      assertEquals(words(a), words(b));
      assertEquals(examples(a.train()), examples(b.train()));
    }
  }

  @Test
  void trainingAndScoring_encodeAlike_whateverTextsAndSettings() throws IOException {
    String[] scripts = {"abc", "äöü", "हिन्दी", "ไทย", "日本語", "é", "Ωψ", "🙂x", "ß", "ﬁ"};
    Random random = new Random(7);
    for (int trial = 0; trial < 12; trial++) {
      StringBuilder lines = new StringBuilder(random.nextBoolean() ? "\uFEFF" : "");
      for (int i = 0; i < 30; i++) {
        lines.append(i % 2 == 0 ? "yes|" : "no|");
        int numWords = 1 + random.nextInt(9);
        for (int k = 0; k < numWords; k++) {
          lines.append(scripts[random.nextInt(scripts.length)]);
          lines.append(random.nextInt(4) == 0 ? ", " : random.nextInt(9) == 0 ? "-" : " ");
        }
        lines.append(random.nextBoolean() ? "\n" : "\r\n");
      }
      Path file = Files.writeString(folder.resolve("t%d.txt".formatted(trial)), lines);
      String tokenizer =
          List.of("letters", "whitespace", "unicode", "regex:\\w+|[^\\s]").get(trial % 4);
      Text text =
          Sources.text(
              file,
              "separator",
              "|",
              "maxWords",
              1 + random.nextInt(12),
              "length",
              1 + random.nextInt(8),
              "tokenizer",
              tokenizer,
              "pad",
              random.nextBoolean() ? End.START : End.END,
              "cut",
              random.nextBoolean() ? End.START : End.END);
      try (TrainingData data = load(text)) {
        assertEquals(List.of("no", "yes"), data.facts().outputs().get(0).classes());
        assertEquals(examples(data.train()), scored(input(file, "|"), data), text.toString());
      }
    }
  }

  @Test
  void foldersWithSubfolders_andNamesWithCommas_trainAndScore() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("a, b/sub {c}/[d]"));
    Files.writeString(deep.resolve("reviews, 2024.txt"), REVIEWS);
    Files.writeString(folder.resolve("a, b/more.txt"), REVIEWS);
    Files.writeString(folder.resolve("a, b/._more.txt"), "\u0000\u0005\u0016\u0007 no text");
    Path path = folder.resolve("a, b");
    try (TrainingData data = load(text(path, null, null, 4))) {
      assertEquals(8, data.train().numExamples());
      assertEquals(
          List.of(
              "classes of all 8 examples: bad 4, good 4", "1 file left out: 1 hidden (._more.txt)"),
          data.facts().remarks());
      assertEquals(examples(data.train()), scored(input(path, "\t"), data));
    }
    try (TrainingData data = load(text(deep.resolve("reviews, 2024.txt"), null, null, 4))) {
      assertEquals(4, data.train().numExamples());
    }
  }

  @Test
  void testTexts_areEncodedAsTheTrainingTexts_andMayNotSayOtherwise() throws IOException {
    Path train = Files.writeString(folder.resolve("train.txt"), REVIEWS);
    Path test = Files.writeString(folder.resolve("test.txt"), "good\tzebra cat\nbad\tzebra dog\n");
    try (TrainingData data =
        load(settings(text(train, null, null, 3), text(test, null, null, null), null))) {
      assertEquals(
          List.of("[0.0, 1.0, 4.0, 1.0]", "[0.0, 1.0, 5.0, 0.0]"),
          examples(data.of(Part.TEST).orElseThrow()));
    }
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> load(settings(text(train, null, null, 3), text(test, null, null, 5), null)));
    assertEquals(
        "data.test.text.length is 5, but the training texts were encoded with 3; leave it out",
        e.getMessage());
  }

  @Test
  void lineThatIsNoUtf8_orHasNoLabel_isABrokenRow() throws IOException {
    Path file = Files.writeString(folder.resolve("reviews.txt"), REVIEWS.repeat(25));
    Files.write(
        file, "good\tcaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1), StandardOpenOption.APPEND);
    Text text = text(file, null, null, 4);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> load(settings(text, null, null)));
    assertTrue(e.getMessage().endsWith("reviews.txt, row 101: not a text in UTF-8"), e::getMessage);
    Files.writeString(file, "no label here\n", StandardOpenOption.APPEND);
    try (TrainingData data = load(settings(text, null, 0.02))) {
      assertEquals(100, data.train().numExamples());
      assertEquals(2, data.leftOut().get(0).count());
    }
  }

  @Test
  void settingsOfTextsOfOneLength_areRefusedWithoutIt() throws IOException {
    Path file = Files.writeString(folder.resolve("reviews.txt"), REVIEWS);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> load(Sources.text(file, "pad", "end")));
    assertTrue(e.getMessage().startsWith("data.train.text: length, pad, align"), e.getMessage());
  }

  private String refusalOfScoring(TrainingData data, Object... settings) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> scored(Sources.text(folder.resolve("reviews.txt"), settings), data))
        .getMessage();
  }

  @Test
  void wordsBesideAModelThatKeepsItsOwn_areFollowedWhereTheyAreTheSame_andRefusedWhereNot()
      throws IOException {
    Path file = Files.writeString(folder.resolve("reviews.txt"), REVIEWS);
    Path vectors = Files.writeString(folder.resolve("v.txt"), "cat 1 2\ndog 2 3\nsat 4 5\n");
    Path same = Files.writeString(folder.resolve("same.txt"), "cat\ndog\nsat 17\n");
    Path other = Files.writeString(folder.resolve("other.txt"), "dog\ncat\n");
    try (TrainingData data = load(text(file, vectors, 2, 4))) {
      List<String> expected = examples(data.train());
      for (Path words : List.of(vectors, same)) {
        String key = words == vectors ? "vectors" : "vocabulary";
        Text input = Sources.text(file, "separator", "\t", key, words.toString());
        assertEquals(expected, scored(input, data), key);
      }
      String refused = refusalOfScoring(data, "vocabulary", other.toString());
      assertEquals(
          "data.text.vocabulary: the training texts were encoded with 2 words, and these are"
              + " others; leave it out",
          refused);
      assertTrue(
          refusalOfScoring(data, "vectors", vectors.toString(), "maxWords", 3)
              .startsWith("data.text.vectors: the training texts were encoded with 2 words"));
      assertTrue(
          refusalOfScoring(data, "maxWords", 1)
              .startsWith("data.text.maxWords: the training texts were encoded with 2 words"));
      assertEquals(
          "data.text.tokenizer is whitespace, but the training texts were encoded with letters;"
              + " leave it out",
          refusalOfScoring(data, "tokenizer", "whitespace"));
      assertEquals(
          "data.text.cut is START, but the training texts were encoded with END; leave it out",
          refusalOfScoring(data, "align", "end"));
    }
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                load(
                    settings(
                        text(file, vectors, 2, 4),
                        Sources.text(file, "vocabulary", other.toString()),
                        null)));
    assertTrue(e.getMessage().startsWith("data.test.text.vocabulary: the training"), e::getMessage);
  }

  @Test
  void embedding_smallerThanTheWords_isRefusedBeforeSparkStarts() throws IOException {
    Path file = Files.writeString(folder.resolve("reviews.txt"), REVIEWS);
    for (int size : new int[] {8, 9}) {
      NetworkNeeds needs = new NetworkNeeds(List.of(), Set.of(), Map.of("input", size));
      DataSettings settings = settings(text(file, null, null, 4), null, null);
      if (size == 9) {
        assertEquals(
            OptionalLong.of(4),
            Preflight.check(settings, new Configuration(), train -> needs, List.of()).numTrain());
      } else {
        IllegalArgumentException e =
            assertThrows(
                IllegalArgumentException.class,
                () -> Preflight.check(settings, new Configuration(), train -> needs, List.of()));
        assertEquals(
            "network: the embedding that reads the texts has size 8, but they have 7 known words,"
                + " whose indices begin at 2; set its size to 9 or more, or"
                + " data.train.text.maxWords to 6 or fewer",
            e.getMessage());
      }
    }
  }

  @Test
  void vocabulary_foundOnTheDriver_isThatWhichSparkFinds() throws IOException {
    Path file = Files.writeString(folder.resolve("reviews.txt"), REVIEWS);
    Text text = text(file, null, 5, 4);
    Inspection little =
        new Inspection(
            new Configuration(),
            "data.train",
            Optional.empty(),
            Optional.empty(),
            20,
            false,
            List.of(),
            Beside.NONE,
            Map.of());
    SourceFacts open = text.inspect(little);
    assertEquals(
        List.of(), Text.encoding(open.inputs().get(0).encoding()).orElseThrow().knownWords());
    SourceFacts whole = text.inspect(Inspection.of(new Configuration()));
    SourceFacts found = text.complete(LocalSpark.session(), open);
    assertEquals(whole.inputs(), found.inputs());
    assertEquals(whole.outputs(), found.outputs());
  }
}
