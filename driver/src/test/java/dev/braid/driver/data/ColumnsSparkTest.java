package dev.braid.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.source.Csv;
import dev.braid.driver.source.Json;
import dev.braid.driver.source.Libsvm;
import dev.braid.driver.source.Source;
import dev.braid.driver.source.Sources;
import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.worker.data.Shard;
import dev.braid.worker.encoding.Categories;
import dev.braid.worker.encoding.DatePart;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.task.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ColumnsSparkTest {
  private static final Map<String, ColumnSettings> COLUMNS =
      Map.of(
          "kind",
              new ColumnSettings(
                  List.of("auto"), null, null, null, "mostFrequent", null, null, null, null, null),
          "age", new ColumnSettings(null, null, null, null, "median", true, null, null, null, null),
          "day",
              new ColumnSettings(
                  null, null, List.of(DatePart.MONTH), null, null, null, null, null, null, null));

  @TempDir private Path folder;

  private static TrainingData load(Source train, Source test, PartOrigin validation) {
    DataSettings settings =
        new DataSettings(train, test, validation, Tasks.named("regression"), null, null, null);
    DataFacts facts = Sources.check(settings);
    return TrainingData.load(LocalSpark.session(), settings, facts, 2, 5);
  }

  /** Inputs by label. */
  private static Map<Float, List<Float>> examples(Shards shards) {
    return shards.rdd().flatMap(shard -> rows(shard).iterator()).collect().stream()
        .collect(
            java.util.stream.Collectors.toMap(
                row -> row.get(row.size() - 1), row -> row.subList(0, row.size() - 1)));
  }

  private static List<List<Float>> rows(Shard shard) {
    List<List<Float>> rows = new ArrayList<>();
    for (int i = 0; i < shard.size(); i++) {
      int width = shard.input(0).width();
      float[] numbers = new float[width + 1];
      shard.input(0).read(i, numbers, 0);
      shard.label(0).read(i, numbers, width);
      rows.add(new ArrayList<>(IntStream.range(0, width + 1).mapToObj(k -> numbers[k]).toList()));
    }
    return rows;
  }

  private Csv csv(String name, String text) throws IOException {
    Path path = Files.writeString(folder.resolve(name), text);
    return new Csv(path.toString(), null, null, List.of("y"), null, null, null, null, COLUMNS);
  }

  @Test
  void categoriesDatesAndMissingValues_becomeNumbers() throws IOException {
    Csv train =
        csv(
            "train.csv",
            """
            kind,age,day,y
            red,1,2024-01-31,0
            blue,,2024-02-01,1
            red,2,2024-03-01,2
            ,9,2024-12-24,3
            """);
    Csv test = csv("test.csv", "y,day,kind,age\n7,2024-05-05,green,\n");
    try (TrainingData data = load(train, test, null)) {
      assertEquals(
          Map.of(
              0f, List.of(0f, 1f, 1f, 0f, 1f),
              1f, List.of(1f, 0f, 2f, 1f, 2f),
              2f, List.of(0f, 1f, 2f, 0f, 3f),
              3f, List.of(0f, 1f, 9f, 0f, 12f)),
          examples(data.train()));
      assertEquals(
          Map.of(7f, List.of(0f, 0f, 2f, 1f, 5f)), examples(data.of(Part.TEST).orElseThrow()));
      assertEquals(List.of(5), data.facts().inputs().get(0).shape());
    }
  }

  @Test
  void trainingThatGoesOnFromAModel_keepsItsColumnsAndEncodings() throws IOException {
    Csv first = csv("first.csv", "kind,age,day,y\nred,1,2024-01-01,0\nblue,3,2024-02-01,1\n");
    Csv second = csv("second.csv", "y,day,age,kind\n7,2024-05-05,,green\n8,2024-06-06,9,red\n");
    List<InputEncoding> encodings;
    try (TrainingData data = load(first, null, null)) {
      encodings = List.of(data.facts().inputs().get(0).encoding());
    }
    DataSettings settings =
        new DataSettings(second, null, null, Tasks.named("regression"), null, null, null);
    DataFacts facts =
        Preflight.check(
            settings,
            LocalSpark.session().sparkContext().hadoopConfiguration(),
            train -> NetworkNeeds.NONE,
            encodings);
    try (TrainingData data = TrainingData.load(LocalSpark.session(), settings, facts, 2, 5)) {
      assertEquals(
          Map.of(7f, List.of(0f, 0f, 2f, 1f, 5f), 8f, List.of(0f, 1f, 9f, 0f, 6f)),
          examples(data.train()));
      assertEquals(encodings.get(0), data.facts().inputs().get(0).encoding());
    }
  }

  @Test
  void givenCategories_areAllKept_andOthersAreRefusedInTraining() throws IOException {
    Path path = Files.writeString(folder.resolve("g.csv"), "kind,y\nb,1\nb,2\n");
    ColumnSettings given =
        new ColumnSettings(
            List.of("c", "b", "a"), null, null, null, null, null, null, null, null, null);
    Csv csv =
        new Csv(
            path.toString(),
            null,
            null,
            List.of("y"),
            null,
            null,
            null,
            null,
            Map.of("kind", given));
    try (TrainingData data = load(csv, null, null)) {
      assertEquals(
          Map.of(1f, List.of(0f, 1f, 0f), 2f, List.of(0f, 1f, 0f)), examples(data.train()));
    }
    Files.writeString(path, "kind,y\nb,1\nd,2\n");
    String message =
        assertThrows(IllegalArgumentException.class, () -> load(csv, null, null)).getMessage();
    assertTrue(message.contains("row 3: column 'kind' holds 'd', which is none of"), message);
  }

  @Test
  void categories_thatAreWholeNumbers_areOneHoweverTheyAreWritten() throws IOException {
    Csv train =
        csv(
            "numbers.csv",
            """
            kind,age,day,y
            1.0,1,2024-01-31,0
            2,2,2024-02-01,1
            1,3,2024-03-01,2
            """);
    try (TrainingData data = load(train, null, null)) {
      assertEquals(
          Map.of(
              0f, List.of(1f, 0f, 1f, 0f, 1f),
              1f, List.of(0f, 1f, 2f, 0f, 2f),
              2f, List.of(1f, 0f, 3f, 0f, 3f)),
          examples(data.train()));
    }
  }

  @Test
  void fit_seesTheTrainingPartAlone() throws IOException {
    StringBuilder text = new StringBuilder("kind,age,day,y\n");
    for (int i = 0; i < 40; i++) {
      text.append("k%02d,%d,2024-01-01,%d%n".formatted(i, 100 + i, i));
    }
    text.append("k00,,2024-01-01,99\n");
    PartOrigin share = new PartOrigin.Share(0.5);
    try (TrainingData data = load(csv("rows.csv", text.toString()), null, share)) {
      List<EncodedColumn> columns = data.facts().inputs().get(0).encoding().columns();
      Map<Float, List<Float>> train = examples(data.train());
      List<String> kinds =
          train.keySet().stream()
              .map(y -> "k%02d".formatted(y == 99 ? 0 : y.intValue()))
              .distinct()
              .sorted()
              .toList();
      assertEquals(kinds, ((Categories) columns.get(0).as()).values());
      List<Integer> ages =
          train.keySet().stream()
              .filter(y -> y < 99)
              .map(y -> 100 + y.intValue())
              .sorted()
              .toList();
      int half = ages.size() / 2;
      float median =
          ages.size() % 2 == 1 ? ages.get(half) : (ages.get(half - 1) + ages.get(half)) / 2f;
      assertEquals(List.of(median), columns.get(1).missing().fill());
      // What only the part kept aside has is unknown.
      examples(data.of(Part.DEV).orElseThrow())
          .forEach(
              (y, input) -> {
                boolean known = kinds.contains("k%02d".formatted(y == 99 ? 0 : y.intValue()));
                assertEquals(
                    known ? 1 : 0,
                    input.subList(0, kinds.size()).stream().filter(v -> v == 1).count());
              });
    }
  }

  @Test
  void textWithoutSettings_isRefused_withTheWayOut() throws IOException {
    Path path = Files.writeString(folder.resolve("t.csv"), "kind,y\nred,1\nblue,2\n");
    Csv csv = Sources.csv(path.toString(), null, null, List.of("y"), null, null);
    String message =
        assertThrows(IllegalArgumentException.class, () -> load(csv, null, null)).getMessage();
    assertTrue(
        message.endsWith(
            "row 2: column 'kind' holds 'red', which is not a number; for text set"
                + " data.train.csv.columns: {kind: {categories: auto}}, for dates {kind: {date:"
                + " [year]}}"),
        message);
  }

  @Test
  void jsonLines_train() throws IOException {
    Path path =
        Files.writeString(
            folder.resolve("t.jsonl"),
            """
            {"kind": "red", "age": 3, "day": "2024-01-01", "y": 0}
            {"y": 1, "day": "2024-02-01T10:00:00Z", "kind": "blue", "age": NaN}
            """);
    Json json = new Json(path.toString(), List.of("y"), null, null, null, null, COLUMNS);
    try (TrainingData data = load(json, null, null)) {
      assertEquals(
          Map.of(0f, List.of(0f, 1f, 3f, 0f, 1f), 1f, List.of(1f, 0f, 3f, 1f, 2f)),
          examples(data.train()));
    }
  }

  @Test
  void quotedLineBreaks_areRead_andAnOpenQuoteSpoilsItsOwnRowOnly() throws IOException {
    Path path =
        Files.writeString(
            folder.resolve("q.csv"),
            """
            x,text,y
            1,"one,
            ""two\""

            three",0
            2,"he said \\"a, b\\"",1
            3,plain,2
            """);
    Csv csv = Sources.csv(path.toString(), null, null, List.of("y"), List.of("x"), null);
    try (TrainingData data = load(csv, null, null)) {
      assertEquals(
          Map.of(0f, List.of(1f), 1f, List.of(2f), 2f, List.of(3f)), examples(data.train()));
    }
    Files.writeString(path, "x,text,y\n1,a,0\n2,\"open,1\n3,c,2\n4,d,3\n");
    String message =
        assertThrows(IllegalArgumentException.class, () -> load(csv, null, null)).getMessage();
    assertTrue(message.endsWith("row 3: a quote is opened that is not closed"), message);
  }

  @Test
  void libsvm_withTabsAndRemarks_isRead() throws IOException {
    Path path =
        Files.writeString(
            folder.resolve("t.svm"), "# remark\n0.5\t1:2\t3:4 # more\n1.5  2:-1 \n\n2.5\n");
    try (TrainingData data = load(new Libsvm(path.toString(), null, null), null, null)) {
      assertEquals(
          Map.of(0.5f, List.of(2f, 0f, 4f), 1.5f, List.of(0f, -1f, 0f), 2.5f, List.of(0f, 0f, 0f)),
          examples(data.train()));
    }
  }

  @Test
  void libsvm_withIndicesOutOfOrder_saysThatTheyMustAscend() throws IOException {
    Path path = Files.writeString(folder.resolve("u.svm"), "0 1:1 2:1\n1 7:1 2:1\n");
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> load(new Libsvm(path.toString(), null, null), null, null))
            .getMessage();
    assertTrue(
        message.endsWith("row 2: index 2 follows 7; indices begin at 1 and must ascend"), message);
  }

  @Test
  void marksOfMissingValues_areMissing_whereSomethingStandsForThem() throws IOException {
    Csv csv =
        csv(
            "marks.csv",
            """
            kind,age,day,y
            red,1,2024-01-31,0
            NA,NA,2024-02-01,1
            red,2,2024-03-01,2
            ?,null,2024-12-24,3
            """);
    try (TrainingData data = load(csv, null, null)) {
      assertEquals(
          Map.of(
              0f, List.of(1f, 1f, 0f, 1f),
              1f, List.of(1f, 1.5f, 1f, 2f),
              2f, List.of(1f, 2f, 0f, 3f),
              3f, List.of(1f, 1.5f, 1f, 12f)),
          examples(data.train()));
    }
  }

  @Test
  void headerThatEndsInASeparator_namesNoColumnMore() throws IOException {
    Path path = Files.writeString(folder.resolve("end.csv"), "a,b,y,\n1,2,0,\n3,4,1\n");
    Csv csv = Sources.csv(path.toString(), null, null, List.of("y"), null, null);
    try (TrainingData data = load(csv, null, null)) {
      assertEquals(Map.of(0f, List.of(1f, 2f), 1f, List.of(3f, 4f)), examples(data.train()));
    }
    Files.writeString(path, "a,b,y,\n1,2,0,\n3,4,1,9\n");
    String message =
        assertThrows(IllegalArgumentException.class, () -> load(csv, null, null)).getMessage();
    assertTrue(message.endsWith("row 3: 4 fields, expected 3"), message);
  }

  @Test
  void foldersWithValues_areColumns_whereTheyAreNamed() throws IOException {
    for (String name : List.of("y=0/part.csv", "y=1.5/part.csv")) {
      Path file = folder.resolve("parts").resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "x\n" + name.charAt(2) + "\n");
    }
    Csv csv = Sources.csv(folder.resolve("parts").toString(), null, null, List.of("y"), null, null);
    try (TrainingData data = load(csv, null, null)) {
      assertEquals(Map.of(0f, List.of(0f), 1.5f, List.of(1f)), examples(data.train()));
    }
  }
}
