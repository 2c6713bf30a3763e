package dev.braid.driver.source;

import dev.braid.worker.encoding.Categories;
import dev.braid.worker.encoding.ColumnEncoding;
import dev.braid.worker.encoding.DateParts;
import dev.braid.worker.encoding.Flags;
import dev.braid.worker.encoding.Numbers;
import java.util.List;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** What columns of Parquet's types hold, and what they can be used for. */
final class ParquetTypes {
  private ParquetTypes() {}

  /** What the values of a column are. */
  enum Holds {
    NUMBER,
    BOOLEAN,
    TEXT,
    /** A date, or a date and a time. */
    DATE,
    BYTES,
    /** A list, also nested, of numbers or booleans. */
    NUMBERS,
    /** A list, also nested, of texts. */
    TEXTS,
    /** A vector of Spark ML. */
    VECTOR,
    /** What cannot be used. */
    OTHER
  }

  static Holds holds(Type type) {
    if (type.isRepetition(Type.Repetition.REPEATED)) {
      return listOf(element(type));
    }
    if (type.isPrimitive()) {
      return primitive(type);
    }
    if (isVector(type.asGroupType())) {
      return Holds.VECTOR;
    }
    return isList(type) ? listOf(holds(type.asGroupType().getType(0))) : Holds.OTHER;
  }

  /** What the repeated field of an old list holds. */
  private static Holds element(Type repeated) {
    if (repeated.isPrimitive()) {
      return primitive(repeated);
    }
    GroupType group = repeated.asGroupType();
    return group.getFieldCount() == 1 ? holds(group.getType(0)) : Holds.OTHER;
  }

  private static Holds listOf(Holds element) {
    return switch (element) {
      case NUMBER, BOOLEAN, NUMBERS -> Holds.NUMBERS;
      case TEXT, TEXTS -> Holds.TEXTS;
      case DATE, BYTES, VECTOR, OTHER -> Holds.OTHER;
    };
  }

  private static Holds primitive(Type type) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    PrimitiveTypeName name = type.asPrimitiveType().getPrimitiveTypeName();
    if (name == PrimitiveTypeName.INT96) {
      return Holds.DATE;
    }
    if (meaning == null) {
      return switch (name) {
        case INT32, INT64, FLOAT, DOUBLE -> Holds.NUMBER;
        case BOOLEAN -> Holds.BOOLEAN;
        case BINARY -> Holds.BYTES;
        case FIXED_LEN_BYTE_ARRAY, INT96 -> Holds.OTHER;
      };
    }
    if (meaning instanceof IntLogicalTypeAnnotation
        || meaning instanceof DecimalLogicalTypeAnnotation) {
      return Holds.NUMBER;
    }
    if (meaning instanceof StringLogicalTypeAnnotation
        || meaning instanceof EnumLogicalTypeAnnotation
        || meaning instanceof JsonLogicalTypeAnnotation) {
      return Holds.TEXT;
    }
    boolean isDate =
        meaning instanceof DateLogicalTypeAnnotation
            || (meaning instanceof TimestampLogicalTypeAnnotation stamp
                && stamp.getUnit() != TimeUnit.NANOS);
    return isDate ? Holds.DATE : Holds.OTHER;
  }

  private static boolean isOfNanos(Type type) {
    return type.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation stamp
        && stamp.getUnit() == TimeUnit.NANOS;
  }

  static boolean isList(Type type) {
    return type.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation;
  }

  /** Spark's vectors: type 0 is sparse and knows its size, type 1 is dense. */
  static boolean isVector(GroupType type) {
    return type.getFields().stream()
        .map(Type::getName)
        .toList()
        .equals(List.of("type", "size", "indices", "values"));
  }

  /** What is wrong with encoding a column of this type so; null if nothing is. */
  static String problem(Type type, ColumnEncoding as) {
    Holds holds = holds(type);
    String name = "column '%s' is of type %s; ".formatted(type.getName(), words(type));
    if (as instanceof Numbers) {
      return switch (holds) {
        case NUMBER, BOOLEAN, NUMBERS, VECTOR, BYTES -> null;
        case TEXT ->
            name + "a feature is a number or a list: " + suggestion(type, "categories: auto");
        case DATE ->
            name
                + "a feature is a number or a list: "
                + suggestion(type, "date: [year, month, day]");
        case TEXTS, OTHER ->
            name
                + "a feature is a number, a list or a vector: leave it out of the features, or"
                + " write it as one";
      };
    }
    boolean fits =
        as instanceof DateParts
            ? holds == Holds.DATE || holds == Holds.TEXT
            : holds == Holds.NUMBER || holds == Holds.BOOLEAN || holds == Holds.TEXT;
    String wanted =
        as instanceof DateParts
            ? "a date"
            : as instanceof Flags
                ? "yes or no"
                : as instanceof Categories ? "a category" : "a number";
    return fits
        ? null
        : name + "it cannot be " + wanted + (isOfNanos(type) ? "; write it in microseconds" : "");
  }

  private static String suggestion(Type type, String setting) {
    return "set columns: {'%s': {%s}}, or leave it out of the features"
        .formatted(type.getName().replace("'", "''"), setting);
  }

  /** What is wrong with a label of this type; null if nothing is. */
  static String labelProblem(Type type) {
    return switch (holds(type)) {
      case NUMBER, BOOLEAN, TEXT, NUMBERS, TEXTS, VECTOR -> null;
      case DATE, BYTES, OTHER ->
          "column '%s' is of type %s; a label is a text, a number or a list of them: write it as one"
              .formatted(type.getName(), words(type));
    };
  }

  /** A type as Parquet calls it, without the name of the column. */
  static String words(Type type) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    String stored =
        type.isPrimitive()
            ? type.asPrimitiveType()
                .getPrimitiveTypeName()
                .name()
                .toLowerCase(java.util.Locale.ROOT)
            : meaning == null ? "struct" : "group";
    return meaning == null ? stored : meaning + " (" + stored + ")";
  }
}
