package dev.braid.driver.inference;

import dev.braid.driver.run.CalledOff;
import dev.braid.driver.run.JobFailed;
import dev.braid.driver.run.Stop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;

/**
 * The files of a path that no earlier run has scored, in batches. Spark keeps in its checkpoint
 * which files belong to which batch, whatever happens.
 *
 * @param checkpoint the folder of it
 * @param atOnce files in a batch
 */
record NewFiles(SparkSession spark, String path, Path checkpoint, int atOnce) {
  private static final int MILLIS_BETWEEN_LOOKS = 100;

  /** What Spark's binaryFile source gives; contents are not asked for and not read. */
  private static final StructType FILE_LIST =
      StructType.fromDDL(
          "path STRING NOT NULL, modificationTime TIMESTAMP NOT NULL, length BIGINT NOT NULL,"
              + " content BINARY");

  /** Scores a batch, unless it is in place already; comes back when it is. */
  interface Batches {
    void score(long batch, Supplier<List<FileStatus>> files);
  }

  /** Leaves this batch and all that follow to the next run. */
  static final class HandedOver extends IllegalStateException {
    private static final long serialVersionUID = 1;

    HandedOver() {
      super("the run is handed over to the next one");
    }
  }

  /**
   * Hands over all batches, one after another.
   *
   * @param stop leaves nothing of the batch that is being worked on
   * @throws CalledOff when the run was asked to stop
   * @throws HandedOver when {@code batches} does
   */
  void forEach(Stop stop, Batches batches) {
    SparkSession own = spark.newSession();
    // Streams do without it, and would say so each time.
    own.conf().set("spark.sql.adaptive.enabled", false);
    AtomicBoolean atWork = new AtomicBoolean();
    try {
      StreamingQuery query =
          own.readStream()
              .format("binaryFile")
              .schema(FILE_LIST)
              .option("maxFilesPerTrigger", atOnce)
              .option("recursiveFileLookup", true)
              .option("maxFileAge", "36500d") // a file that comes late may be old
              .load(path)
              .select("path")
              .writeStream()
              .trigger(Trigger.AvailableNow())
              .option("checkpointLocation", checkpoint.toString())
              .foreachBatch(
                  (Dataset<Row> files, Long batch) -> {
                    atWork.set(true);
                    if (stop.isRequested()) {
                      throw new CalledOff(null);
                    }
                    batches.score(batch, () -> files(files));
                    atWork.set(false);
                  })
              .start();
      while (!query.awaitTermination(MILLIS_BETWEEN_LOOKS)) {
        // It interrupts what is at work: a batch ends itself, and is put in place undisturbed.
        if (stop.isRequested() && !atWork.get()) {
          query.stop();
        }
      }
      if (stop.isRequested()) {
        throw new CalledOff(null);
      }
    } catch (StreamingQueryException e) {
      throw cause(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the incremental scoring did not start or does not stop", e);
    }
  }

  /** What went wrong in a batch, without what Spark wraps around it. */
  private static RuntimeException cause(StreamingQueryException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof HandedOver
          || cause instanceof TooManyBroken
          || cause instanceof CalledOff
          || cause instanceof JobFailed) {
        return (RuntimeException) cause;
      }
    }
    return new IllegalStateException("the incremental scoring failed: " + e.getMessage(), e);
  }

  private List<FileStatus> files(Dataset<Row> list) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<FileStatus> files = new ArrayList<>();
    for (String name : list.as(Encoders.STRING()).collectAsList()) {
      Path path = new Path(name);
      try {
        files.add(path.getFileSystem(hadoop).getFileStatus(path));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + name, e);
      }
    }
    files.sort(Comparator.comparing(file -> file.getPath().toString()));
    return files;
  }
}
