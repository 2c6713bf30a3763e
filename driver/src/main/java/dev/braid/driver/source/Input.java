package dev.braid.driver.source;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.inference.ModelFacts;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/**
 * What is to be scored: files of one format. Paths are local, {@code hdfs://} or of any other file
 * system Hadoop knows, and may hold wildcards.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(value = Csv.class, name = "csv"),
  @JsonSubTypes.Type(value = Json.class, name = "json"),
  @JsonSubTypes.Type(value = Libsvm.class, name = "libsvm"),
  @JsonSubTypes.Type(value = Parquet.class, name = "parquet"),
  @JsonSubTypes.Type(value = IdxInput.class, name = "idx"),
  @JsonSubTypes.Type(value = ImagesInput.class, name = "images"),
  @JsonSubTypes.Type(value = TextInput.class, name = "text"),
})
public sealed interface Input permits TableFormat, IdxInput, ImagesInput, TextInput {

  /** Where the files lie. */
  String path();

  /**
   * Looks at the first files, without Spark.
   *
   * @param keep the columns that go into the output
   * @throws IllegalArgumentException when columns are missing or do not fit the model
   */
  InputPlan inspect(Inspection inspection, ModelFacts model, List<String> keep);

  /** Types of the kept columns that are read from the input, in the plan's order; text at first. */
  default List<StructField> keptFields(SparkSession spark, InputPlan plan, List<FileStatus> files) {
    return plan.keptColumns().stream()
        .map(name -> DataTypes.createStructField(name, DataTypes.StringType, true))
        .toList();
  }

  /**
   * The rows of some files, in the order of the files and within them, in parts of about {@code
   * partBytes}.
   */
  JavaRDD<Placed<Item>> read(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes);
}
