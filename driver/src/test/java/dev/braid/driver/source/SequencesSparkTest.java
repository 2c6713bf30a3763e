package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.BrokenRows;
import dev.braid.driver.data.DataFacts;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.TrainingData;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.column.InputScaling;
import dev.braid.driver.source.example.Beside;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.inference.ModelFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts and series of any length, from files to shards and to rows that a model is asked for. */
class SequencesSparkTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** Letters, with accents before and behind, of several scripts, signs and white space. */
  private static final String ALPHABET =
      "abcxyzABCßée\u0301İıαΩж中文字\u0928\u093f\u05d0\uD83D\uDE00\uD835\uDC9C,.;'\"!?-_0123\u00a0\u3000"
          + "   ";

  private static final Map<String, Object> NAMED = Map.of("file", true);

  @TempDir private Path folder;

  private static List<String> texts(int count, long seed) {
    Random random = new Random(seed);
    int[] alphabet = ALPHABET.codePoints().toArray();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder("w" + i % 7);
      int length = random.nextInt(60);
      for (int k = 0; k < length; k++) {
        text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
      }
      texts.add(text.append("end").toString());
    }
    return texts;
  }

  /** The same texts in every format, of which each reads those alone; in the last in files. */
  private List<Source> sources(List<String> texts, Map<String, Object> settings)
      throws IOException {
    List<String> csv = new ArrayList<>(List.of("kind,review"));
    List<String> json = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      String kind = i % 3 == 0 ? "good" : "bad";
      csv.add(kind + ",\"" + texts.get(i).replace("\"", "\"\"") + "\"");
      json.add(JSON.writeValueAsString(Map.of("kind", kind, "review", texts.get(i))));
      lines.add(kind + "\t" + texts.get(i));
    }
    Path parquet = folder.resolve("parquet");
    LocalSpark.session()
        .createDataFrame(
            IntStream.range(0, texts.size())
                .mapToObj(i -> RowFactory.create(i % 3 == 0 ? "good" : "bad", texts.get(i)))
                .toList(),
            DataTypes.createStructType(
                List.of(
                    DataTypes.createStructField("kind", DataTypes.StringType, true),
                    DataTypes.createStructField("review", DataTypes.StringType, true))))
        .coalesce(1)
        .write()
        .mode("overwrite")
        .parquet(parquet.toString());
    Map<String, Object> columns = Map.of("review", Map.of("text", settings));
    List<Object> text = new ArrayList<>();
    settings.forEach((key, value) -> text.addAll(List.of(key, value)));
    Map<String, Object> named = new LinkedHashMap<>(settings);
    named.putAll(NAMED);
    return List.of(
        table("csv", Files.write(folder.resolve("t.csv"), csv), columns),
        table("json", Files.write(folder.resolve("t.json"), json), columns),
        table("parquet", parquet, columns),
        Sources.text(Files.write(folder.resolve("t.txt"), lines), text.toArray()),
        table("csv", manifest(texts), Map.of("review", Map.of("text", named))));
  }

  /** A table that names the texts, each a file in a folder beside it. */
  private Path manifest(List<String> texts) throws IOException {
    Files.createDirectories(folder.resolve("reviews"));
    List<String> manifest = new ArrayList<>(List.of("kind,review"));
    for (int i = 0; i < texts.size(); i++) {
      Files.writeString(folder.resolve("reviews/%d.txt".formatted(i)), texts.get(i));
      manifest.add("%s,reviews/%d.txt".formatted(i % 3 == 0 ? "good" : "bad", i));
    }
    return Files.write(folder.resolve("manifest.csv"), manifest);
  }

  private static Source table(String format, Path path, Map<String, Object> columns) {
    return Sources.of(
        format, "path", path.toString(), "label", "kind", "features", "review", "columns", columns);
  }

  private static TrainingData load(Source train) {
    DataSettings settings =
        new DataSettings(train, null, null, null, null, new BrokenRows(0.9), null);
    DataFacts facts = Sources.check(settings);
    return TrainingData.load(LocalSpark.session(), settings, facts, 2, 1);
  }

  private static List<String> examples(Shards shards) {
    return shards
        .rdd()
        .flatMap(
            shard ->
                IntStream.range(0, shard.size())
                    .mapToObj(i -> Arrays.toString(shard.input(0).row(i)))
                    .iterator())
        .collect()
        .stream()
        .sorted()
        .toList();
  }

  private static List<String> words(SourceFacts facts) {
    InputEncoding encoding = facts.inputs().get(0).encoding();
    return ((TextEncoding) encoding.columns().get(0).as()).knownWords();
  }

  /** What a model that learned from these texts is asked for the sound rows of files. */
  private static List<String> scored(Source input, TrainingData data) throws IOException {
    String kept = JSON.writeValueAsString(data.facts().inputs().get(0).encoding());
    ModelFacts model =
        Sources.model(
            data.facts().inputs().get(0).shape(),
            JSON.readValue(kept, InputEncoding.class),
            List.of("bad", "good"));
    Inspection inspection = Inspection.of(new Configuration());
    InputPlan plan = input.plan(inspection, model, List.of());
    return input
        .items(LocalSpark.session(), plan, inspection.files("path", input.path()), 1 << 20)
        .filter(row -> !row.isBroken())
        .map(row -> Arrays.toString(row.value().inputs()[0]))
        .collect()
        .stream()
        .sorted()
        .toList();
  }

  /** The path of a table without its settings of columns, as a scoring names it. */
  private static Source input(Source train) {
    if (train.path().endsWith("manifest.csv")) {
      return Sources.of(
          "csv", "path", train.path(), "columns", Map.of("review", Map.of("text", NAMED)));
    }
    return train instanceof Text
        ? Sources.text(train.path(), "separator", "\t")
        : Sources.of(train.kind(), "path", train.path());
  }

  @Test
  void texts_areEncodedAlike_inEveryFormat_inTrainingAndInScoring() throws IOException {
    List<Map<String, Object>> settings =
        List.of(
            Map.of("tokenizer", "characters", "maxLength", 20, "longer", "quarantine"),
            Map.of("maxWords", 9, "maxLength", 5, "cut", "start"),
            Map.of("tokenizer", "whitespace"));
    for (int i = 0; i < settings.size(); i++) {
      List<String> expected = null;
      List<String> known = null;
      for (Source train : sources(texts(40, i), settings.get(i))) {
        try (TrainingData data = load(train)) {
          List<String> examples = examples(data.train());
          expected = expected == null ? examples : expected;
          known = known == null ? words(data.facts()) : known;
          String where = train.kind() + " " + settings.get(i);
          assertEquals(expected, examples, where);
          assertEquals(known, words(data.facts()), where);
          assertEquals(expected, scored(input(train), data), where);
          assertEquals(List.of(-1), data.facts().inputs().get(0).shape());
        }
      }
      assertTrue(expected.stream().distinct().count() > 5, "few texts: " + expected);
    }
  }

  @Test
  void textThatIsNotThere_orNoText_isABrokenRow_namingItsFile() throws IOException {
    Path table = manifest(List.of("the cat", "sat"));
    Files.write(folder.resolve("reviews/0.txt"), new byte[] {'a', (byte) 0xff, 'b'});
    Source train = table("csv", table, Map.of("review", Map.of("text", NAMED)));
    DataSettings settings = new DataSettings(train, null, null, null, null, null, null);
    String noText =
        assertThrows(IllegalArgumentException.class, () -> Sources.check(settings)).getMessage();
    assertTrue(noText.endsWith("reviews/0.txt: not a text in UTF-8"), noText);
    Files.delete(folder.resolve("reviews/0.txt"));
    String missing =
        assertThrows(IllegalArgumentException.class, () -> Sources.check(settings)).getMessage();
    assertTrue(
        missing.contains("row 2: column 'review' names 'reviews/0.txt', but there is no file"),
        missing);
    try (TrainingData data = load(train)) {
      assertEquals(1, data.train().numExamples());
    }
  }

  @Test
  void vocabulary_foundOnTheDriver_isThatWhichSparkFinds() throws IOException {
    Source json = sources(texts(30, 5), Map.of("maxWords", 6)).get(1);
    Inspection little =
        new Inspection(
            new Configuration(),
            "data.train",
            Optional.empty(),
            Optional.empty(),
            100,
            false,
            List.of(),
            Beside.NONE,
            Map.of());
    SourceFacts open = json.inspect(little);
    assertEquals(List.of(), words(open));
    SourceFacts whole = json.inspect(Inspection.of(new Configuration()));
    assertEquals(6, words(whole).size());
    assertEquals(whole.inputs(), json.complete(LocalSpark.session(), open).inputs());
  }

  @Test
  void vocabularyFile_givesTheIds_whateverTheTextsHold() throws IOException {
    Path file = Files.writeString(folder.resolve("words.txt"), "sat 3\nthe 9\nsat 1\n");
    Path json =
        Files.writeString(
            folder.resolve("r.json"),
            """
            {"kind": "a", "review": "the cat sat"}
            {"kind": "b", "review": "sat"}
            """);
    Map<String, Object> columns =
        Map.of("review", Map.of("text", Map.of("vocabulary", file.toString())));
    try (TrainingData data = load(table("json", json, columns))) {
      assertEquals(List.of("[4.0]", "[5.0, 1.0, 4.0]"), examples(data.train()));
    }
  }

  @Test
  void emptyText_isABrokenRow_withItsPlace() throws IOException {
    Path json =
        Files.writeString(
            folder.resolve("r.json"),
            """
            {"kind": "a", "review": "the cat"}
            {"kind": "b", "review": " ... "}
            """);
    Source train = table("json", json, Map.of("review", Map.of("text", Map.of())));
    DataSettings settings = new DataSettings(train, null, null, null, null, null, null);
    String message =
        assertThrows(IllegalArgumentException.class, () -> Sources.check(settings)).getMessage();
    assertTrue(message.endsWith("r.json, row 2: column 'review' is an empty sequence"), message);
    try (TrainingData data = load(train)) {
      assertEquals(1, data.train().numExamples());
    }
  }

  @Test
  void textBesideOtherColumns_isRefused_namingThem() throws IOException {
    Path json =
        Files.writeString(
            folder.resolve("r.json"), "{\"kind\": \"a\", \"review\": \"the cat\", \"stars\": 3}\n");
    Source train =
        Sources.of(
            "json",
            "path",
            json.toString(),
            "label",
            "kind",
            "columns",
            Map.of("review", Map.of("text", Map.of())));
    String message = assertThrows(IllegalArgumentException.class, () -> load(train)).getMessage();
    assertTrue(message.contains("'review'") && message.contains("[stars]"), message);
  }

  @Test
  void series_keepTheirSteps_andAreScaledByThem_withoutPadding() throws IOException {
    List<String> rows =
        List.of(
            "{\"y\": 1, \"x\": [[1, 10], [3, 30]], \"z\": 5}",
            "{\"y\": 0, \"x\": [[2, 20]], \"z\": 7}");
    Path json = Files.write(folder.resolve("s.json"), rows);
    Source train =
        Sources.of(
            "json",
            "path",
            json.toString(),
            "label",
            "y",
            "inputs",
            Map.of(
                "x",
                Map.of("columns", "x", "shape", List.of("time", 2), "normalise", "standardise")));
    try (TrainingData data = load(train)) {
      assertEquals(List.of(-1, 2), data.facts().inputs().get(0).shape());
      assertEquals(List.of("[1.0, 10.0, 3.0, 30.0]", "[2.0, 20.0]"), examples(data.train()));
      assertEquals("[2.0, 20.0]", Arrays.toString(data.normalisers().get(0).shift()));
    }
  }

  /** Series with a number at each of their steps to predict. */
  private Source series(Map<String, Object> settings, Object task, List<String> rows)
      throws IOException {
    Path json = Files.write(folder.resolve("series.json"), rows);
    return Sources.of(
        "json",
        "path",
        json.toString(),
        "features",
        "x",
        "outputs",
        Map.of("y", Map.of("columns", "y", "task", task)),
        "columns",
        Map.of("x", Map.of("series", settings)));
  }

  @Test
  void longerSeries_areSplitWithTheLabelsAlongThem() throws IOException {
    Source train =
        series(
            Map.of("maxLength", 2, "longer", "split"),
            Map.of("regression", Map.of("alongTime", true)),
            List.of(
                "{\"x\": [1, 2, 3, 4, 5], \"y\": [10, 20, 30, 40, 50]}",
                "{\"x\": [6], \"y\": [60]}"));
    try (TrainingData data = load(train)) {
      List<String> pieces =
          data
              .train()
              .rdd()
              .flatMap(
                  shard ->
                      IntStream.range(0, shard.size())
                          .mapToObj(
                              i ->
                                  Arrays.toString(shard.input(0).row(i))
                                      + Arrays.toString(shard.label(0).row(i)))
                          .iterator())
              .collect()
              .stream()
              .sorted()
              .toList();
      assertEquals(
          List.of("[1.0, 2.0][10.0, 20.0]", "[3.0, 4.0][30.0, 40.0]", "[5.0][50.0]", "[6.0][60.0]"),
          pieces);
    }
  }

  @Test
  void longerSeries_areNotSplitWhereOneLabelIsOfTheWhole() throws IOException {
    Source train =
        series(
            Map.of("maxLength", 2, "longer", "split"),
            "regression",
            List.of("{\"x\": [1, 2, 3], \"y\": 4.5}"));
    String message = assertThrows(IllegalArgumentException.class, () -> load(train)).getMessage();
    assertTrue(message.contains("longer: split") && message.contains("'y'"), message);
  }

  @Test
  void longerSeries_areBrokenRowsWhereTheyAreToBeQuarantined() throws IOException {
    Source train =
        series(
            Map.of("maxLength", 2, "longer", "quarantine"),
            "regression",
            List.of("{\"x\": [1, 2, 3], \"y\": 4.5}", "{\"x\": [1, 2], \"y\": 5.5}"));
    try (TrainingData data = load(train)) {
      assertEquals(List.of("[1.0, 2.0]"), examples(data.train()));
      assertEquals(1, data.leftOut().get(0).count());
    }
  }

  @Test
  void idsOfWords_areNeverScaled_columnsEachInTheirOwnWay() throws IOException {
    Path json =
        Files.write(
            folder.resolve("n.json"),
            List.of(
                "{\"y\": 1, \"review\": \"a b c d\", \"p\": 1, \"q\": 10, \"r\": 5}",
                "{\"y\": 0, \"review\": \"a b\", \"p\": 3, \"q\": 30, \"r\": 7}"));
    Map<String, Object> inputs = new LinkedHashMap<>();
    inputs.put("text", Map.of("columns", "review"));
    inputs.put("table", Map.of("columns", List.of("p", "q", "r"), "normalise", "scale"));
    Source train =
        Sources.of(
            "json",
            "path",
            json.toString(),
            "label",
            "y",
            "inputs",
            inputs,
            "columns",
            Map.of(
                "review",
                Map.of("text", Map.of()),
                "q",
                Map.of("normalise", "standardise"),
                "r",
                Map.of("normalise", "none")));
    DataSettings settings =
        new DataSettings(train, null, null, null, InputScaling.STANDARDISE, null, null);
    try (TrainingData data =
        TrainingData.load(LocalSpark.session(), settings, Sources.check(settings), 1, 1)) {
      assertTrue(data.normalisers().get(0).isNone());
      assertEquals("[1.0, 20.0, 0.0]", Arrays.toString(data.normalisers().get(1).shift()));
      assertEquals("[0.5, 0.1, 1.0]", Arrays.toString(data.normalisers().get(1).scale()));
    }
  }
}
