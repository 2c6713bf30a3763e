package dev.braid.driver.source;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.example.Examples;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.KeyedExamples;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.row.Item;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.table.RowFormat;
import dev.braid.driver.source.table.TableExamples;
import dev.braid.driver.source.table.TableItems;
import dev.braid.worker.inference.ModelFacts;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/**
 * Files of one format: what a network learns from, is evaluated on, or is applied to. Paths may be
 * local, {@code hdfs://} or of any other file system Hadoop knows, and may hold wildcards.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(value = Idx.class, name = "idx"),
  @JsonSubTypes.Type(value = Csv.class, name = "csv"),
  @JsonSubTypes.Type(value = Json.class, name = "json"),
  @JsonSubTypes.Type(value = Parquet.class, name = "parquet"),
  @JsonSubTypes.Type(value = Libsvm.class, name = "libsvm"),
  @JsonSubTypes.Type(value = Images.class, name = "images"),
  @JsonSubTypes.Type(value = Boxes.class, name = "boxes"),
  @JsonSubTypes.Type(value = Text.class, name = "text"),
  @JsonSubTypes.Type(value = Stream.class, name = "stream"),
  @JsonSubTypes.Type(value = Conll.class, name = "conll"),
})
public sealed interface Source extends RowFormat permits Table, Unnamed {

  /** Whether its rows have columns with names, by which settings may call them. */
  default boolean hasNamedColumns() {
    return false;
  }

  /**
   * Looks at files, headers and first rows of labelled examples, on the driver and without Spark.
   *
   * @throws IllegalArgumentException naming file and row, or the setting that is wrong
   */
  default SourceFacts inspect(Inspection inspection) {
    return new TableExamples(this).inspect(inspection);
  }

  /** The facts with all filled in that only all examples together tell, such as the classes. */
  default SourceFacts complete(SparkSession spark, SourceFacts facts) {
    return new TableExamples(ofShape(facts.inputs().get(0).shape())).complete(spark, facts);
  }

  /**
   * The labelled examples, encoded.
   *
   * @param facts what {@link #inspect} has found, with all that was open filled in
   */
  default Examples read(SparkSession spark, SourceFacts facts) {
    return new TableExamples(ofShape(facts.inputs().get(0).shape())).read(spark, facts);
  }

  /**
   * The labelled examples, encoded, with what a drawing of parts goes by.
   *
   * @param by the column whose examples of one value stay together; null where each is drawn by
   *     itself
   * @param stratified whether the label of the first output is the stratum
   */
  default KeyedExamples readKeyed(
      SparkSession spark, SourceFacts facts, String by, boolean stratified) {
    return new TableExamples(ofShape(facts.inputs().get(0).shape()))
        .readKeyed(spark, facts, by, stratified);
  }

  /**
   * Looks at the first rows of what a model is to be applied to, without Spark.
   *
   * @param keep the columns that go into the output
   * @throws IllegalArgumentException when columns are missing or do not fit the model
   */
  default InputPlan plan(Inspection inspection, ModelFacts model, List<String> keep) {
    return new TableItems(ofShape(model.shapes().get(0).sizes())).plan(inspection, model, keep);
  }

  /** What lies below the path and is not read, in words; empty where all is. */
  default List<String> leftOut(Inspection inspection) {
    return find(inspection).leftOut().remarks();
  }

  /**
   * Types of the kept columns that are read from the files, in the plan's order: text, where a
   * table's file does not say otherwise.
   */
  default List<StructField> keptFields(SparkSession spark, InputPlan plan, List<FileStatus> files) {
    return plan.keptColumns().stream()
        .map(name -> DataTypes.createStructField(name, DataTypes.StringType, true))
        .toList();
  }

  /**
   * The rows of some files as a model is applied to them, in the order of the files and within
   * them, in parts of about {@code partBytes}.
   */
  default JavaRDD<Placed<Item>> items(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes) {
    return new TableItems(ofShape(plan.shapes().get(0).sizes()))
        .read(spark, plan, files, partBytes, (known, row, inputs) -> {});
  }
}
