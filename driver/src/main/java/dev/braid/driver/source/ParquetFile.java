package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * A Parquet file that is looked at before Spark reads it.
 *
 * @param file where it lies
 * @param schema its columns
 * @param numRows how many rows it holds
 */
public record ParquetFile(FileStatus file, MessageType schema, long numRows) {

  /**
   * Reads a file's end, where schema and counts are.
   *
   * @throws IllegalArgumentException if this is not a Parquet file
   */
  public static ParquetFile open(Configuration hadoop, FileStatus file) {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromStatus(file, hadoop))) {
      return new ParquetFile(file, reader.getFileMetaData().getSchema(), reader.getRecordCount());
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          "%s is not a sound Parquet file: %s".formatted(file.getPath(), e.getMessage()), e);
    }
  }

  String name() {
    return file.getPath().toString();
  }

  /** Names of the columns. */
  public List<String> columns() {
    return schema.getFields().stream().map(Type::getName).toList();
  }

  /** The first rows, of some columns only. */
  public List<Group> rows(Configuration hadoop, List<Integer> columns, long maxRows) {
    MessageType part =
        new MessageType(schema.getName(), columns.stream().map(schema::getType).toList());
    Configuration conf = new Configuration(hadoop);
    conf.set(ReadSupport.PARQUET_READ_SCHEMA, part.toString());
    List<Group> rows = new ArrayList<>();
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file.getPath()).withConf(conf).build()) {
      for (Group row = reader.read(); row != null && rows.size() < maxRows; row = reader.read()) {
        rows.add(row);
      }
      return rows;
    } catch (IOException e) {
      throw Inspection.unreadable(name(), e);
    }
  }

  /**
   * Checks that a column can be turned into numbers, or as a label into text.
   *
   * @throws IllegalArgumentException naming the column and its type
   */
  void requireUsable(int column, boolean asLabel) {
    Type type = schema.getType(column);
    require(
        asLabel ? isUsable(type) && !isDecimal(type) : isUsable(type) && !isText(type),
        "%s: column '%s' is of type %s; a %s",
        name(),
        type.getName(),
        type,
        asLabel ? "label is a text, a number or a list of them" : "feature is a number or a list");
  }

  private static boolean isUsable(Type type) {
    if (type.isPrimitive()) {
      PrimitiveTypeName name = type.asPrimitiveType().getPrimitiveTypeName();
      return switch (name) {
        case INT32, INT64, FLOAT, DOUBLE, BOOLEAN -> true;
        case BINARY, FIXED_LEN_BYTE_ARRAY -> isText(type) || isDecimal(type);
        case INT96 -> false;
      };
    }
    return isVector(type.asGroupType()) || isList(type);
  }

  private static boolean isList(Type type) {
    return type.getLogicalTypeAnnotation()
        instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation;
  }

  private static boolean isText(Type type) {
    return type.getLogicalTypeAnnotation()
            instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
        || type.getLogicalTypeAnnotation()
            instanceof LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
  }

  private static boolean isDecimal(Type type) {
    return type.getLogicalTypeAnnotation()
        instanceof LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
  }

  /** Spark's vectors: type 0 is sparse and knows its size, type 1 is dense. */
  private static boolean isVector(GroupType type) {
    return type.getFields().stream()
        .map(Type::getName)
        .toList()
        .equals(List.of("type", "size", "indices", "values"));
  }

  /** How many numbers column {@code i} of a row holds; 0 where it is empty. */
  public static int width(Group row, int i) {
    return values(row, i).size();
  }

  /** The values of column {@code i} of a row as text, null for those that are missing. */
  static List<String> values(Group row, int i) {
    List<String> values = new ArrayList<>();
    collect(row, i, values);
    return values;
  }

  private static void collect(Group parent, int field, List<String> values) {
    Type type = parent.getType().getType(field);
    for (int k = 0; k < parent.getFieldRepetitionCount(field); k++) {
      if (type.isPrimitive()) {
        values.add(text(parent, field, k, type));
      } else if (isVector(type.asGroupType())) {
        collectVector(parent.getGroup(field, k), values);
      } else {
        // A list holds one repeated field; that is the element, or a group around the element.
        Group list = parent.getGroup(field, k);
        collect(list, 0, values);
      }
    }
  }

  private static void collectVector(Group vector, List<String> values) {
    boolean sparse = vector.getInteger("type", 0) == 0;
    if (sparse) {
      IntStream.range(0, vector.getInteger("size", 0)).forEach(j -> values.add("0"));
    } else {
      collect(vector, 3, values);
    }
  }

  private static String text(Group parent, int field, int k, Type type) {
    return switch (type.asPrimitiveType().getPrimitiveTypeName()) {
      case INT32 -> String.valueOf(parent.getInteger(field, k));
      case INT64 -> String.valueOf(parent.getLong(field, k));
      case FLOAT -> Labels.name(parent.getFloat(field, k));
      case DOUBLE -> Labels.name(parent.getDouble(field, k));
      case BOOLEAN -> String.valueOf(parent.getBoolean(field, k));
      case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> parent.getBinary(field, k).toStringUsingUTF8();
    };
  }
}
