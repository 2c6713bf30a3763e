package dev.braid.driver.source.parquet;

import static org.apache.parquet.schema.LogicalTypeAnnotation.bsonType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.dateType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.decimalType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.enumType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.intType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.jsonType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timeType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.uuidType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT96;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.Shards;
import dev.braid.driver.inference.InferenceRun;
import dev.braid.driver.inference.InferenceSettings;
import dev.braid.driver.inference.output.OutputSettings;
import dev.braid.driver.ml.NetworkRegressionModel;
import dev.braid.driver.ml.NetworkRegressor;
import dev.braid.driver.run.Stop;
import dev.braid.driver.source.Parquet;
import dev.braid.driver.source.Source;
import dev.braid.driver.source.Sources;
import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.encoding.DatePart;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.state.State;
import dev.braid.worker.task.Tasks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.BsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntervalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every type of Parquet's, in training, in scoring and in Spark ML: its numbers are right, or it is
 * refused by name before Spark starts.
 */
class ParquetTypesSparkTest {
  private static final Type LABEL = Types.required(DOUBLE).named("y");
  private static final int NUM_ROWS = 3;
  private static final Configuration HADOOP = new Configuration();
  private static NetworkRegressionModel model;

  @TempDir private java.nio.file.Path folder;

  /** Adds the value of a column to the row of this number, of three. */
  private interface Put {
    void add(Group row, String column, int number);
  }

  /**
   * A column of a file.
   *
   * @param numbers what the rows hold; null where the type is no feature
   */
  private record Column(Type type, Put put, List<List<Float>> numbers) {
    String name() {
      return type.getName();
    }

    @Override
    public String toString() {
      return type.toString();
    }
  }

  private static Column of(
      String name, Types.Builder<?, ? extends Type> type, Put put, float... numbers) {
    List<List<Float>> rows = new ArrayList<>();
    int width = numbers.length / NUM_ROWS;
    for (int i = 0; i < NUM_ROWS; i++) {
      List<Float> row = new ArrayList<>();
      for (int k = 0; k < width; k++) {
        row.add(numbers[i * width + k]);
      }
      rows.add(row);
    }
    return new Column(type.named(name), put, numbers.length == 0 ? null : rows);
  }

  private static Column refused(Types.Builder<?, ? extends Type> type, Put put) {
    return of("x", type, put);
  }

  private static Types.PrimitiveBuilder<PrimitiveType> int32(LogicalTypeAnnotation meaning) {
    return Types.required(INT32).as(meaning);
  }

  private static Types.PrimitiveBuilder<PrimitiveType> int64(LogicalTypeAnnotation meaning) {
    return Types.required(INT64).as(meaning);
  }

  private static Types.PrimitiveBuilder<PrimitiveType> binary(LogicalTypeAnnotation meaning) {
    return Types.required(BINARY).as(meaning);
  }

  private static Types.PrimitiveBuilder<PrimitiveType> fixed(int bytes) {
    return Types.required(FIXED_LEN_BYTE_ARRAY).length(bytes);
  }

  private static Column decimals(String name, Types.Builder<?, ? extends Type> type, Put put) {
    return of(name, type, put, -1.25f, 0, 1.25f);
  }

  /** The row's number and another one. */
  private static Column pairs(
      String name, Types.Builder<?, ? extends Type> type, int other, Put put) {
    return of(name, type, put, 0, other, 1, other, 2, other);
  }

  /** Lists of the row's number and 7. */
  private static Column lists(
      String name, Types.Builder<?, ? extends Type> type, BiConsumer<Group, Integer> add) {
    return pairs(
        name,
        type,
        7,
        (g, x, i) -> {
          Group list = g.addGroup(x);
          add.accept(list, i);
          add.accept(list, 7);
        });
  }

