package dev.braid.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.source.Source;
import dev.braid.driver.source.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawSparkTest {
  private static final NamedParts.Split SPLIT = new NamedParts.Split(0.6, 0.1, 0.2, 0.1);

  @TempDir private Path folder;

  /** Rows of 40 patients, of whom one has a third, with classes of 120, 50, 23 and 7 examples. */
  private static List<String> rows() {
    List<String> rows = new ArrayList<>();
    int[] sizes = {120, 50, 23, 7};
    Random random = new Random(3);
    for (int kind = 0; kind < sizes.length; kind++) {
      for (int i = 0; i < sizes[kind]; i++) {
        int patient = random.nextInt(3) == 0 ? 0 : random.nextInt(40);
        rows.add("%d,p%d,k%d".formatted(rows.size(), patient, kind));
      }
    }
    return rows;
  }

  private Source csv(String name, List<List<String>> files) throws IOException {
    Path table = Files.createDirectories(folder.resolve(name));
    for (int i = 0; i < files.size(); i++) {
      Files.writeString(
          table.resolve(i + ".csv"), "n,patient,kind\n" + String.join("\n", files.get(i)) + "\n");
    }
    return Sources.of("csv", "path", table.toString(), "label", "kind", "features", List.of("n"));
  }

  private static DataSettings settings(Source of, String by, boolean stratified) {
    return named(new NamedParts(of, SPLIT, null, null, null, null, null, null, by, stratified));
  }

  private static DataSettings named(NamedParts parts) {
    return new DataSettings(null, null, null, parts, null, null, null, null, null, null, null);
  }

  /** Per part the numbers of its rows. */
  private static Map<Part, Set<Integer>> drawn(DataSettings settings, long seed) {
    SparkSession spark = LocalSpark.session();
    DataFacts facts = Sources.check(settings);
    try (TrainingData data = TrainingData.load(spark, settings, facts, 3, seed)) {
      Map<Part, Set<Integer>> drawn = new EnumMap<>(Part.class);
      data.parts()
          .forEach(
              (part, shards) ->
                  drawn.put(
                      part,
                      new HashSet<>(
                          shards
                              .rdd()
                              .flatMap(
                                  shard -> {
                                    List<Integer> numbers = new ArrayList<>();
                                    float[] row = new float[1];
                                    for (int i = 0; i < shard.size(); i++) {
                                      shard.input(0).read(i, row, 0);
                                      numbers.add((int) row[0]);
                                    }
                                    return numbers.iterator();
                                  })
                              .collect())));
      return drawn;
    }
  }

  private static Map<String, Map<Part, Integer>> counts(
      Map<Part, Set<Integer>> drawn, List<String> rows, int column) {
    Map<String, Map<Part, Integer>> counts = new HashMap<>();
    drawn.forEach(
        (part, numbers) ->
            numbers.forEach(
                n ->
                    counts
                        .computeIfAbsent(rows.get(n).split(",", -1)[column], k -> new HashMap<>())
                        .merge(part, 1, Integer::sum)));
    return counts;
  }

  private static int size(Map<Part, Set<Integer>> drawn) {
    return drawn.values().stream().mapToInt(Set::size).sum();
  }

  @Test
  void stratified_keepsTheSharesOfEachClass_toWithinOneExample() throws IOException {
    List<String> rows = rows();
    Source csv = csv("one", List.of(rows));
    Map<Part, Double> shares = settings(csv, null, true).division().shares();
    for (long seed = 0; seed < 3; seed++) {
      Map<Part, Set<Integer>> drawn = drawn(settings(csv, null, true), seed);
      assertEquals(200, size(drawn));
      Map<String, Map<Part, Integer>> counts = counts(drawn, rows, 2);
      int[] sizes = {120, 50, 23, 7};
      for (int kind = 0; kind < sizes.length; kind++) {
        for (Part part : Part.values()) {
          double wanted = sizes[kind] * shares.get(part);
          int got = counts.get("k" + kind).getOrDefault(part, 0);
          assertTrue(Math.abs(got - wanted) < 1, kind + " " + part + " " + got + " " + wanted);
        }
      }
    }
  }

  @Test
  void by_cutsNoGroup_andKeepsTheSharesToHalfAGroup() throws IOException {
    List<String> rows = rows();
    Map<Part, Set<Integer>> drawn = drawn(settings(csv("one", List.of(rows)), "patient", false), 5);
    assertEquals(200, size(drawn));
    Map<String, Map<Part, Integer>> counts = counts(drawn, rows, 1);
    counts.forEach((patient, parts) -> assertEquals(1, parts.size(), patient + parts));
    assertTrue(drawn.get(Part.DEV).size() >= 30, drawn.get(Part.DEV).size() + " of 200");
  }

  private static DataSettings fold(Source of, int fold, String by, boolean stratified) {
    PartOrigin dev = new PartOrigin.Share(0.1);
    return named(new NamedParts(of, null, 4, fold, null, null, dev, null, by, stratified));
  }

  @Test
  void folds_testEveryExampleOnce_andLearnFromNoneOfThem() throws IOException {
    List<String> rows = rows();
    Source csv = csv("one", List.of(rows));
    for (String by : new String[] {null, "patient"}) {
      for (boolean stratified : by == null ? new boolean[] {false, true} : new boolean[] {false}) {
        List<Integer> tested = new ArrayList<>();
        for (int fold = 1; fold <= 4; fold++) {
          Map<Part, Set<Integer>> drawn = drawn(fold(csv, fold, by, stratified), 3);
          tested.addAll(drawn.get(Part.TEST));
          assertEquals(200, size(drawn));
          assertEquals(
              200, drawn.values().stream().flatMap(Set::stream).distinct().count(), "in two parts");
          int group = by == null ? 1 : 35; // a patient has a third of all rows
          assertEquals(50, drawn.get(Part.TEST).size(), group + 1);
          assertEquals(15, drawn.get(Part.DEV).size(), by == null ? 4 : 40);
          if (by != null) {
            counts(drawn, rows, 1).forEach((who, parts) -> assertEquals(1, parts.size(), who));
          }
          if (stratified) {
            int ofFirst = counts(drawn, rows, 2).get("k0").get(Part.TEST);
            assertEquals(30, ofFirst, 1);
          }
        }
        Collections.sort(tested);
        assertEquals(IntStream.range(0, 200).boxed().toList(), tested, by + " " + stratified);
      }
    }
  }

  @Test
  void parts_areAFunctionOfExamplesAndSeed_notOfFilesAndOrder() throws IOException {
    List<String> rows = rows();
    List<String> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(1));
    Source one = csv("one", List.of(rows));
    Source three =
        csv("three", List.of(shuffled.subList(0, 20), List.of(), shuffled.subList(20, 200)));
    for (DataSettings settings :
        List.of(
            settings(one, null, false),
            settings(one, null, true),
            settings(one, "patient", false))) {
      NamedParts named = settings.parts();
      DataSettings other = settings(three, named.by(), named.stratified());
      Map<Part, Set<Integer>> drawn = drawn(settings, 7);
      assertEquals(drawn, drawn(other, 7));
      assertTrue(!drawn.equals(drawn(settings, 8)));
    }
  }

  @Test
  void by_isNoInput_unlessItIsNamedAsOne() throws IOException {
    Path file = Files.writeString(folder.resolve("t.csv"), "n,patient,kind\n1,7,a\n2,8,b\n");
    Source csv = Sources.of("csv", "path", file.toString(), "label", "kind");
    assertEquals(
        List.of(1), Sources.check(settings(csv, "patient", false)).train().inputs().get(0).shape());
    assertEquals(
        List.of(2), Sources.check(settings(csv, null, false)).train().inputs().get(0).shape());
    assertEquals(
        "data.parts.by: there is no column 'patent'; did you mean 'patient'?; columns: n, patient,"
            + " kind",
        assertThrows(
                IllegalArgumentException.class, () -> Sources.check(settings(csv, "patent", false)))
            .getMessage());
  }

  @Test
  void by_aGroupInTwoSources_isNamed() throws IOException {
    List<String> rows = rows();
    Source train = csv("train", List.of(rows));
    Source dev = csv("dev", List.of(List.of("1000,q1,k0", "1001,p7,k0", "1002,p5,k0")));
    DataSettings settings =
        named(
            new NamedParts(
                null,
                null,
                null,
                null,
                train,
                null,
                new PartOrigin.Own(dev),
                null,
                "patient",
                null));
    assertEquals(
        "data.parts.by: patient 'p5' lies in data.parts.dev and data.parts.train; leave its rows"
            + " out of one, or leave by out",
        assertThrows(IllegalArgumentException.class, () -> drawn(settings, 1)).getMessage());
  }

  @Test
  void by_anEmptyGroup_isABrokenRow() throws IOException {
    Source csv = csv("gap", List.of(List.of("1,p1,a", "2,,b", "3,p3,a", "4,p4,b")));
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> drawn(settings(csv, "patient", false), 1))
            .getMessage();
    assertTrue(
        message.endsWith(
            "0.csv, row 3: column 'patient' is empty, but data.parts.by says that it names the"
                + " row's group"),
        message);
  }

  @Test
  void aPartWithoutExamples_isNamed() throws IOException {
    Source csv = csv("few", List.of(List.of("1,p1,a", "2,p1,b", "3,p1,a", "4,p1,b")));
    assertEquals(
        "data.parts.split.dev: a share of 0.2 of 4 examples is 0; nothing may be left out",
        assertThrows(
                IllegalArgumentException.class, () -> drawn(settings(csv, "patient", false), 1))
            .getMessage());
  }

  /** The same rows in every format that has columns with names fall into the same parts. */
  @Test
  void by_dividesTheRowsOfEveryFormat_alike() throws IOException {
    List<String> rows = rows();
    Source csv = csv("one", List.of(rows));
    Map<Part, Set<Integer>> drawn = drawn(settings(csv, "patient", false), 7);
    List<String> objects =
        rows.stream()
            .map(row -> row.split(",", -1))
            .map(
                f ->
                    "{\"n\": %s, \"patient\": \"%s\", \"kind\": \"%s\"}"
                        .formatted(f[0], f[1], f[2]))
            .toList();
    Path json = Files.write(folder.resolve("rows.jsonl"), objects);
    Path parquet = folder.resolve("rows.parquet");
    LocalSpark.session().read().json(json.toString()).write().parquet(parquet.toString());
    for (String format : List.of("json", "parquet")) {
      Path path = format.equals("json") ? json : parquet;
      Source source =
          Sources.of(
              format, "path", path.toString(), "label", List.of("kind"), "features", List.of("n"));
      assertEquals(drawn, drawn(settings(source, "patient", false), 7), format);
      DataSettings weighted =
          new DataSettings(source, null, null, null, null, null, "n", null, null, null, null);
      DataFacts facts = Sources.check(weighted);
      try (TrainingData data = TrainingData.load(LocalSpark.session(), weighted, facts, 2, 1)) {
        assertEquals(199 / 2.0, data.train().meanOfLabel(1), 1e-9, format);
      }
    }
  }
}
