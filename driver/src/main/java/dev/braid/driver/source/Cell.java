package dev.braid.driver.source;

import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.FloatType;
import scala.Function1;

/** A column's values in Spark's own rows, which the next row overwrites. */
final class Cell {
  private final DataType type;
  private final boolean floats;
  private final Function1<Object, Object> converter;

  Cell(DataType type) {
    this.type = type;
    this.floats = type instanceof ArrayType list && list.elementType() instanceof FloatType;
    this.converter = CatalystTypeConverters.createToScalaConverter(type);
  }

  /** The value as everybody knows it; null for none. */
  Object value(InternalRow row, int column) {
    return row.isNullAt(column) ? null : converter.apply(row.get(column, type));
  }

  /** Adds what the cell holds. */
  void addTo(Numbers numbers, InternalRow row, int column, String name) {
    if (!floats || row.isNullAt(column)) {
      numbers.addCell(value(row, column), name);
      return;
    }
    ArrayData list = row.getArray(column);
    for (int i = 0; i < list.numElements(); i++) {
      if (list.isNullAt(i)) {
        numbers.addCell(null, name);
      }
    }
    numbers.addAll(list.toFloatArray(), name);
  }
}
