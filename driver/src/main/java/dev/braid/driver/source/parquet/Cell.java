package dev.braid.driver.source.parquet;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import scala.Function1;

/** A column's values in Spark's own rows, which the next row overwrites. */
public final class Cell {
  private final DataType type;
  private final Function1<Object, Object> converter;

  Cell(DataType type) {
    this.type = type;
    this.converter = CatalystTypeConverters.createToScalaConverter(type);
  }

  /** The value as Spark's users know it; null for none. */
  Object kept(InternalRow row, int column) {
    return row.isNullAt(column) ? null : converter.apply(row.get(column, type));
  }

  /** The value as plain Java: numbers, texts, dates, lists of them; null for none. */
  Object value(InternalRow row, int column) {
    return value(row, column, type);
  }

  private static Object value(SpecializedGetters row, int at, DataType type) {
    if (row.isNullAt(at)) {
      return null;
    }
    if (type instanceof ArrayType list) {
      return list(row.getArray(at), list.elementType());
    }
    if (type instanceof StringType) {
      return row.getUTF8String(at).toString();
    }
    if (type instanceof DecimalType decimal) {
      return row.getDecimal(at, decimal.precision(), decimal.scale()).toJavaBigDecimal();
    }
    if (type instanceof DateType) {
      return LocalDate.ofEpochDay(row.getInt(at));
    }
    if (type instanceof TimestampType || type instanceof TimestampNTZType) {
      return ParquetValues.time(row.getLong(at));
    }
    if (type instanceof BinaryType) {
      return row.getBinary(at);
    }
    if (type instanceof StructType struct) {
      return vector(row.getStruct(at, struct.length()));
    }
    return row.get(at, type);
  }

  private static Object list(ArrayData list, DataType type) {
    if (type instanceof FloatType && !hasNull(list)) {
      return list.toFloatArray();
    }
    List<Object> values = new ArrayList<>(list.numElements());
    for (int i = 0; i < list.numElements(); i++) {
      values.add(value(list, i, type));
    }
    return values;
  }

  private static boolean hasNull(ArrayData list) {
    for (int i = 0; i < list.numElements(); i++) {
      if (list.isNullAt(i)) {
        return true;
      }
    }
    return false;
  }

  /** Spark ML's vectors: type, size, indices, values. */
  private static float[] vector(InternalRow vector) {
    boolean dense = vector.getByte(0) == 1;
    double[] numbers = vector.getArray(3).toDoubleArray();
    int[] indices = dense ? new int[0] : vector.getArray(2).toIntArray();
    float[] result = new float[dense ? numbers.length : vector.getInt(1)];
    for (int i = 0; i < numbers.length; i++) {
      result[dense ? i : indices[i]] = (float) numbers[i];
    }
    return result;
  }
}