  private static List<Column> numbers() {
    int[] bytes = {255, 0, 7};
    int[] shorts = {65_535, 0, 7};
    int[] ints = {-1, 0, 7};
    Put two = (g, x, i) -> g.add(x, Binary.fromConstantByteArray(new byte[] {(byte) i, -56}));
    return List.of(
        of("boolean", Types.required(BOOLEAN), (g, x, i) -> g.add(x, i == 1), 0, 1, 0),
        of("int32", Types.required(INT32), (g, x, i) -> g.add(x, i - 1), -1, 0, 1),
        of("int64", Types.required(INT64), (g, x, i) -> g.add(x, i - 1L), -1, 0, 1),
        of("i8", int32(intType(8, true)), (g, x, i) -> g.add(x, 127 * (i - 1)), -127, 0, 127),
        of("i16", int32(intType(16, true)), (g, x, i) -> g.add(x, 999 * (i - 1)), -999, 0, 999),
        of("i32", int32(intType(32, true)), (g, x, i) -> g.add(x, i - 1), -1, 0, 1),
        of("i64", int64(intType(64, true)), (g, x, i) -> g.add(x, i - 1L), -1, 0, 1),
        of("u8", int32(intType(8, false)), (g, x, i) -> g.add(x, bytes[i]), 255, 0, 7),
        of("u16", int32(intType(16, false)), (g, x, i) -> g.add(x, shorts[i]), 65_535, 0, 7),
        of("u32", int32(intType(32, false)), (g, x, i) -> g.add(x, ints[i]), 0x1p32f, 0, 7),
        of("u64", int64(intType(64, false)), (g, x, i) -> g.add(x, (long) ints[i]), 0x1p64f, 0, 7),
        of("float", Types.required(FLOAT), (g, x, i) -> g.add(x, i - 0.5f), -0.5f, 0.5f, 1.5f),
        of("double", Types.required(DOUBLE), (g, x, i) -> g.add(x, i - 0.5), -0.5f, 0.5f, 1.5f),
        of("nullable", Types.optional(DOUBLE), (g, x, i) -> g.add(x, i - 0.5), -0.5f, 0.5f, 1.5f),
        decimals("d9", int32(decimalType(2, 9)), (g, x, i) -> g.add(x, 125 * (i - 1))),
        decimals("d18", int64(decimalType(2, 18)), (g, x, i) -> g.add(x, 125L * (i - 1))),
        decimals(
            "d30", binary(decimalType(3, 30)), (g, x, i) -> g.add(x, bytes(1250L * (i - 1), 0))),
        decimals(
            "d38",
            fixed(16).as(decimalType(2, 38)),
            (g, x, i) -> g.add(x, bytes(125L * (i - 1), 16))),
        pairs("binary", Types.required(BINARY), 200, two),
        pairs("fixed", fixed(2), 200, two),
        lists(
            "list",
            Types.requiredList().element(Types.required(INT64).named("element")),
            (list, value) -> list.addGroup(0).add(0, (long) value)),
        lists(
            "nullables",
            Types.optionalList().element(Types.optional(FLOAT).named("element")),
            (list, value) -> list.addGroup(0).add(0, (float) value)),
        lists(
            "decimals",
            Types.requiredList().element(int32(decimalType(1, 5)).named("element")),
            (list, value) -> list.addGroup(0).add(0, 10 * value)),
        lists(
            "nested",
            Types.requiredList()
                .requiredListElement()
                .element(Types.required(DOUBLE).named("element")),
            (list, value) -> list.addGroup(0).addGroup(0).addGroup(0).add(0, (double) value)),
        pairs(
            "repeated",
            Types.repeated(FLOAT),
            7,
            (g, x, i) -> {
              g.add(x, (float) i);
              g.add(x, 7f);
            }));
  }

