package dev.braid.driver.source.table;

import dev.braid.driver.source.column.SparkValues;
import dev.braid.driver.source.example.Examples;
import dev.braid.driver.source.example.RowEncoder;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.row.Placed;
import java.util.Arrays;
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
   * @param table the features (a number, an array or a vector), then a column for each label
   * @param facts of the features and labels
   */
  public static Examples of(Dataset<Row> table, SourceFacts facts) {
    RowEncoder encoder =
        new RowEncoder(
            facts,
            List.of(List.of(table.columns()[0])),
            Arrays.stream(table.columns()).skip(1).map(List::of).toList());
    return Examples.of(
        table.toJavaRDD().zipWithIndex().map(DataFrameExamples::placed),
        facts.layout(),
        () -> encoder);
  }

  private static Placed<Object[]> placed(Tuple2<Row, Long> row) {
    Object[] values = new Object[row._1().size()];
    Arrays.setAll(values, i -> SparkValues.plain(row._1().get(i)));
    long number = row._2() + 1;
    return Placed.sound("", () -> number, values);
  }
}
