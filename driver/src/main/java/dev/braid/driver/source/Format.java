package dev.braid.driver.source;
import dev.braid.driver.files.FileContent;

import dev.braid.worker.inference.ModelFacts;
import java.io.IOException;
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
 * A format of files: they become rows of values by the names of their columns, each with its place,
 * for training and scoring alike. A row that cannot be used has a reason instead.
 */
non-sealed interface Format extends Source {

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

  /** How the rows of a part of a file are read. */
  Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection);

  /** Whether tasks that read about {@code partBytes} may begin in the middle of a file. */
  default boolean isDivisible(Configuration hadoop, FileStatus file, long partBytes) {
    return Lines.isDivisible(hadoop, file.getPath());
  }

  /** The files below the path, and what lies among them and is not read. */
  default FoundFiles find(Inspection inspection) {
    return inspection.find(kind() + ".path", path());
  }

  /** Those of them that hold labelled examples. */
  default FoundFiles findLabelled(Inspection inspection) {
    return find(inspection);
  }

  /** Whether a file is one of this format, as far as its name tells. */
  default boolean isRead(FileStatus file) {
    return true;
  }

  /** The same with the shape of an input, where its rows depend on it. */
  default Format ofShape(List<Integer> inputShape) {
    return this;
  }

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
  default Parts.Rows<Object[]> rows(Configuration hadoop, FileStatus file, Selection selection) {
    try {
      return reader(hadoop, selection).open(Part.of(file), hadoop);
    } catch (IOException e) {
      throw FileContent.unreadable(file.getPath().toString(), e);
    }
  }

  /**
   * The rows of some files, in the order of the files and within them, in parts of about {@code
   * partBytes}.
   */
  default JavaRDD<Placed<Object[]>> rows(
      SparkSession spark, List<FileStatus> files, Selection selection, long partBytes) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    return Parts.read(
        spark,
        Part.cut(files, partBytes, file -> isDivisible(hadoop, file, partBytes)),
        reader(hadoop, selection));
  }

  @Override
  default SourceFacts inspect(Inspection inspection) {
    return new TableExamples(this).inspect(inspection);
  }

  @Override
  default SourceFacts complete(SparkSession spark, SourceFacts facts) {
    return new TableExamples(ofShape(facts.inputs().get(0).shape())).complete(spark, facts);
  }

  @Override
  default Examples read(SparkSession spark, SourceFacts facts) {
    return new TableExamples(ofShape(facts.inputs().get(0).shape())).read(spark, facts);
  }

  @Override
  default InputPlan plan(Inspection inspection, ModelFacts model, List<String> keep) {
    return new TableItems(ofShape(model.inputShape())).plan(inspection, model, keep);
  }

  @Override
  default List<String> leftOut(Inspection inspection) {
    return find(inspection).leftOut().remarks();
  }

  /** Text at first: what a table's file does not say otherwise. */
  @Override
  default List<StructField> keptFields(SparkSession spark, InputPlan plan, List<FileStatus> files) {
    return plan.keptColumns().stream()
        .map(name -> DataTypes.createStructField(name, DataTypes.StringType, true))
        .toList();
  }

  @Override
  default JavaRDD<Placed<Item>> items(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes) {
    return new TableItems(ofShape(plan.shape()))
        .read(spark, plan, files, partBytes, (known, row, input) -> {});
  }
}
