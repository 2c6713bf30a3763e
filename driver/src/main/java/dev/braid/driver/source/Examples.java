package dev.braid.driver.source;

import dev.braid.worker.data.RowLayout;
import java.util.Iterator;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

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
   * One example from each element of an RDD.
   *
   * @param encode makes a row of it, or throws IllegalArgumentException saying what is wrong
   * @param place file and row of an element
   */
  static <T> Examples of(
      JavaRDD<T> elements,
      RowLayout layout,
      Function<T, byte[]> encode,
      Function<T, String> place,
      Runnable recheck) {
    Problems problems = Problems.register(JavaSparkContext.fromSparkContext(elements.context()));
    JavaRDD<byte[]> rows =
        elements.mapPartitions(
            part ->
                stream(part)
                    .map(element -> encoded(element, encode, place, problems))
                    .filter(Objects::nonNull)
                    .iterator());
    return new Examples(rows, layout, problems, recheck);
  }

  private static <T> byte[] encoded(
      T element, Function<T, byte[]> encode, Function<T, String> place, Problems problems) {
    try {
      return encode.call(element);
    } catch (IllegalArgumentException e) {
      problems.add(placeOf(element, place) + ": " + e.getMessage());
      return null;
    } catch (Exception e) {
      throw new IllegalStateException("encoding failed: " + placeOf(element, place), e);
    }
  }

  private static <T> String placeOf(T element, Function<T, String> place) {
    try {
      return place.call(element);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> Stream<T> stream(Iterator<T> part) {
    Iterable<T> once = () -> part;
    return StreamSupport.stream(once.spliterator(), false);
  }
}