  /** Types that are no numbers and no labels. */
  static Stream<Column> others() {
    Binary twelve = Binary.fromConstantByteArray(new byte[12]);
    Put bytes = (g, x, i) -> g.add(x, twelve);
    Put number = (g, x, i) -> g.add(x, i);
    Put large = (g, x, i) -> g.add(x, (long) i);
    return Stream.of(
        refused(int32(timeType(true, TimeUnit.MILLIS)), number),
        refused(int64(timeType(false, TimeUnit.MICROS)), large),
        refused(int64(timeType(true, TimeUnit.NANOS)), large),
        refused(int64(timestampType(true, TimeUnit.NANOS)), large),
        refused(int64(timestampType(false, TimeUnit.NANOS)), large),
        refused(int64(timestampType(true, TimeUnit.MICROS)), large),
        refused(int64(timestampType(false, TimeUnit.MILLIS)), large),
        refused(Types.required(INT96), bytes),
        refused(int32(dateType()), number),
        refused(
            fixed(16).as(uuidType()),
            (g, x, i) -> g.add(x, Binary.fromConstantByteArray(new byte[16]))),
        refused(fixed(12).as(IntervalLogicalTypeAnnotation.getInstance()), bytes),
        refused(binary(bsonType()), bytes),
        refused(
            Types.requiredMap()
                .key(Types.required(INT32).named("key"))
                .value(Types.required(INT32).named("value")),
            (g, x, i) -> g.addGroup(x).addGroup(0).append("key", i).append("value", i)),
        refused(
            Types.requiredGroup().addField(Types.required(INT32).named("a")),
            (g, x, i) -> g.addGroup(x).append("a", i)),
        refused(
            Types.requiredList().element(int32(dateType()).named("element")),
            (g, x, i) -> g.addGroup(x).addGroup(0).add(0, i)));
  }

  /** Types that are labels, but no numbers, whatever the texts say. */
  static Stream<Column> texts() {
    return Stream.of(
        refused(binary(stringType()), (g, x, i) -> g.add(x, "5.1")),
        refused(binary(enumType()), (g, x, i) -> g.add(x, "a")),
        refused(binary(jsonType()), (g, x, i) -> g.add(x, "{}")),
        refused(
            Types.requiredList().element(binary(stringType()).named("element")),
            (g, x, i) -> g.addGroup(x).addGroup(0).add(0, "5.1")));
  }

  @Test
  void numbers_areTheSame_inTrainingScoringAndSparkMl() throws IOException {
    Map<String, List<List<Float>>> expected = new LinkedHashMap<>();
    numbers().forEach(column -> expected.put(column.name(), column.numbers()));
    assertRead(write(numbers()), expected);
  }

  /** In training the numbers themselves are seen, in scoring and in Spark ML their predictions. */
  private void assertRead(String path, Map<String, List<List<Float>>> columns) throws IOException {
    List<List<Float>> rows = new ArrayList<>();
    for (int i = 0; i < NUM_ROWS; i++) {
      int row = i;
      rows.add(columns.values().stream().flatMap(column -> column.get(row).stream()).toList());
    }
    String[] names = columns.keySet().toArray(String[]::new);
    assertEquals(rows.stream().flatMap(List::stream).toList(), features(train(path, names)));

    NetworkRegressionModel all = fit(vectors("x", rows), "x");
    List<Double> scored = predictions(write(all.network()), infer(path, names));
    for (int i = 0; i < NUM_ROWS; i++) {
      double expected = all.predict(vector(rows.get(i)));
      assertEquals(expected, scored.get(i), 1e-6 * Math.abs(expected));
    }
    Dataset<Row> table = LocalSpark.session().read().parquet(path);
    Map<List<List<Float>>, NetworkRegressionModel> models = new HashMap<>();
    for (Map.Entry<String, List<List<Float>>> column : columns.entrySet()) {
      String name = column.getKey();
      NetworkRegressionModel model =
          models.computeIfAbsent(column.getValue(), numbers -> fit(vectors(name, numbers), name));
      assertEquals(model.network().sha256(), fit(table, name).network().sha256(), name);
      model.setFeaturesCol(name);
      assertEquals(
          column.getValue().stream().map(row -> model.predict(vector(row))).toList(),
          model.transform(table).orderBy("y").collectAsList().stream()
              .map(row -> row.<Double>getAs("prediction"))
              .toList(),
          name);
    }
  }

  private static Dataset<Row> vectors(String column, List<List<Float>> rows) {
    return LocalSpark.session()
        .createDataFrame(
            IntStream.range(0, NUM_ROWS)
                .mapToObj(i -> RowFactory.create(vector(rows.get(i)), i + 0.5))
                .toList(),
            new StructType().add(column, SQLDataTypes.VectorType()).add("y", DataTypes.DoubleType));
  }

