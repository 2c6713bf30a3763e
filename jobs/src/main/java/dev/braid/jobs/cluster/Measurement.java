package dev.braid.jobs.cluster;

import dev.braid.driver.cluster.RoundModel.Measured;
import dev.braid.driver.run.Stop;
import dev.braid.driver.run.Stopped;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import dev.braid.driver.training.TrainingRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.SparkSession;

/** Real rounds of a training, stopped after some seconds. */
final class Measurement implements TrainingListener {
  private static final int LEAST_ROUNDS = 9;

  /** The first rounds load libraries, build networks and are compiled. */
  private static final double WARM_UP = 0.5;

  private final List<RoundReport> rounds = new ArrayList<>();
  private final Stop stop;
  private final double seconds;
  private long begin;

  private Measurement(Stop stop, double seconds) {
    this.stop = stop;
    this.seconds = seconds;
  }

  /**
   * Trains for a while.
   *
   * @param run of {@code workers} workers, with epochs enough
   * @param cores that the executors have
   * @param seconds to train at least, reading the data not counted
   */
  static Measured of(TrainingRun run, SparkSession spark, int workers, int cores, double seconds) {
    Stop stop = new Stop();
    Measurement measurement = new Measurement(stop, seconds);
    try {
      run.run(spark, measurement, Optional.empty(), stop);
    } catch (Stopped e) {
      // as it was asked to
    }
    return measurement.measured(workers, cores);
  }

  @Override
  public void round(RoundReport report) {
    if (rounds.isEmpty()) {
      begin = System.nanoTime();
    }
    rounds.add(report);
    double since = (System.nanoTime() - begin) / (double) TimeUnit.SECONDS.toNanos(1);
    if (since > seconds && rounds.size() >= LEAST_ROUNDS) {
      stop.request();
    }
  }

  private Measured measured(int workers, int cores) {
    int localSteps = rounds.stream().mapToInt(round -> round.pass().localSteps()).max().orElse(1);
    List<RoundReport> warm =
        rounds.subList((int) (WARM_UP * rounds.size()), rounds.size()).stream()
            .filter(round -> round.pass().localSteps() == localSteps)
            .toList();
    int sideBySide = Math.min(workers, cores);
    double step =
        median(
            warm,
            round -> round.times().computeSeconds() * sideBySide / ((double) localSteps * workers));
    return new Measured(
        workers, cores, localSteps, step, median(warm, round -> round.times().seconds()));
  }

  private static double median(List<RoundReport> rounds, ToDoubleFunction<RoundReport> of) {
    double[] sorted = rounds.stream().mapToDouble(of).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
