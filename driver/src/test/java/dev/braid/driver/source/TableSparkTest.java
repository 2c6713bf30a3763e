package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.Shards;
import dev.braid.driver.source.column.NamedInput;
import dev.braid.driver.source.column.NamedOutput;
import dev.braid.driver.source.example.Beside;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.data.Column;
import dev.braid.worker.data.Shard;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.linalg.VectorUDT;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableSparkTest {
  @TempDir private Path folder;

  private static Configuration hadoop() {
    return LocalSpark.session().sparkContext().hadoopConfiguration();
  }

  private static SourceFacts inspect(Source source, Task task, long maxBytes) {
    return source.inspect(
        new Inspection(
            hadoop(),
            "data",
            Optional.ofNullable(task),
            Optional.empty(),
            maxBytes,
            false,
            List.of(),
            Beside.NONE,
            Map.of()));
  }

  /** Every example as its numbers, shard after shard. */
  private static List<List<Float>> read(Source source, SourceFacts facts, int numShards) {
    SourceFacts complete = source.complete(LocalSpark.session(), facts);
    try (Shards shards = Shards.of(source.read(LocalSpark.session(), complete), numShards, 3)) {
      return shards.rdd().flatMap(shard -> examples(shard).iterator()).collect();
    }
  }

  private static List<List<Float>> examples(Shard shard) {
    List<List<Float>> examples = new ArrayList<>();
    for (int i = 0; i < shard.size(); i++) {
      List<Float> example = new ArrayList<>();
      for (int k = 0; k < shard.numInputs(); k++) {
        add(shard.input(k), i, example);
      }
      for (int k = 0; k < shard.numLabels(); k++) {
        add(shard.label(k), i, example);
      }
      examples.add(example);
    }
    return examples;
  }

  private static void add(Column column, int row, List<Float> example) {
    float[] numbers = new float[column.width()];
    column.read(row, numbers, 0);
    for (float number : numbers) {
      example.add(number);
    }
  }

  private static List<List<Float>> sorted(List<List<Float>> examples) {
    return examples.stream().sorted((a, b) -> Float.compare(a.get(0), b.get(0))).toList();
  }

  private static List<String> rows(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> i + "," + i * 0.5f + "," + "abc".charAt(i % 3))
        .toList();
  }

  private static List<List<Float>> expected(int count) {
    return IntStream.range(0, count).mapToObj(i -> List.of((float) i, i * 0.5f, i % 3f)).toList();
  }

  private static Csv csv(Path path) {
    return Sources.csv(path.toString(), null, null, List.of("name"), null, null);
  }

  private Path write(String name, List<String> rows) throws IOException {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, "x,half,name\n" + String.join("\n", rows) + "\n");
  }

  @Test
  void csv_isReadWithLabelsAsIndices_whetherOrNotClassesWereKnown() throws IOException {
    Csv csv = csv(write("rows.csv", rows(100)));
    SourceFacts whole = inspect(csv, null, 1 << 20);
    SourceFacts head = inspect(csv, null, 50);

    assertEquals(List.of("a", "b", "c"), whole.outputs().get(0).classes());
    assertTrue(head.outputs().get(0).isOpen() && head.numExamples().isEmpty());
    assertEquals(expected(100), sorted(read(csv, whole, 3)));
    assertEquals(expected(100), sorted(read(csv, head, 3)));
  }

  @Test
  void csv_oneFileOrMany_anyOrder_givesTheSameShards() throws IOException {
    List<String> rows = new ArrayList<>(rows(100));
    Csv one = csv(write("one.csv", rows));
    Collections.shuffle(rows, new Random(2));
    write("many/a.csv", rows.subList(0, 70));
    write("many/b.csv", rows.subList(70, 99));
    write("many/deep/c.csv", rows.subList(99, 100));
    Csv many = csv(folder.resolve("many"));
    assertEquals(
        read(one, inspect(one, null, 1 << 20), 4), read(many, inspect(many, null, 1 << 20), 4));
  }

  @Test
  void csv_badRowBehindTheHead_isNamedWithFileAndRow() throws IOException {
    for (String bad : new String[] {"1,2", "1,2,a,b", "1,two,a", "1,,a", "1,2,", "1,2,z"}) {
      List<String> rows = new ArrayList<>(rows(50));
      rows.set(42, bad);
      Path path = write("deep/" + bad.hashCode() + ".csv", rows);
      Csv csv = csv(path);
      SourceFacts facts = inspect(csv, null, 50);
      SourceFacts known =
          facts.withOutputs(
              List.of(new Labels(Tasks.named("classification"), 1, List.of("a", "b", "c"))));
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> read(csv, known, 2), bad);
      assertTrue(e.getMessage().startsWith("file:" + path + ", row 44: "), e.getMessage());
    }
  }

  @Test
  void csv_severalTargets_areOneWideLabel() throws IOException {
    Path path = Files.writeString(folder.resolve("t.csv"), "x,y,z\n1,2.5,3\n4,5,6\n");
    Csv csv = Sources.csv(path.toString(), null, null, List.of("y", "z"), null, null);
    assertEquals(
        List.of(List.of(1f, 2.5f, 3f), List.of(4f, 5f, 6f)),
        sorted(read(csv, inspect(csv, null, 1 << 20), 2)));
  }

  @Test
  void csv_classPerTimeStep_mayBeMissing() throws IOException {
    Path path = Files.writeString(folder.resolve("s.csv"), "x,y,z\n1,N,V\n4,V,\n");
    Csv csv = Sources.csv(path.toString(), null, null, List.of("y", "z"), null, null);
    assertEquals(
        List.of(List.of(1f, 0f, 1f), List.of(4f, 1f, Float.NaN)),
        sorted(read(csv, inspect(csv, Tasks.named("classification"), 1 << 20), 1)));
  }

  @Test
  void csv_quotedFieldsAndOddNames_areUnderstood() throws IOException {
    Path path =
        Files.writeString(
            folder.resolve("q.csv"), "\"a, b\",`c.d`,name\n1,2,\"x, y\"\n3,4,\"z\"\n");
    Csv csv = csv(path);
    SourceFacts facts = inspect(csv, null, 1 << 20);
    assertEquals(List.of("x, y", "z"), facts.outputs().get(0).classes());
    assertEquals(List.of(List.of(1f, 2f, 0f), List.of(3f, 4f, 1f)), sorted(read(csv, facts, 1)));
  }

  @Test
  void libsvm_isReadWithWhatIsLeftOutFilledIn() throws IOException {
    Path path =
        Files.writeString(
            folder.resolve("a.txt"), "# a comment\n+1 1:1 3:0.5\n-1 1:2\n\n1 1:3 2:7\n");
    Libsvm libsvm = new Libsvm(path.toString(), null, null);
    SourceFacts facts = inspect(libsvm, null, 1 << 20);
    assertEquals(List.of("-1", "1"), facts.outputs().get(0).classes());
    assertEquals(
        List.of(List.of(1f, 0f, 0.5f, 1f), List.of(2f, 0f, 0f, 0f), List.of(3f, 7f, 0f, 1f)),
        sorted(read(libsvm, facts, 2)));
    // The largest index of the training examples counts for the others too.
    Inspection test =
        new Inspection(
            hadoop(),
            "data.test",
            Optional.empty(),
            Optional.of(facts),
            1 << 20,
            false,
            List.of(),
            Beside.NONE,
            Map.of());
    Path narrow = Files.writeString(folder.resolve("b.txt"), "1 1:4\n");
    Libsvm other = new Libsvm(narrow.toString(), null, null);
    assertEquals(List.of(List.of(4f, 0f, 0f, 1f)), read(other, other.inspect(test), 1));
  }

  @Test
  void libsvm_badRowBehindTheHead_isNamedWithFileAndRow() throws IOException {
    for (String bad : new String[] {"1 1:x", "1 2:1 1:1", "one 1:1", "1 4:1", "1 0:1", "1 1"}) {
      List<String> rows =
          new ArrayList<>(IntStream.range(0, 50).mapToObj(i -> i % 2 + " 1:1 3:2").toList());
      rows.set(41, bad);
      Path path =
          Files.writeString(
              folder.resolve(bad.hashCode() + ".txt"), String.join("\n", rows) + "\n");
      Libsvm libsvm = new Libsvm(path.toString(), 3, null);
      SourceFacts facts =
          inspect(libsvm, null, 50)
              .withOutputs(
                  List.of(new Labels(Tasks.named("classification"), 1, List.of("0", "1"))));
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> read(libsvm, facts, 2), bad);
      assertTrue(e.getMessage().startsWith("file:" + path + ", row 42: "), e.getMessage());
    }
  }

  private static final StructType TABLE =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("a.b", DataTypes.createArrayType(DataTypes.DoubleType))
          .add("vector", new VectorUDT())
          .add("flag", DataTypes.BooleanType)
          .add("kind", DataTypes.StringType);

  private Path parquet(String name, Row... rows) {
    Path path = folder.resolve(name);
    LocalSpark.session()
        .createDataFrame(List.of(rows), TABLE)
        .coalesce(1)
        .write()
        .parquet(path.toString());
    return path;
  }

  private Path parquet() {
    return parquet(
        "table",
        RowFactory.create(1L, List.of(1.5, 2.5), Vectors.dense(9, 8), true, "b"),
        RowFactory.create(
            2L, List.of(3.5, 4.5), Vectors.sparse(2, new int[] {1}, new double[] {7}), false, "a"));
  }

  @Test
  void parquet_numbersListsAndVectors_makeUpTheInput() {
    Parquet parquet = Sources.parquet(parquet().toString(), List.of("kind"), null, null);
    SourceFacts facts = inspect(parquet, null, 1 << 20);
    assertEquals(List.of(6), facts.inputs().get(0).shape());
    assertEquals(OptionalLong.of(2), facts.numExamples());
    assertEquals(List.of("a", "b"), facts.outputs().get(0).classes());
    List<List<Float>> expected =
        List.of(List.of(1f, 1.5f, 2.5f, 9f, 8f, 1f, 1f), List.of(2f, 3.5f, 4.5f, 0f, 7f, 0f, 0f));
    assertEquals(expected, sorted(read(parquet, facts, 2)));
    SourceFacts open =
        facts.withOutputs(List.of(new Labels(Tasks.named("classification"), 1, List.of())));
    assertEquals(expected, sorted(read(parquet, open, 2)));
  }

  @Test
  void parquet_listsMayBeLabels() {
    Parquet parquet =
        Sources.parquet(parquet().toString(), List.of("a.b"), List.of("vector"), Shape.of(1, 2));
    SourceFacts facts = inspect(parquet, null, 1 << 20);
    assertEquals(new Labels(Tasks.named("regression"), 2, List.of()), facts.outputs().get(0));
    assertEquals(
        List.of(List.of(0f, 7f, 3.5f, 4.5f), List.of(9f, 8f, 1.5f, 2.5f)),
        sorted(read(parquet, facts, 2)));
  }

  private static final StructType SERIES =
      new StructType()
          .add("series", DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.DoubleType)))
          .add("more", DataTypes.DoubleType)
          .add("kind", DataTypes.StringType)
          .add("size", DataTypes.DoubleType);

  private Parquet series(String name, Row... rows) {
    Path path = folder.resolve(name);
    LocalSpark.session()
        .createDataFrame(List.of(rows), SERIES)
        .coalesce(1)
        .write()
        .parquet(path.toString());
    Map<String, NamedInput> inputs = new LinkedHashMap<>();
    inputs.put("series", new NamedInput(List.of("series"), Shape.of(3, 2), true, null, null));
    inputs.put("more", new NamedInput(List.of("more"), null, null, null, null));
    Map<String, NamedOutput> outputs = new LinkedHashMap<>();
    outputs.put("kind", new NamedOutput(List.of("kind"), null, null));
    outputs.put("size", new NamedOutput(List.of("size"), null, Tasks.named("regression")));
    return new Parquet(path.toString(), null, null, null, inputs, outputs, null);
  }

  private static List<Double> step(double x, double y) {
    return List.of(x, y);
  }

  @Test
  void parquet_ofSeveralLabelsAnyMayBeMissing_asNullOrNaN_alsoInTheFirstRow() {
    Parquet parquet =
        series(
            "labels",
            RowFactory.create(List.of(step(1, 2), step(3, 4), step(5, 6)), 7.0, null, 0.5),
            RowFactory.create(List.of(step(1, 2), step(3, 4), step(5, 6)), 8.0, "a", Double.NaN),
            RowFactory.create(List.of(step(1, 2), step(3, 4), step(5, 6)), 9.0, "b", null));
    SourceFacts facts = inspect(parquet, null, 1 << 20);
    assertEquals(List.of("a", "b"), facts.outputs().get(0).classes());
    assertEquals(Tasks.named("regression"), facts.outputs().get(1).task());
    float nan = Float.NaN;
    List<List<Float>> expected =
        List.of(
            List.of(1f, 2f, 3f, 4f, 5f, 6f, 7f, nan, 0.5f),
            List.of(1f, 2f, 3f, 4f, 5f, 6f, 8f, 0f, nan),
            List.of(1f, 2f, 3f, 4f, 5f, 6f, 9f, 1f, nan));
    assertEquals(expected, byColumn(6, read(parquet, facts, 2)));
    SourceFacts open =
        facts.withOutputs(
            List.of(
                new Labels("kind", Tasks.named("classification"), 1, List.of()),
                facts.outputs().get(1)));
    assertEquals(expected, byColumn(6, read(parquet, open, 2)));
  }

  @Test
  void parquet_severalInputsAndOutputs_whoseSequencesMayBeShort() {
    Parquet parquet =
        series(
            "series",
            RowFactory.create(Arrays.asList(step(1, 2), null, step(5, 6)), 7.0, "b", 0.5),
            RowFactory.create(List.of(step(1, 2), step(3, 4)), 8.0, "a", 1.0),
            RowFactory.create(null, 9.0, "b", 2.0));
    SourceFacts facts = inspect(parquet, null, 1 << 20);
    assertEquals(List.of("series", "more"), facts.inputs().stream().map(i -> i.name()).toList());
    assertEquals(List.of("a", "b"), facts.outputs().get(0).classes());
    assertEquals(Tasks.named("regression"), facts.outputs().get(1).task());
    float nan = Float.NaN;
    List<List<Float>> expected =
        List.of(
            List.of(1f, 2f, nan, nan, 5f, 6f, 7f, 1f, 0.5f),
            List.of(1f, 2f, 3f, 4f, nan, nan, 8f, 0f, 1f),
            List.of(nan, nan, nan, nan, nan, nan, 9f, 1f, 2f));
    assertEquals(expected, byColumn(6, read(parquet, facts, 2)));
    SourceFacts open =
        facts.withOutputs(
            List.of(
                new Labels("kind", Tasks.named("classification"), 1, List.of()),
                facts.outputs().get(1)));
    assertEquals(expected, byColumn(6, read(parquet, open, 2)));
  }

  private static List<List<Float>> byColumn(int column, List<List<Float>> examples) {
    return examples.stream().sorted((a, b) -> Float.compare(a.get(column), b.get(column))).toList();
  }

  @Test
  void parquet_stepThatIsMissingInPart_isRefused() {
    Parquet parquet =
        series(
            "part",
            RowFactory.create(List.of(step(1, 2), step(3, 4), step(5, 6)), 7.0, "b", 0.5),
            RowFactory.create(List.of(step(1, 2), List.of(3.0)), 8.0, "a", 1.0));
    String expected = "row 2: column 'series': of the 2 numbers of a time step only";
    assertTrue(refusal(parquet).contains(expected), refusal(parquet));
    SourceFacts facts = inspect(parquet, null, 1);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> read(parquet, facts, 2));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }

  @Test
  void parquet_wrongColumnOrType_isNamed() {
    String path = parquet().toString();
    assertTrue(
        refusal(Sources.parquet(path, List.of("kin"), null, null))
            .startsWith(
                "data.parquet.label: there is no column 'kin'; did you mean 'kind'?; columns: id"));
    assertTrue(
        refusal(Sources.parquet(path, List.of("id"), null, null))
            .contains("column 'kind' is of type"));
    assertTrue(
        refusal(Sources.csv(path, null, null, List.of("kind"), null, null))
            .contains("a Parquet file; read it as parquet"),
        refusal(Sources.csv(path, null, null, List.of("kind"), null, null)));
  }

  private static String refusal(Source source) {
    return assertThrows(IllegalArgumentException.class, () -> inspect(source, null, 1 << 20))
        .getMessage();
  }

  @Test
  void parquet_badRow_isNamedWithFileAndRow() {
    Path path =
        parquet(
            "bad",
            RowFactory.create(1L, List.of(1.5), Vectors.dense(9), true, "b"),
            RowFactory.create(2L, List.of(1.5, 2.5), Vectors.dense(8), true, "b"));
    Parquet parquet = Sources.parquet(path.toString(), List.of("kind"), null, null);
    String expected = ".parquet, row 2: column 'a.b' holds 2 numbers, expected 1";
    assertTrue(refusal(parquet).endsWith(expected), refusal(parquet));
    SourceFacts facts = inspect(parquet, null, 1);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> read(parquet, facts, 2));
    assertTrue(e.getMessage().endsWith(expected), e.getMessage());
  }
}
