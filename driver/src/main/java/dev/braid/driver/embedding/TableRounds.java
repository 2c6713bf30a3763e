package dev.braid.driver.embedding;

import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.checkpoint.TableCheckpoint;
import dev.braid.driver.run.CalledOff;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.Saving;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaPairRDD;

/**
 * The rounds of a training whose state is a partitioned table: from the beginning, or from the
 * newest checkpoint, to the last one, or until the run is asked to stop.
 */
public final class TableRounds {
  private final RunContext run;
  private final EmbeddingListener listener;
  private final Saving saving;
  private final Table table;
  private boolean begun;
  private int done;

  private TableRounds(RunContext run, EmbeddingListener listener, Table table) {
    this.run = run;
    this.listener = listener;
    this.saving = new Saving(run.checkpointing(), listener);
    this.table = table;
  }

  /** What is trained. */
  public interface Table {
    /** Begins afresh, or with the blocks that were saved. */
    void begin(Optional<JavaPairRDD<Integer, byte[]>> saved);

    /**
     * Trains a round.
     *
     * @param number from 0
     * @throws CalledOff when the run was asked to stop meanwhile
     */
    EmbeddingReport train(int number);

    /** Whether a round that was called off leaves the blocks as they were before it. */
    boolean survivesCallOff();

    /** All blocks by their number, one partition each. */
    JavaPairRDD<Integer, byte[]> blocks();

    /** Goes on from these blocks, which equal the present ones but have a shorter past. */
    void replace(JavaPairRDD<Integer, byte[]> blocks);
  }

  /**
   * Trains all rounds.
   *
   * @throws dev.braid.driver.run.Stopped when the run was asked to stop
   */
  public static void train(RunContext run, EmbeddingListener listener, int numRounds, Table table) {
    TableRounds rounds = new TableRounds(run, listener, table);
    rounds.begin();
    while (rounds.done < numRounds) {
      rounds.next();
    }
  }

  private void begin() {
    saving.begin(
        folder -> TableCheckpoint.newest(folder, run.sc()),
        found -> {
          table.begin(Optional.of(found.checkpoint().blocks()));
          begun = true;
          done = found.checkpoint().round();
        });
    if (!begun) {
      table.begin(Optional.empty());
    }
  }

  private void next() {
    EmbeddingReport report;
    try {
      report = table.train(done);
    } catch (CalledOff e) {
      Optional<Saving.Writer> writer =
          table.survivesCallOff() ? Optional.of(this::write) : Optional.empty();
      throw saving.stopped(done, writer);
    }
    done++;
    listener.reported(report);
    saving.whenDue(done, this::write);
    if (run.stop().isRequested()) {
      throw saving.stopped(done, Optional.of(this::write));
    }
  }

  /** Writes a checkpoint, from which the table is read from here on. */
  private String write(Checkpoints folder, Map<String, String> settings) throws IOException {
    JavaPairRDD<Integer, byte[]> blocks = table.blocks();
    String path =
        new TableCheckpoint(done, settings, blocks).writeTo(folder, run.sc().hadoopConfiguration());
    table.replace(TableCheckpoint.blocks(path, blocks.getNumPartitions(), run.sc()));
    return path;
  }
}