  private static NetworkRegressionModel fit(Dataset<Row> table, String features) {
    return regressor().setFeaturesCol(features).setLabelCol("y").fit(table);
  }

  private static NetworkRegressor regressor() {
    return new NetworkRegressor()
        .setNetwork("[output: {loss: meanAbsolute}]")
        .setTraining("{epochs: 1, optimizer: {sgd: {learningRate: 0.01}}}");
  }

  private static org.apache.spark.ml.linalg.Vector vector(List<Float> numbers) {
    return Vectors.dense(numbers.stream().mapToDouble(Float::doubleValue).toArray());
  }

  private java.nio.file.Path write(Model model) throws IOException {
    java.nio.file.Path file = folder.resolve("model.zip");
    ModelFile.write(Files.newOutputStream(file), model);
    return file;
  }

  /** What a model says of the rows of a file, in their order. */
  private List<Double> predictions(java.nio.file.Path model, Parquet input) throws IOException {
    java.nio.file.Path output = Files.createTempDirectory(folder, "scored");
    InferenceRun.check(settings(model, input, output), output.toString(), HADOOP)
        .run(LocalSpark.session(), new Stop(), progress -> {});
    return LocalSpark.session()
        .read()
        .parquet(output.resolve("predictions").toString())
        .orderBy("_row")
        .collectAsList()
        .stream()
        .map(row -> row.<Number>getAs("prediction").doubleValue())
        .toList();
  }

  private static InferenceSettings settings(
      java.nio.file.Path model, Parquet input, java.nio.file.Path output) {
    return settings(model, input, List.of("_row"), output, 0);
  }

  private static InferenceSettings settings(
      java.nio.file.Path model,
      Parquet input,
      List<String> keep,
      java.nio.file.Path output,
      double maxQuarantinedShare) {
    return new InferenceSettings(
        model.toString(),
        ForeignSettings.NONE,
        input,
        keep,
        OutputSettings.of(output.toString()),
        NUM_ROWS,
        false,
        100,
        maxQuarantinedShare);
  }

  @ParameterizedTest
  @MethodSource({"others", "texts"})
  void whatIsNoNumber_isRefusedByName_inTrainingScoringAndSparkMl(Column column) throws Exception {
    String path = write(column);
    assertRefused(column.type(), () -> inspect(train(path, "x")));
    assertRefused(column.type(), () -> checkScoring(infer(path, "x")));
    assertSparkMlRefuses(column.type(), path);
  }

  @ParameterizedTest
  @MethodSource("others")
  void whatIsNoLabel_isRefusedByName_inTrainingAndScoring(Column column) throws Exception {
    String path = write(column);
    Parquet label = Sources.parquet(path, List.of("x"), List.of("y"), null);
    assertRefused(column.type(), () -> inspect(label));
    assertRefused(column.type(), () -> checkScoring(label));
  }

