package dev.braid.driver.dl4j.fit;

import dev.braid.driver.wire.JavaBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.spark.api.stats.CommonSparkTrainingStats;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.impl.paramavg.stats.ParameterAveragingTrainingWorkerStats;
import org.deeplearning4j.spark.stats.BaseEventStats;
import org.deeplearning4j.spark.stats.EventStats;
import org.deeplearning4j.spark.stats.ExampleCountEventStats;

/**
 * Where a worker's time of one round goes, kept under dl4j-spark's names. Points in time are those
 * of {@link System#nanoTime}; nothing is kept where nobody asks for it.
 */
public final class WorkerTimes {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final String WHAT = "a worker's times";
  private static final byte[] NOTHING = new byte[0];

  private final boolean collecting;
  private final long begin = System.nanoTime();
  private final List<EventStats> total = new ArrayList<>();
  private final List<EventStats> initial = new ArrayList<>();
  private final List<EventStats> received = new ArrayList<>();
  private final List<EventStats> loaded = new ArrayList<>();
  private final List<EventStats> decoded = new ArrayList<>();
  private final List<EventStats> stepped = new ArrayList<>();

  WorkerTimes(boolean collecting) {
    this.collecting = collecting;
  }

  /** The round's state is here. */
  void received(long since) {
    note(received, since);
  }

  /** The worker's network holds it. */
  void loaded(long since) {
    note(loaded, since);
    note(initial, begin);
  }

  /** A mini-batch is out of its bytes. */
  void decoded(long since) {
    note(decoded, since);
  }

  /** A step on a mini-batch of so many examples is done. */
  void stepped(long since, long examples) {
    if (collecting) {
      long millis = millisSince(since);
      stepped.add(
          new ExampleCountEventStats(System.currentTimeMillis() - millis, millis, examples));
    }
  }

  /** An event on this thread that began at this {@link System#nanoTime} and ends now. */
  public static EventStats since(long nanos) {
    long millis = millisSince(nanos);
    return new BaseEventStats(System.currentTimeMillis() - millis, millis);
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / NANOS_PER_MILLI;
  }

  private void note(List<EventStats> events, long since) {
    if (collecting) {
      events.add(since(since));
    }
  }

  /** All of it as bytes, now that the worker has ended. */
  byte[] end() {
    if (!collecting) {
      return NOTHING;
    }
    note(total, begin);
    return JavaBytes.write(
        new CommonSparkTrainingStats.Builder()
            .workerFlatMapTotalTimeMs(total)
            .workerFlatMapGetInitialModelTimeMs(initial)
            .workerFlatMapDataSetGetTimesMs(decoded)
            .workerFlatMapProcessMiniBatchTimesMs(new ArrayList<>(stepped))
            .trainingMasterSpecificStats(
                new ParameterAveragingTrainingWorkerStats(received, loaded, stepped))
            .build(),
        WHAT);
  }

  /** The inverse of {@link #end}: empty where nobody has asked for times. */
  static Optional<SparkTrainingStats> read(byte[] bytes) {
    return bytes.length == 0
        ? Optional.empty()
        : Optional.of(JavaBytes.read(bytes, CommonSparkTrainingStats.class, WHAT));
  }
}
