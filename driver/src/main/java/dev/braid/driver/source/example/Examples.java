package dev.braid.driver.source.example;

import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Problem;
import dev.braid.driver.source.row.Problems;
import dev.braid.worker.data.RowLayout;
import java.util.List;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function0;

/**
 * Examples as a source yields them, in whatever order and partitions.
 *
 * @param rows one per example
 * @param layout of the rows
 * @param problems what was wrong with examples that are not among the rows; filled while they are
 *     read
 */
public record Examples(JavaRDD<byte[]> rows, RowLayout layout, Problems problems) {

  /**
   * The examples among rows.
   *
   * @param encoder asked for once in each task
   */
  public static Examples of(
      JavaRDD<Placed<Object[]>> rows, RowLayout layout, Function0<RowEncoder> encoder) {
    return bytes(
        rows,
        layout,
        () -> {
          RowEncoder own = encoder.call();
          return own::encode;
        });
  }

  /**
   * The examples among rows, with what their drawing goes by.
   *
   * @param encoder asked for once in each task
   */
  public static KeyedExamples keyed(
      JavaRDD<Placed<Object[]>> rows,
      RowLayout layout,
      Function0<RowEncoder> encoder,
      KeyedExamples.Key key) {
    Examples keyed = bytes(rows, layout, () -> KeyedExamples.encoder(encoder.call(), key));
    return new KeyedExamples(keyed.rows, layout, keyed.problems);
  }

  private static Examples bytes(
      JavaRDD<Placed<Object[]>> rows,
      RowLayout layout,
      Function0<Function<Object[], List<byte[]>>> encoder) {
    Problems problems = Problems.register(JavaSparkContext.fromSparkContext(rows.context()));
    JavaRDD<byte[]> examples =
        rows.mapPartitions(
            part -> {
              Function<Object[], List<byte[]>> own = encoder.call();
              Iterable<Placed<Object[]>> once = () -> part;
              return StreamSupport.stream(once.spliterator(), false)
                  .map(row -> row.map(own))
                  .flatMap(row -> sound(row, problems).stream())
                  .iterator();
            });
    return new Examples(examples, layout, problems);
  }

  private static List<byte[]> sound(Placed<List<byte[]>> row, Problems problems) {
    if (row.isBroken()) {
      problems.add(new Problem(row.place(), row.problem(), row.numRows()));
      return List.of();
    }
    return row.value();
  }
}
