package dev.braid.driver.source;

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
final class Parts {
  private Parts() {}

  /** How one part is read: row after row. */
  interface Reader extends Serializable {
    Rows open(Part part, Configuration hadoop) throws IOException;
  }

  /** The rows of a part. */
  interface Rows extends AutoCloseable {
    /** The next; null after the last. */
    Item next() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** A part of one row, or of none where that is null: of a file that cannot be read, say. */
  static Rows once(Item item) {
    return new One(item);
  }

  private static final class One implements Rows {
    private Item item;

    One(Item item) {
      this.item = item;
    }

    @Override
    public Item next() {
      Item once = item;
      item = null;
      return once;
    }

    @Override
    public void close() {}
  }

  static JavaRDD<Item> read(SparkSession spark, List<List<Part>> tasks, Reader reader) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration()));
    return sc.parallelize(tasks, Math.max(1, tasks.size()))
        .flatMap(parts -> new Items(parts, reader, hadoop.value().value()));
  }

  /** The rows of several parts, one after another, each opened when its turn comes. */
  private static final class Items implements Iterator<Item> {
    private final Iterator<Part> parts;
    private final Reader reader;
    private final Configuration hadoop;
    private Rows rows;
    private Item next;

    Items(List<Part> parts, Reader reader, Configuration hadoop) {
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
    public Item next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Item item = next;
      next = null;
      return item;
    }
  }
}
