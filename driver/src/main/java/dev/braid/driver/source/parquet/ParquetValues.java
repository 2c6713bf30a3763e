package dev.braid.driver.source.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;

/** Values of Parquet's own reader as plain ones: the same that Spark's reader comes to. */
public final class ParquetValues {
  private static final long JULIAN_DAY_OF_1970 = 2_440_588;

  private ParquetValues() {}

  /** The value of a field; null where it has none. */
  public static Object value(Group parent, int field) {
    Type type = parent.getType().getType(field);
    int count = parent.getFieldRepetitionCount(field);
    if (type.isRepetition(Type.Repetition.REPEATED)) {
      List<Object> list = new ArrayList<>(count);
      for (int k = 0; k < count; k++) {
        list.add(element(parent, field, k, type));
      }
      return list;
    }
    return count == 0 ? null : single(parent, field, 0, type);
  }

  /** An element of a list: the repeated field, or what is alone in a group around it. */
  private static Object element(Group parent, int field, int k, Type type) {
    if (!type.isPrimitive() && type.asGroupType().getFieldCount() == 1) {
      return value(parent.getGroup(field, k), 0);
    }
    return single(parent, field, k, type);
  }

  private static Object single(Group parent, int field, int k, Type type) {
    if (type.isPrimitive()) {
      return primitive(parent, field, k, type);
    }
    Group group = parent.getGroup(field, k);
    GroupType own = type.asGroupType();
    return ParquetTypes.isVector(own) ? vector(group) : value(group, 0);
  }

  private static float[] vector(Group vector) {
    Object values = value(vector, 3);
    List<?> numbers = values instanceof List<?> list ? list : List.of();
    boolean dense = vector.getInteger("type", 0) == 1;
    float[] result = new float[dense ? numbers.size() : vector.getInteger("size", 0)];
    List<?> indices = dense ? List.of() : (List<?>) value(vector, 2);
    for (int i = 0; i < numbers.size(); i++) {
      int at = dense ? i : ((Number) indices.get(i)).intValue();
      result[at] = ((Number) numbers.get(i)).floatValue();
    }
    return result;
  }

  private static Object primitive(Group parent, int field, int k, Type type) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    return switch (type.asPrimitiveType().getPrimitiveTypeName()) {
      case INT32 -> ofInt(parent.getInteger(field, k), meaning);
      case INT64 -> ofLong(parent.getLong(field, k), meaning);
      case FLOAT -> parent.getFloat(field, k);
      case DOUBLE -> parent.getDouble(field, k);
      case BOOLEAN -> parent.getBoolean(field, k);
      case INT96 -> ofInt96(parent.getInt96(field, k));
      case BINARY, FIXED_LEN_BYTE_ARRAY -> ofBinary(parent.getBinary(field, k), meaning);
    };
  }

  private static Object ofInt(int value, LogicalTypeAnnotation meaning) {
    if (meaning instanceof DateLogicalTypeAnnotation) {
      return LocalDate.ofEpochDay(value);
    }
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
      return BigDecimal.valueOf(value, decimal.getScale());
    }
    if (meaning instanceof IntLogicalTypeAnnotation whole && !whole.isSigned()) {
      return Integer.toUnsignedLong(value);
    }
    return value;
  }

  private static Object ofLong(long value, LogicalTypeAnnotation meaning) {
    if (meaning instanceof TimestampLogicalTypeAnnotation stamp) {
      return time(stamp.getUnit() == TimeUnit.MILLIS ? value * 1000 : value);
    }
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
      return BigDecimal.valueOf(value, decimal.getScale());
    }
    if (meaning instanceof IntLogicalTypeAnnotation whole && !whole.isSigned()) {
      return new BigDecimal(Long.toUnsignedString(value));
    }
    return value;
  }

  private static Object ofBinary(Binary value, LogicalTypeAnnotation meaning) {
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
      return new BigDecimal(new BigInteger(value.getBytes()), decimal.getScale());
    }
    return meaning == null ? value.getBytes() : value.toStringUsingUTF8();
  }

  /** Nanoseconds of a day and the day's Julian number, as Impala and old Spark write times. */
  private static LocalDateTime ofInt96(Binary value) {
    ByteBuffer bytes = ByteBuffer.wrap(value.getBytes()).order(ByteOrder.LITTLE_ENDIAN);
    long nanos = bytes.getLong();
    long day = bytes.getInt() - JULIAN_DAY_OF_1970;
    return LocalDate.ofEpochDay(day).atStartOfDay().plusNanos(nanos);
  }

  /** A time as microseconds since 1970, in UTC. */
  static LocalDateTime time(long micros) {
    return LocalDate.EPOCH
        .atStartOfDay()
        .plusSeconds(Math.floorDiv(micros, 1_000_000L))
        .plusNanos(1000 * Math.floorMod(micros, 1_000_000L));
  }

  /** How many single values some values hold, for the sake of a budget. */
  public static int size(Object[] values) {
    return Arrays.stream(values).mapToInt(dev.braid.worker.encoding.Numbers::count).sum();
  }
}
