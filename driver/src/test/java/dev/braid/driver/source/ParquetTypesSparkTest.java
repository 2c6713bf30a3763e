package dev.braid.driver.source;

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

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.TrainingData;
import dev.braid.worker.data.Task;
import dev.braid.worker.encoding.DatePart;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every type of Parquet's: its numbers are right, or it is refused by name before Spark starts. */
class ParquetTypesSparkTest {
  private static final Type LABEL = Types.required(DOUBLE).named("y");

  @TempDir private java.nio.file.Path folder;

  private Parquet file(String name, Type column, BiConsumer<Group, Integer> put)
      throws IOException {
    return file(name, List.of(column), put, "x");
  }

  private Parquet file(
      String name, List<Type> columns, BiConsumer<Group, Integer> put, String feature)
      throws IOException {
    List<Type> all = new ArrayList<>(columns);
    all.add(LABEL);
    MessageType schema = new MessageType("table", all);
    java.nio.file.Path path = folder.resolve(name + ".parquet");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(path.toString()))
            .withType(schema)
            .withConf(new Configuration())
            .build()) {
      for (int i = 0; i < 3; i++) {
        SimpleGroup row = new SimpleGroup(schema);
        put.accept(row, i);
        row.add("y", i + 0.5);
        writer.write(row);
      }
    }
    return new Parquet(path.toString(), List.of("y"), List.of(feature), null);
  }

  private static SourceFacts inspect(Source source) {
    return source.inspect(
        new Inspection(
            new Configuration(), "data.train", Optional.of(Task.REGRESSION), Optional.empty()));
  }

  private static List<Float> features(Source source) {
    try (Shards shards = TrainingData.load(LocalSpark.session(), source, inspect(source), 1, 3)) {
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
  void numbersOfEveryType_areRight() throws IOException {
    Map<Type, BiConsumer<Group, Integer>> types = new LinkedHashMap<>();
    types.put(Types.required(INT32).named("x"), (g, i) -> g.add("x", i - 1));
    types.put(Types.required(INT32).as(intType(8, true)).named("x"), (g, i) -> g.add("x", i - 1));
    types.put(Types.required(INT64).named("x"), (g, i) -> g.add("x", i - 1L));
    types.put(Types.required(FLOAT).named("x"), (g, i) -> g.add("x", i - 1f));
    types.put(Types.required(DOUBLE).named("x"), (g, i) -> g.add("x", i - 1.0));
    types.put(
        Types.required(INT32).as(decimalType(2, 9)).named("x"),
        (g, i) -> g.add("x", 100 * i - 100));
    types.put(
        Types.required(INT64).as(decimalType(2, 18)).named("x"),
        (g, i) -> g.add("x", 100L * i - 100));
    types.put(
        Types.required(BINARY).as(decimalType(3, 30)).named("x"),
        (g, i) -> g.add("x", bytes(BigInteger.valueOf(1000L * i - 1000), 0)));
    types.put(
        Types.required(FIXED_LEN_BYTE_ARRAY).length(16).as(decimalType(0, 38)).named("x"),
        (g, i) -> g.add("x", bytes(BigInteger.valueOf(i - 1L), 16)));
    int number = 0;
    for (Map.Entry<Type, BiConsumer<Group, Integer>> type : types.entrySet()) {
      Parquet parquet = file("n" + number++, type.getKey(), type.getValue());
      assertEquals(List.of(-1f, 0f, 1f), features(parquet), type.getKey().toString());
    }
  }

  private static Binary bytes(BigInteger value, int length) {
    byte[] short_ = value.toByteArray();
    byte[] bytes = new byte[Math.max(length, short_.length)];
    java.util.Arrays.fill(bytes, value.signum() < 0 ? (byte) -1 : 0);
    System.arraycopy(short_, 0, bytes, bytes.length - short_.length, short_.length);
    return Binary.fromConstantByteArray(bytes);
  }

  @Test
  void unsignedBooleansAndBytes_areRight() throws IOException {
    assertEquals(
        List.of(255f, 255f, 255f),
        features(
            file(
                "u8",
                Types.required(INT32).as(intType(8, false)).named("x"),
                (g, i) -> g.add("x", 255))));
    assertEquals(
        List.of(0x1p32f, 0x1p32f, 0x1p32f),
        features(
            file(
                "u32",
                Types.required(INT32).as(intType(32, false)).named("x"),
                (g, i) -> g.add("x", -1))));
    assertEquals(
        List.of(1.8446744e19f, 1.8446744e19f, 1.8446744e19f),
        features(
            file(
                "u64",
                Types.required(INT64).as(intType(64, false)).named("x"),
                (g, i) -> g.add("x", -1L))));
    assertEquals(
        List.of(0f, 1f, 0f),
        features(file("b", Types.required(BOOLEAN).named("x"), (g, i) -> g.add("x", i == 1))));
    assertEquals(
        List.of(0f, 200f, 1f, 200f, 2f, 200f),
        features(
            file(
                "bytes",
                Types.required(BINARY).named("x"),
                (g, i) ->
                    g.add("x", Binary.fromConstantByteArray(new byte[] {i.byteValue(), -56})))));
  }

  @Test
  void listsOfEveryKind_areRight() throws IOException {
    List<Float> expected = List.of(0f, 7f, 1f, 7f, 2f, 7f);
    Type standard = Types.requiredList().element(Types.required(INT64).named("element")).named("x");
    assertEquals(
        expected,
        features(
            file(
                "list",
                standard,
                (g, i) -> {
                  Group list = g.addGroup("x");
                  list.addGroup(0).add(0, (long) i);
                  list.addGroup(0).add(0, 7L);
                })));
    assertEquals(
        expected,
        features(
            file(
                "repeated",
                Types.repeated(FLOAT).named("x"),
                (g, i) -> {
                  g.add("x", (float) i);
                  g.add("x", 7f);
                })));
  }

  @Test
  void datesAndTimes_giveParts_orAreRefusedAsNumbers() throws IOException {
    long micros = 1_709_244_900_000_000L; // 2024-02-29T22:15Z
    ByteBuffer int96 = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    int96.putLong((22 * 60 + 15) * 60_000_000_000L).putInt(2_440_588 + 19_782);
    Map<Type, BiConsumer<Group, Integer>> types = new LinkedHashMap<>();
    types.put(Types.required(INT32).as(dateType()).named("x"), (g, i) -> g.add("x", 19_782));
    for (boolean utc : new boolean[] {true, false}) {
      types.put(
          Types.required(INT64).as(timestampType(utc, TimeUnit.MICROS)).named("x"),
          (g, i) -> g.add("x", micros));
      types.put(
          Types.required(INT64).as(timestampType(utc, TimeUnit.MILLIS)).named("x"),
          (g, i) -> g.add("x", micros / 1000));
    }
    types.put(
        Types.required(INT96).named("x"),
        (g, i) -> g.add("x", Binary.fromConstantByteArray(int96.array())));
    types.put(
        Types.required(BINARY).as(stringType()).named("x"), (g, i) -> g.add("x", "2024-02-29"));
    ColumnSettings parts =
        new ColumnSettings(
            null, null, List.of(DatePart.YEAR, DatePart.DAY, DatePart.WEEKDAY), null, null, null);
    int number = 0;
    for (Map.Entry<Type, BiConsumer<Group, Integer>> type : types.entrySet()) {
      Parquet plain = file("d" + number++, type.getKey(), type.getValue());
      assertRefused(plain, type.getKey());
      Parquet dated =
          new Parquet(
              plain.path(), List.of("y"), List.of("x"), null, null, null, Map.of("x", parts));
      assertEquals(
          List.of(2024f, 29f, 4f, 2024f, 29f, 4f, 2024f, 29f, 4f),
          features(dated),
          type.getKey().toString());
    }
  }

  @Test
  void whatIsNoNumber_isRefusedByName_asFeatureAndAsLabel() throws IOException {
    Binary sixteen = Binary.fromConstantByteArray(new byte[16]);
    Map<Type, BiConsumer<Group, Integer>> types = new LinkedHashMap<>();
    types.put(
        Types.required(INT32).as(timeType(true, TimeUnit.MILLIS)).named("x"),
        (g, i) -> g.add("x", i));
    types.put(
        Types.required(INT64).as(timeType(false, TimeUnit.MICROS)).named("x"),
        (g, i) -> g.add("x", (long) i));
    types.put(
        Types.required(INT64).as(timestampType(true, TimeUnit.NANOS)).named("x"),
        (g, i) -> g.add("x", (long) i));
    types.put(
        Types.required(FIXED_LEN_BYTE_ARRAY).length(16).as(uuidType()).named("x"),
        (g, i) -> g.add("x", sixteen));
    types.put(
        Types.required(FIXED_LEN_BYTE_ARRAY).length(16).named("x"), (g, i) -> g.add("x", sixteen));
    types.put(Types.required(BINARY).as(bsonType()).named("x"), (g, i) -> g.add("x", sixteen));
    types.put(
        Types.requiredMap()
            .key(Types.required(INT32).named("key"))
            .value(Types.required(INT32).named("value"))
            .named("x"),
        (g, i) -> g.addGroup("x").addGroup(0).append("key", i).append("value", i));
    types.put(
        Types.requiredGroup().addField(Types.required(INT32).named("a")).named("x"),
        (g, i) -> g.addGroup("x").append("a", i));
    int number = 0;
    for (Map.Entry<Type, BiConsumer<Group, Integer>> type : types.entrySet()) {
      Parquet parquet = file("r" + number++, type.getKey(), type.getValue());
      assertRefused(parquet, type.getKey());
      assertRefused(new Parquet(parquet.path(), List.of("x"), List.of("y"), null), type.getKey());
    }
    types.clear();
    types.put(Types.required(BINARY).as(enumType()).named("x"), (g, i) -> g.add("x", "a"));
    types.put(Types.required(BINARY).as(jsonType()).named("x"), (g, i) -> g.add("x", "{}"));
    for (Map.Entry<Type, BiConsumer<Group, Integer>> type : types.entrySet()) {
      assertRefused(file("t" + number++, type.getKey(), type.getValue()), type.getKey());
    }
  }

  @Test
  void unusedColumnsOfAnyType_areInNobodysWay() throws IOException {
    Parquet parquet =
        file(
            "unused",
            List.of(
                Types.required(INT32).named("x"),
                Types.required(INT32).as(timeType(true, TimeUnit.MILLIS)).named("time"),
                Types.required(INT64).as(timestampType(true, TimeUnit.NANOS)).named("nanos")),
            (g, i) -> g.append("x", i).append("time", i).append("nanos", (long) i),
            "x");
    assertEquals(List.of(0f, 1f, 2f), features(parquet));
  }

  @Test
  void filesThatTheReaderDoesNotKnow_areRefusedByName() {
    assertTrue(refusalOf("brotli.parquet").contains("is compressed with BROTLI"));
    assertTrue(refusalOf("float16.parquet").contains("such as float16; write them as another"));
  }

  /** Why a file of parquet.py's, which lies among the resources, is refused. */
  private static String refusalOf(String name) {
    URL file = Objects.requireNonNull(ParquetTypesSparkTest.class.getResource(name));
    Parquet parquet = new Parquet(file.toString(), List.of("y"), List.of("x"), null);
    return assertThrows(IllegalArgumentException.class, () -> inspect(parquet)).getMessage();
  }

  @Test
  void datesInNanoseconds_areRefusedWithTheWayOut() throws IOException {
    Parquet parquet =
        file(
            "nanos",
            Types.required(INT64).as(timestampType(true, TimeUnit.NANOS)).named("x"),
            (g, i) -> g.add("x", (long) i));
    Map<String, ColumnSettings> columns =
        Map.of("x", new ColumnSettings(null, null, List.of(DatePart.YEAR), null, null, null));
    Parquet dates =
        new Parquet(parquet.path(), List.of("y"), List.of("x"), null, null, null, columns);
    String message =
        assertThrows(IllegalArgumentException.class, () -> inspect(dates)).getMessage();
    assertTrue(message.endsWith("it cannot be a date; write it in microseconds"), message);
  }

  private static void assertRefused(Parquet parquet, Type type) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> inspect(parquet), type.toString())
            .getMessage();
    assertTrue(message.contains("column 'x' is of type "), message);
  }

  @Test
  void namesOfAnyCharacters_orDifferingByCase_areRead() throws IOException {
    for (String name :
        List.of("sepal length (cm)", "a;b", "a,b", "x=y", "{z}", "a.b", "a`b", "'q'", "\u00e9\"")) {
      Type odd = Types.required(INT32).named(name);
      Parquet parquet =
          file(
              "odd" + name.hashCode(),
              List.of(odd, Types.required(INT32).named("Y")),
              (g, i) -> g.append(name, i).append("Y", 9),
              name);
      assertEquals(List.of(0f, 1f, 2f), features(parquet), name);
    }
  }
}
