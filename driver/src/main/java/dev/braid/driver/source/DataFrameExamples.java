package dev.braid.driver.source;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/** The rows of a DataFrame as examples. */
public final class DataFrameExamples {
  private DataFrameExamples() {}

  /**
   * The examples, encoded; a row that cannot be used is named by its number, counted from 1.
   *
   * @param table two columns: the features (a number, an array or a vector) and the label
   * @param facts of the features and labels
   */
  public static Examples of(Dataset<Row> table, SourceFacts facts) {
    RowEncoder encoder =
        new RowEncoder(
            facts, List.of(List.of(table.columns()[0])), List.of(List.of(table.columns()[1])));
    return Examples.of(
        table.toJavaRDD().zipWithIndex().map(DataFrameExamples::placed),
        facts.layout(),
        () -> encoder,
        () -> {});
  }

  private static Placed<Object[]> placed(Tuple2<Row, Long> row) {
    Object[] values = {SparkValues.plain(row._1().get(0)), SparkValues.plain(row._1().get(1))};
    long number = row._2() + 1;
    return Placed.sound("", () -> number, values);
  }
}
