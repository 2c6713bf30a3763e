package dev.braid.driver.source.parquet;

import dev.braid.driver.source.column.ColumnType;
import dev.braid.driver.source.column.ColumnType.Holds;
import java.util.List;
import java.util.Locale;
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
import org.apache.spark.sql.types.DecimalType;

/** What columns of Parquet's types hold. */
public final class ParquetTypes {
  private ParquetTypes() {}

  /** The type of a column. */
  public static ColumnType of(Type type) {
    return new ColumnType(type.getName(), words(type), holds(type));
  }

  private static Holds holds(Type type) {
    if (type.isRepetition(Type.Repetition.REPEATED)) {
      return element(type).inList();
    }
    if (type.isPrimitive()) {
      return primitive(type);
    }
    if (isVector(type.asGroupType())) {
      return Holds.VECTOR;
    }
    return isList(type) ? holds(type.asGroupType().getType(0)).inList() : Holds.OTHER;
  }

  /** What the repeated field of an old list holds. */
  private static Holds element(Type repeated) {
    if (repeated.isPrimitive()) {
      return primitive(repeated);
    }
    GroupType group = repeated.asGroupType();
    return group.getFieldCount() == 1 ? holds(group.getType(0)) : Holds.OTHER;
  }

  private static Holds primitive(Type type) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    PrimitiveTypeName name = type.asPrimitiveType().getPrimitiveTypeName();
    if (meaning == null) {
      return switch (name) {
        case INT32, INT64, FLOAT, DOUBLE -> Holds.NUMBER;
        case BOOLEAN -> Holds.BOOLEAN;
        case BINARY, FIXED_LEN_BYTE_ARRAY -> Holds.BYTES;
        case INT96 -> Holds.DATE;
      };
    }
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
      return decimal.getPrecision() > DecimalType.MAX_PRECISION() ? Holds.OTHER : Holds.NUMBER;
    }
    if (meaning instanceof IntLogicalTypeAnnotation) {
      return Holds.NUMBER;
    }
    if (meaning instanceof StringLogicalTypeAnnotation
        || meaning instanceof EnumLogicalTypeAnnotation
        || meaning instanceof JsonLogicalTypeAnnotation) {
      return Holds.TEXT;
    }
    if (meaning instanceof TimestampLogicalTypeAnnotation stamp) {
      return stamp.getUnit() == TimeUnit.NANOS ? Holds.NANOS : Holds.DATE;
    }
    return meaning instanceof DateLogicalTypeAnnotation ? Holds.DATE : Holds.OTHER;
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

  /** A type as Parquet calls it, without the name of the column. */
  private static String words(Type type) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    String stored =
        type.isPrimitive()
            ? type.asPrimitiveType().getPrimitiveTypeName().name().toLowerCase(Locale.ROOT)
            : meaning == null ? "struct" : "group";
    return meaning == null ? stored : meaning + " (" + stored + ")";
  }
}
