package dev.braid.driver.source;

import dev.braid.worker.inference.ModelFacts;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/**
 * A format of tables: files become rows of values by the names of their columns, each with its
 * place, for training and scoring alike. A row that cannot be used has a reason instead.
 */
sealed interface TableFormat extends Source, Input permits Csv, Json, Libsvm, Parquet {

  /** What the settings call it. */
  String kind();

  /** What the columns are taken for. */
  TableColumns wanted();

  /**
   * The names of the columns of a file, those of its folders not among them.
   *
   * @throws IllegalArgumentException when the file cannot be read
   */
  List<String> columns(Inspection inspection, FileStatus file);

  /** Refuses a file by whose columns alone nobody should learn. */
  default void requireSound(Inspection inspection, FileStatus file) {}

  /**
   * Refuses a file that lacks a column, or has it in a type which cannot be used.
   *
   * @param use what the columns are used for, by their names in this file
   * @throws IllegalArgumentException naming file and column
   */
  default void requireFits(Inspection inspection, FileStatus file, TableUse use) {}

  /** The file that tells which columns there are. */
  default FileStatus first(Inspection inspection, List<FileStatus> files) {
    return files.get(0);
  }

  /** How many rows there are, where files say it. */
  default OptionalLong numRows(Inspection inspection, List<FileStatus> files) {
    return OptionalLong.empty();
  }

  /** Whether some columns alone are read in less time than all. */
  default boolean isColumnar() {
    return false;
  }

  /** What may be wrong when the first row of a file is. */
  default Optional<String> firstRowHint() {
    return Optional.empty();
  }

  /** The rows of a file, read on this machine without Spark. */
  Parts.Rows<Object[]> rows(Configuration hadoop, FileStatus file, Selection selection);

  /**
   * The rows of some files, in the order of the files and within them, in parts of about {@code
   * partBytes}.
   */
  JavaRDD<Placed<Object[]>> rows(
      SparkSession spark, List<FileStatus> files, Selection selection, long partBytes);

  @Override
  default SourceFacts inspect(Inspection inspection) {
    return new TableExamples(this).inspect(inspection);
  }

  @Override
  default SourceFacts complete(SparkSession spark, SourceFacts facts) {
    return new TableExamples(this).complete(spark, facts);
  }

  @Override
  default Examples read(SparkSession spark, SourceFacts facts) {
    return new TableExamples(this).read(spark, facts);
  }

  @Override
  default InputPlan inspect(Inspection inspection, ModelFacts model, List<String> keep) {
    return new TableItems(this).plan(inspection, model, keep);
  }

  @Override
  default List<StructField> keptFields(SparkSession spark, InputPlan plan, List<FileStatus> files) {
    return plan.keptColumns().stream()
        .map(name -> DataTypes.createStructField(name, DataTypes.StringType, true))
        .toList();
  }

  @Override
  default JavaRDD<Placed<Item>> read(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes) {
    return new TableItems(this).read(spark, plan, files, partBytes);
  }
}
