package dev.braid.driver.source;

import dev.braid.worker.data.RowLayout;
import java.util.Objects;
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
 * @param recheck looks for what is wrong when reading has failed, row by row on the driver; throws
 *     naming file and row if it finds it
 */
public record Examples(
    JavaRDD<byte[]> rows, RowLayout layout, Problems problems, Runnable recheck) {

  /** Examples whose problems name file and row already. */
  public Examples(JavaRDD<byte[]> rows, RowLayout layout, Problems problems) {
    this(rows, layout, problems, () -> {});
  }

  /**
   * The examples among the elements of an RDD.
   *
   * @param encoder for one partition
   */
  static <T> Examples of(
      JavaRDD<T> elements, RowLayout layout, Function0<Encoder<T>> encoder, Runnable recheck) {
    Problems problems = Problems.register(JavaSparkContext.fromSparkContext(elements.context()));
    JavaRDD<byte[]> rows =
        elements.mapPartitions(
            part -> {
              Encoder<T> own = encoder.call();
              Iterable<T> once = () -> part;
              return StreamSupport.stream(once.spliterator(), false)
                  .map(element -> encode(element, own, problems))
                  .filter(Objects::nonNull)
                  .iterator();
            });
    return new Examples(rows, layout, problems, recheck);
  }

  /** The examples among rows that were read as they are for scoring, of one input and output. */
  static Examples ofItems(JavaRDD<Placed<Item>> items, SourceFacts facts, ItemEncoder.Place place) {
    RowLayout layout = facts.layout();
    Labels labels = facts.labels();
    return of(items, layout, () -> new ItemEncoder(layout, labels, place), () -> {});
  }

  private static <T> byte[] encode(T element, Encoder<T> encoder, Problems problems) {
    try {
      return encoder.encode(element);
    } catch (IllegalArgumentException e) {
      problems.add(new Problem(encoder.place(element), e.getMessage()));
      return null;
    }
  }
}
