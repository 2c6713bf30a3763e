package dev.braid.driver.source;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.inference.ModelFacts;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
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
  @JsonSubTypes.Type(value = Text.class, name = "text"),
})
public sealed interface Source permits Format {

  /** Where the files lie. */
  String path();

  /**
   * Looks at files, headers and first rows of labelled examples, on the driver and without Spark.
   *
   * @throws IllegalArgumentException naming file and row, or the setting that is wrong
   */
  SourceFacts inspect(Inspection inspection);

  /** The facts with all filled in that only all examples together tell, such as the classes. */
  SourceFacts complete(SparkSession spark, SourceFacts facts);

  /**
   * The labelled examples, encoded.
   *
   * @param facts what {@link #inspect} has found, with all that was open filled in
   */
  Examples read(SparkSession spark, SourceFacts facts);

  /**
   * Looks at the first rows of what a model is to be applied to, without Spark.
   *
   * @param keep the columns that go into the output
   * @throws IllegalArgumentException when columns are missing or do not fit the model
   */
  InputPlan plan(Inspection inspection, ModelFacts model, List<String> keep);

  /** What lies below the path and is not read, in words; empty where all is. */
  List<String> leftOut(Inspection inspection);

  /** Types of the kept columns that are read from the files, in the plan's order. */
  List<StructField> keptFields(SparkSession spark, InputPlan plan, List<FileStatus> files);

  /**
   * The rows of some files as a model is applied to them, in the order of the files and within
   * them, in parts of about {@code partBytes}.
   */
  JavaRDD<Placed<Item>> items(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes);
}
