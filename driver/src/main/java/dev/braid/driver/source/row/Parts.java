package dev.braid.driver.source.row;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** Parts of files as rows, one task for each list of parts. */
public final class Parts {
  private Parts() {}

  /**
   * How one part is read: row after row.
   *
   * @param <T> what a row holds
   */
  public interface Reader<T> extends Serializable {
    Rows<T> open(FilePart part, Configuration hadoop) throws IOException;
  }

  /**
   * The rows of a part.
   *
   * @param <T> what a row holds
   */
  public interface Rows<T> extends AutoCloseable {
    /** The next; null after the last. */
    Placed<T> next() throws IOException;

    /** Characters of text read so far, as far as it is text. */
    default long numChars() {
      return 0;
    }

    @Override
    void close() throws IOException;
  }

  /** A part of one row, or of none where that is null: of a file that cannot be read, say. */
  public static <T> Rows<T> once(Placed<T> row) {
    return new One<>(row);
  }

  private static final class One<T> implements Rows<T> {
    private Placed<T> row;

    One(Placed<T> row) {
      this.row = row;
    }

    @Override
    public Placed<T> next() {
      Placed<T> once = row;
      row = null;
      return once;
    }

    @Override
    public void close() {}
  }

  public static <T> JavaRDD<Placed<T>> read(
      SparkSession spark, List<List<FilePart>> tasks, Reader<T> reader) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration()));
    return sc.parallelize(tasks, Math.max(1, tasks.size()))
        .flatMap(parts -> new Items<>(parts, reader, hadoop.value().value()));
  }

  /** The rows of several parts, one after another, each opened when its turn comes. */
  private static final class Items<T> implements Iterator<Placed<T>> {
    private final Iterator<FilePart> parts;
    private final Reader<T> reader;
    private final Configuration hadoop;
    private Rows<T> rows;
    private Placed<T> next;

    Items(List<FilePart> parts, Reader<T> reader, Configuration hadoop) {
      this.parts = parts.iterator();
      this.reader = reader;
      this.hadoop = hadoop;
    }

    @Override
    public boolean hasNext() {
      try {
        while (next == null && (rows != null || parts.hasNext())) {
          if (rows == null) {
            rows = reader.open(parts.next(), hadoop);
          }
          next = rows.next();
          if (next == null) {
            rows.close();
            rows = null;
          }
        }
        return next != null;
      } catch (IOException e) {
        throw new UncheckedIOException("the input cannot be read", e);
      }
    }

    @Override
    public Placed<T> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Placed<T> item = next;
      next = null;
      return item;
    }
  }
}
