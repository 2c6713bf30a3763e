package dev.braid.driver.dl4j;

import dev.braid.driver.dl4j.fit.WorkerTimes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.impl.paramavg.stats.ParameterAveragingTrainingMasterStats;
import org.deeplearning4j.spark.stats.EventStats;

/**
 * Where the time of an {@link AveragingMaster}'s trainings goes, kept under the names that
 * dl4j-spark has for the same parts of its own; nothing is kept where nobody asks for it.
 */
final class AveragingStats {
  /** What is measured on the driver. */
  enum Phase {
    /** Dealing the user's mini-batches to the workers, who cache them: once for an RDD. */
    EXPORT,
    /** Numbering the mini-batches, or finding them dealt already: once for a fit. */
    COUNT,
    /** A whole fit. */
    FIT,
    /** Preparing the fit's rounds: the network as the engine trains it. */
    SPLIT,
    /** Saying which workers have mini-batches left: once for a round, as all that follow. */
    REPARTITION,
    /** Sending the state. */
    BROADCAST,
    /** The workers' part of a round. */
    WORK,
    /** Taking their states over. */
    GATHER,
    /** Averaging them. */
    AVERAGE
  }

  private final Map<Phase, List<EventStats>> events = new EnumMap<>(Phase.class);
  private final boolean collecting;
  private SparkTrainingStats workers;

  AveragingStats(boolean collecting) {
    this.collecting = collecting;
    for (Phase phase : Phase.values()) {
      events.put(phase, new ArrayList<>());
    }
  }

  /** Whether anybody asks for times. */
  boolean isCollecting() {
    return collecting;
  }

  /** Takes note of an event that began at this {@link System#nanoTime} and ends now. */
  void add(Phase phase, long nanos) {
    if (collecting) {
      events.get(phase).add(WorkerTimes.since(nanos));
    }
  }

  /** Takes note of a worker's times in a round. */
  void add(SparkTrainingStats worker) {
    if (workers == null) {
      workers = worker;
    } else {
      workers.addOtherTrainingStats(worker);
    }
  }

  /** The times so far, as dl4j-spark's own master gives them. */
  SparkTrainingStats asDl4jSparks() {
    return new ParameterAveragingTrainingMasterStats(
        workers,
        copy(Phase.EXPORT),
        copy(Phase.COUNT),
        copy(Phase.BROADCAST),
        copy(Phase.FIT),
        copy(Phase.SPLIT),
        copy(Phase.WORK),
        copy(Phase.GATHER),
        copy(Phase.AVERAGE),
        copy(Phase.REPARTITION));
  }

  private List<EventStats> copy(Phase phase) {
    return new ArrayList<>(events.get(phase));
  }
}
