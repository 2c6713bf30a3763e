package dev.braid.driver.source.column;

import dev.braid.driver.source.column.ColumnType.Holds;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import scala.collection.Seq;

/** Columns of Spark's tables: what they hold, and their values as plain ones. */
public final class SparkValues {
  private SparkValues() {}

  /** The type of a column. */
  public static ColumnType type(StructField column) {
    DataType type = column.dataType();
    return new ColumnType(column.name(), type.catalogString(), holds(type));
  }

  private static Holds holds(DataType type) {
    if (type instanceof ArrayType list) {
      return holds(list.elementType()).inList();
    }
    if (type instanceof NumericType) {
      return Holds.NUMBER;
    }
    if (type instanceof BooleanType) {
      return Holds.BOOLEAN;
    }
    if (type instanceof StringType) {
      return Holds.TEXT;
    }
    if (type instanceof BinaryType) {
      return Holds.BYTES;
    }
    if (type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType) {
      return Holds.DATE;
    }
    return type.equals(SQLDataTypes.VectorType()) ? Holds.VECTOR : Holds.OTHER;
  }

  /** Vectors as numbers and sequences as lists; anything else as it is. */
  public static Object plain(Object value) {
    if (value instanceof Vector vector) {
      double[] numbers = vector.toArray();
      float[] plain = new float[numbers.length];
      for (int i = 0; i < plain.length; i++) {
        plain[i] = (float) numbers[i];
      }
      return plain;
    }
    if (value instanceof Seq<?> values) {
      List<Object> list = new ArrayList<>(values.size());
      for (scala.collection.Iterator<?> it = values.iterator(); it.hasNext(); ) {
        list.add(plain(it.next()));
      }
      return list;
    }
    return value;
  }

  /**
   * The numbers that a value holds, as a network reads them.
   *
   * @param column where the value lies, for messages
   * @throws IllegalArgumentException if one is missing or not finite
   */
  public static float[] numbers(Object value, String column) {
    Object[] row = {plain(value)};
    List<String> names = List.of(column);
    return InputEncoding.ofNumbers(names).raw(row, 0, names, Numbers.count(row[0]));
  }
}
