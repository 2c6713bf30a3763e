package dev.braid.driver.source;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.apache.spark.sql.SparkSession;

/**
 * Where examples lie and in which format. Paths may be local, {@code hdfs://} or of any other file
 * system Hadoop knows, and may hold wildcards.
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
public sealed interface Source permits TableFormat, Idx, Images, Text {

  /**
   * Looks at files, headers and first rows, on the driver and without Spark.
   *
   * @throws IllegalArgumentException naming file and row, or the setting that is wrong
   */
  SourceFacts inspect(Inspection inspection);

  /** The facts with the classes filled in where all examples must be read to know them. */
  default SourceFacts complete(SparkSession spark, SourceFacts facts) {
    return facts;
  }

  /**
   * The examples, encoded.
   *
   * @param facts what {@link #inspect} has found, with all that was open filled in
   */
  Examples read(SparkSession spark, SourceFacts facts);
}