  /** Spark itself reads no table with some of the types; what it reads Spark ML's door refuses. */
  private static void assertSparkMlRefuses(Type type, String path) {
    if (type.getLogicalTypeAnnotation() instanceof BsonLogicalTypeAnnotation) {
      return; // of which Spark says that it is bytes
    }
    Dataset<Row> table;
    try {
      table = LocalSpark.session().read().parquet(path);
    } catch (Exception e) { // Spark's AnalysisException, which it does not declare
      String words = e.getMessage();
      assertTrue(words.contains("Illegal Parquet type") || words.contains("not yet supp"), words);
      return;
    }
    assertRefused(type, () -> fit(table, "x"));
    assertRefused(type, () -> fitted().setFeaturesCol("x").transform(table));
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> regressor().setFeaturesCol("y").setLabelCol("x").fit(table));
    assertTrue(e.getMessage().contains("labelCol: column 'x' is "), e.getMessage());
  }

  /** A model of one number. */
  private static NetworkRegressionModel fitted() {
    if (model == null) {
      model = fit(vectors("x", List.of(List.of(0f), List.of(1f), List.of(2f))), "x");
    }
    return model;
  }

  private void checkScoring(Parquet input) {
    try {
      java.nio.file.Path output = Files.createTempDirectory(folder, "refused");
      InferenceRun.check(
          settings(write(fitted().network()), input, output), output.toString(), HADOOP);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertRefused(Type type, Runnable reading) {
    String message =
        assertThrows(IllegalArgumentException.class, reading::run, type.toString()).getMessage();
    assertTrue(message.contains("column 'x' is of type "), message);
  }

  @Test
  void textsThatAreNumbers_areRefusedWithTheWayOut_inTrainingAndScoringAlike() throws Exception {
    String path = write(texts().findFirst().orElseThrow());
    for (Runnable reading :
        List.<Runnable>of(() -> inspect(train(path, "x")), () -> checkScoring(infer(path, "x")))) {
      String message = assertThrows(IllegalArgumentException.class, reading::run).getMessage();
      assertTrue(
          message.endsWith(
              "column 'x' is of type STRING (binary); a feature is a number, a list of numbers or a"
                  + " vector: write it as one, or train with columns: {'x': {categories: auto}} or"
                  + " without it"),
          message);
    }
  }

  @Test
  void vectorsOfSparkMl_denseAndSparse_areNumbersEverywhere() throws IOException {
    String path = folder.resolve("vectors").toString();
    LocalSpark.session()
        .createDataFrame(
            List.of(
                RowFactory.create(Vectors.dense(0, 1), 0.5),
                RowFactory.create(Vectors.sparse(2, new int[] {1}, new double[] {3}), 1.5),
                RowFactory.create(Vectors.dense(4, 5), 2.5)),
            new StructType().add("x", SQLDataTypes.VectorType()).add("y", DataTypes.DoubleType))
        .coalesce(1)
        .write()
        .parquet(path);
    assertRead(path, Map.of("x", List.of(List.of(0f, 1f), List.of(0f, 3f), List.of(4f, 5f))));
  }

  @Test
  void filesOfArrow_areReadTheSame_dictionariesAndColumnsThatMayBeNullAmongThem()
      throws IOException {
    String path = resource("numbers.parquet");
    Map<String, List<Float>> first =
        Map.ofEntries(
            Map.entry("int8", List.of(-128f)),
            Map.entry("uint8", List.of(255f)),
            Map.entry("uint16", List.of(65_535f)),
            Map.entry("uint32", List.of(0x1p32f)),
            Map.entry("uint64", List.of(1.8446744e19f)),
            Map.entry("bool", List.of(1f)),
            Map.entry("nullable", List.of(1.5f)),
            Map.entry("dictionary", List.of(2.5f)),
            Map.entry("decimal9", List.of(-1.25f)),
            Map.entry("decimal18", List.of(-1.25f)),
            Map.entry("decimal38", List.of(-1.25f)),
            Map.entry("seconds", List.of(60f)), // a duration is a plain integer in Parquet
            Map.entry("bytes", List.of(0f, 200f)),
            Map.entry("fixed", List.of(0f, 200f)),
            Map.entry("list", List.of(1f, 2f)),
            Map.entry("large_list", List.of(1f, 2f)),
            Map.entry("fixed_list", List.of(1f, 2f)),
            Map.entry("matrix", List.of(1f, 2f, 3f, 4f)));
    Map<String, List<List<Float>>> columns = new LinkedHashMap<>();
    first.forEach(
        (name, row) -> columns.put(name, List.of(row, row.stream().map(x -> 0f).toList(), row)));
    assertRead(path, columns);
  }

  @Test
  void filesOfArrow_whoseColumnsAreNoNumbers_areRefusedByName() throws IOException {
    String path = resource("others.parquet");
    FileStatus file = FileSystem.getLocal(HADOOP).getFileStatus(new Path(path));
    List<String> columns = new ArrayList<>(ParquetFile.open(HADOOP, file).columns());
    assertTrue(columns.remove("y"));
    assertEquals(17, columns.size());
    for (String column : columns) {
      for (Runnable reading :
          List.<Runnable>of(
              () -> inspect(train(path, column)), () -> checkScoring(infer(path, column)))) {
        String message =
            assertThrows(IllegalArgumentException.class, reading::run, column).getMessage();
        assertTrue(message.contains("column '" + column + "' is"), message);
      }
    }
  }

  @Test
  void keptColumnsThatSparkDoesNotRead_areNamedBeforeItStarts() throws IOException {
    Put one = (g, x, i) -> g.add(x, 1L);
    String path =
        write(
            List.of(
                of("x", Types.required(INT32), (g, x, i) -> g.add(x, i)),
                of("time", int64(timeType(true, TimeUnit.MICROS)), one)));
    InferenceSettings settings =
        settings(
            write(fitted().network()),
            infer(path, "x"),
            List.of("time"),
            folder.resolve("kept"),
            0);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> InferenceRun.check(settings, settings.output().folder(), HADOOP))
            .getMessage();
    assertTrue(
        message.contains("Spark does not read one of the columns [time]: Illegal Parquet type"),
        message);
  }

  @Test
  void filesWhoseTypesDoNotFit_areSetApart_allTheirRowsCounted() throws IOException {
    java.nio.file.Path data = Files.createDirectory(folder.resolve("data"));
    Put texts = (g, x, i) -> g.add(x, "5.1");
    List<Column> columns =
        List.of(
            of("x", Types.required(INT32), (g, x, i) -> g.add(x, i)),
            refused(binary(stringType()), texts),
            refused(int64(timeType(true, TimeUnit.MICROS)), (g, x, i) -> g.add(x, 1L)),
            of("other", binary(stringType()), texts));
    for (int i = 0; i < columns.size(); i++) {
      Files.copy(
          java.nio.file.Path.of(write(columns.get(i))), data.resolve("%d.parquet".formatted(i)));
    }
    java.nio.file.Path output = folder.resolve("apart");
    InferenceRun.Outcome outcome =
        InferenceRun.check(
                settings(
                    write(fitted().network()), infer(data.toString(), "x"), List.of(), output, 1),
                output.toString(),
                HADOOP)
            .run(LocalSpark.session(), new Stop(), progress -> {});
    assertEquals(NUM_ROWS, outcome.counts().rows());
    assertEquals(3 * NUM_ROWS, outcome.counts().quarantined());
    assertEquals(
        List.of(
            "1.parquet: column 'x' is of type STRING (binary)",
            "2.parquet: column 'x' is of type TIME(MICROS,true) (int64)",
            "3.parquet: the file has no column 'x'"),
        outcome.survey().reasons().values().stream()
            .map(reason -> reason.place() + ": " + reason.words())
            .map(words -> words.replaceFirst(".*/", "").replaceFirst(";.*", ""))
            .sorted()
            .toList());
  }

  private static String resource(String name) {
    URL file = Objects.requireNonNull(ParquetTypesSparkTest.class.getResource(name));
    return file.getPath();
  }

  static Stream<Column> dates() {
    long micros = 1_709_244_900_000_000L; // 2024-02-29T22:15Z
    ByteBuffer int96 = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    int96.putLong((22 * 60 + 15) * 60_000_000_000L).putInt(2_440_588 + 19_782);
    Put inMicros = (g, x, i) -> g.add(x, micros);
    Put inMillis = (g, x, i) -> g.add(x, micros / 1000);
    return Stream.of(
        refused(int32(dateType()), (g, x, i) -> g.add(x, 19_782)),
        refused(int64(timestampType(true, TimeUnit.MICROS)), inMicros),
        refused(int64(timestampType(false, TimeUnit.MICROS)), inMicros),
        refused(int64(timestampType(true, TimeUnit.MILLIS)), inMillis),
        refused(int64(timestampType(false, TimeUnit.MILLIS)), inMillis),
        refused(
            Types.required(INT96),
            (g, x, i) -> g.add(x, Binary.fromConstantByteArray(int96.array()))),
        refused(binary(stringType()), (g, x, i) -> g.add(x, "2024-02-29")));
  }

  @ParameterizedTest
  @MethodSource("dates")
  void datesAndTimes_giveTheSameParts_inTrainingAndScoring(Column column) throws IOException {
    assertParts(write(column), List.of(2024f, 29f, 4f));
  }

  private void assertParts(String path, List<Float> parts) throws IOException {
    ColumnSettings settings =
        new ColumnSettings(
            null,
            null,
            List.of(DatePart.YEAR, DatePart.DAY, DatePart.WEEKDAY),
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    Parquet dated =
        new Parquet(path, List.of("y"), List.of("x"), null, null, null, Map.of("x", settings));
    List<Float> rows = Stream.of(parts, parts, parts).flatMap(List::stream).toList();
    assertEquals(rows, features(dated));

    Model model = modelOfDates();
    double expected = answer(model, parts);
    for (double prediction : predictions(write(model), infer(path, "x"))) {
      assertEquals(expected, prediction, 1e-6 * Math.abs(expected));
    }
  }

  /** A model of three parts of a date, which its file says how to make. */
  private static Model modelOfDates() throws IOException {
    ModelDescription description =
        new JsonMapper()
            .readValue(
                """
                {"network": {"layers": [{"output": {"loss": "meanSquared"}}]},
                 "inputs": [{"name": "input", "shape": [3],
                    "encoding": {"maskedStep": 0, "columns": [
                       {"name": "x", "as": {"date": {"parts": ["year", "day", "weekday"]}}}]},
                    "normaliser": {"shift": [0], "scale": [1], "inner": 1}}],
                 "labels": [{"task": "regression", "width": 1, "classes": []}],
                 "provenance": {"braid": "test", "seed": 1, "settingsSha256": "00", "epochs": 0,
                    "rounds": 0, "examples": 0}}
                """,
                ModelDescription.class);
    State state = description.plan().initialState(11);
    return new Model(description, state.params(), state.statistics());
  }

  private static double answer(Model model, List<Float> input) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelFile.write(bytes, model);
    float[] numbers = new float[input.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = input.get(i);
    }
    try (LoadedModel loaded = ModelBytes.load(bytes.toByteArray(), ForeignSettings.NONE);
        Predictor predictor = loaded.predictor()) {
      return predictor.answer(MiniBatch.unlabelled(1, numbers))[0][0];
    }
  }

  @Test
  void datesOfOldTimes_areThoseOfGregorysCalendar() throws IOException {
    int day = (int) LocalDate.of(1500, 3, 1).toEpochDay(); // a Thursday
    long micros = day * 86_400_000_000L;
    for (Column column :
        List.of(
            refused(int32(dateType()), (g, x, i) -> g.add(x, day)),
            refused(int64(timestampType(true, TimeUnit.MICROS)), (g, x, i) -> g.add(x, micros)))) {
      assertParts(write(column), List.of(1500f, 1f, 4f));
    }
  }

  private static Parquet train(String path, String... features) {
    return Sources.parquet(path, List.of("y"), List.of(features), null);
  }

  private static Parquet infer(String path, String... features) {
    return Sources.parquet(path, null, List.of(features), null);
  }

  private String write(Column column) throws IOException {
    return write(List.of(column));
  }

  /** A file of these columns and a label, in the order 0.5, 1.5, 2.5; its path. */
  private String write(List<Column> columns) throws IOException {
    List<Type> all = new ArrayList<>(columns.stream().map(Column::type).toList());
    all.add(LABEL);
    MessageType schema = new MessageType("table", all);
    String path = Files.createTempDirectory(folder, "table").resolve("part.parquet").toString();
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new Path(path)).withType(schema).withConf(HADOOP).build()) {
      for (int i = 0; i < NUM_ROWS; i++) {
        SimpleGroup row = new SimpleGroup(schema);
        for (Column column : columns) {
          column.put().add(row, column.name(), i);
        }
        row.add("y", i + 0.5);
        writer.write(row);
      }
    }
    return path;
  }

  private static Binary bytes(long value, int length) {
    byte[] few = BigInteger.valueOf(value).toByteArray();
    byte[] bytes = new byte[Math.max(length, few.length)];
    Arrays.fill(bytes, value < 0 ? (byte) -1 : 0);
    System.arraycopy(few, 0, bytes, bytes.length - few.length, few.length);
    return Binary.fromConstantByteArray(bytes);
  }

  private static SourceFacts inspect(Source source) {
    return source.inspect(
        new Inspection(
            HADOOP, "data.train", Optional.of(Tasks.named("regression")), Optional.empty()));
  }

  private static List<Float> features(Source source) {
    try (Shards shards = Shards.of(source.read(LocalSpark.session(), inspect(source)), 1, 3)) {
      return shards
          .rdd()
          .flatMap(
              shard -> {
                int width = shard.input(0).width();
                List<float[]> rows = new ArrayList<>();
                for (int i = 0; i < shard.size(); i++) {
                  float[] row = new float[width + 1];
                  shard.input(0).read(i, row, 0);
                  shard.label(0).read(i, row, width);
                  rows.add(row);
                }
                rows.sort((a, b) -> Float.compare(a[width], b[width]));
                List<Float> numbers = new ArrayList<>();
                for (float[] row : rows) {
                  for (int k = 0; k < width; k++) {
                    numbers.add(row[k]);
                  }
                }
                return numbers.iterator();
              })
          .collect();
    }
  }

  @Test
  void unusedColumnsOfAnyType_areInNobodysWay() throws IOException {
    String path =
        write(
            List.of(
                of("x", Types.required(INT32), (g, x, i) -> g.add(x, i)),
                of("time", int32(timeType(true, TimeUnit.MILLIS)), (g, x, i) -> g.add(x, i)),
                of("n", int64(timestampType(true, TimeUnit.NANOS)), (g, x, i) -> g.add(x, 1L))));
    assertEquals(List.of(0f, 1f, 2f), features(train(path, "x")));
    assertEquals(NUM_ROWS, predictions(write(fitted().network()), infer(path, "x")).size());
  }

  @Test
  void filesThatTheReaderDoesNotKnow_areRefusedByName() {
    for (String problem : refusalsOf("brotli.parquet")) {
      assertTrue(problem.contains("is compressed with BROTLI"), problem);
    }
    for (String problem : refusalsOf("float16.parquet")) {
      assertTrue(problem.contains("such as float16; write them as another"), problem);
    }
    for (String problem : refusalsOf("split.parquet")) {
      assertTrue(problem.contains("has a column [x] in the encoding BYTE_STREAM_SPLIT"), problem);
    }
    for (String problem : refusalsOf("decimal50.parquet")) {
      assertTrue(problem.contains("column 'x' is of type DECIMAL(50,5)"), problem);
    }
  }

  /**
   * Why a file of parquet.py's, which lies among the resources, is neither trained on nor scored.
   */
  private List<String> refusalsOf(String name) {
    return Stream.<Runnable>of(
            () -> inspect(train(resource(name), "x")),
            () -> checkScoring(infer(resource(name), "x")))
        .map(reading -> assertThrows(IllegalArgumentException.class, reading::run).getMessage())
        .collect(Collectors.toList());
  }

  @Test
  void datesInNanoseconds_areRefusedWithTheWayOut() throws IOException {
    String path =
        write(refused(int64(timestampType(true, TimeUnit.NANOS)), (g, x, i) -> g.add(x, 1L)));
    Map<String, ColumnSettings> columns =
        Map.of(
            "x",
            new ColumnSettings(
                null, null, List.of(DatePart.YEAR), null, null, null, null, null, null, null));
    Parquet dates = new Parquet(path, List.of("y"), List.of("x"), null, null, null, columns);
    String message =
        assertThrows(IllegalArgumentException.class, () -> inspect(dates)).getMessage();
    assertTrue(message.endsWith("it cannot be a date; write it in microseconds"), message);
  }

  @Test
  void namesOfAnyCharacters_orDifferingByCase_areRead() throws IOException {
    for (String name :
        List.of("sepal length (cm)", "a;b", "a,b", "x=y", "{z}", "a.b", "a`b", "'q'", "\u00e9\"")) {
      String path =
          write(
              List.of(
                  of(name, Types.required(INT32), (g, x, i) -> g.add(x, i)),
                  of("Y", Types.required(INT32), (g, x, i) -> g.add(x, 9))));
      assertEquals(List.of(0f, 1f, 2f), features(train(path, name)), name);
    }
  }
}
