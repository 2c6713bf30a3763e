package dev.braid.driver.ml;

import static dev.braid.worker.Check.require;

import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/** Checks of columns before anything is computed. */
final class Schemas {
  private Schemas() {}

  /** Requires a column of vectors or of arrays of numbers. */
  static void requireFeatures(StructType schema, String column) {
    DataType type = type(schema, "featuresCol", column);
    boolean isArray = type instanceof ArrayType array && array.elementType() instanceof NumericType;
    require(
        isArray || type.equals(SQLDataTypes.VectorType()),
        "featuresCol: column '%s' is %s; expected a vector or an array of numbers",
        column,
        type.catalogString());
  }

  /** Requires a column of numbers. */
  static void requireNumber(StructType schema, String column) {
    DataType type = type(schema, "labelCol", column);
    require(
        type instanceof NumericType,
        "labelCol: column '%s' is %s; expected a number, such as StringIndexer makes of names",
        column,
        type.catalogString());
  }

  /** The schema with one more column. */
  private static StructType plus(StructType schema, String setting, String column, DataType type) {
    require(
        !List.of(schema.fieldNames()).contains(column),
        "%s: there is a column '%s' already",
        setting,
        column);
    return schema.add(column, type, false);
  }

  /** The schema with the columns that a classifier adds. */
  static StructType plusClasses(
      StructType schema, String rawPrediction, String probability, String prediction) {
    StructType raw = plus(schema, "rawPredictionCol", rawPrediction, SQLDataTypes.VectorType());
    StructType both = plus(raw, "probabilityCol", probability, SQLDataTypes.VectorType());
    return plusPrediction(both, prediction);
  }

  /** The schema with the column of what is predicted, a number. */
  static StructType plusPrediction(StructType schema, String prediction) {
    return plus(schema, "predictionCol", prediction, DataTypes.DoubleType);
  }

  private static DataType type(StructType schema, String setting, String column) {
    require(
        List.of(schema.fieldNames()).contains(column),
        "%s: there is no column '%s'; the columns are %s",
        setting,
        column,
        String.join(", ", schema.fieldNames()));
    return schema.apply(column).dataType();
  }
}
