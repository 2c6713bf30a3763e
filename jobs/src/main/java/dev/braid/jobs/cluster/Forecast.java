package dev.braid.jobs.cluster;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.braid.driver.cluster.MemoryNeed;
import dev.braid.driver.cluster.MemoryNeed.Sizes;
import dev.braid.driver.cluster.RoundModel;
import dev.braid.driver.cluster.RoundModel.Measured;
import dev.braid.driver.training.TrainingRun;
import dev.braid.jobs.settings.JobFile;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * What a training will take: its memory from sizes alone, its time from rounds measured on the
 * cluster.
 */
public final class Forecast {
  private static final int[] EXECUTORS = {1, 2, 4, 8, 16, 32, 64};

  /** Steps should be this share of a round. */
  private static final double WORTH_WHILE = 0.8;

  private static final double SECONDS = 8;

  private final JobFile job;
  private final String name;
  private final Sizes sizes;
  private final ConfiguredMemory configured;
  private final MemoryNeed need;
  private final List<String> missing;

  private Forecast(JobFile job, String name, Sizes sizes, ConfiguredMemory configured) {
    this.job = job;
    this.name = name;
    this.sizes = sizes;
    this.configured = configured;
    this.need = MemoryNeed.of(sizes, configured.executors(), configured.tasks());
    this.missing = MemoryFit.missing(need, configured);
  }

  /**
   * Of a training that has been checked.
   *
   * @param name of the job
   */
  public static Forecast of(TrainingRun run, JobFile job, SparkConf conf, String name) {
    return new Forecast(job, name, MemoryFit.sizes(run, job), ConfiguredMemory.of(conf));
  }

  /** Whether the memory that is configured is enough. */
  public boolean fits() {
    return missing.isEmpty();
  }

  /** What is known without Spark, in words. */
  public String memory() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "parameters",
        "%,d, a state of %s",
        sizes.network().params(),
        MemoryFit.mib(need.stateBytes()));
    line(
        text,
        "executor",
        "%s of %s heap, and %s for data; %s outside the heap%s",
        MemoryFit.mib(need.executorHeapBytes()),
        MemoryFit.mib(configured.executorHeapBytes()),
        MemoryFit.mib(need.dataBytes()),
        MemoryFit.mib(need.executorNativeBytes()),
        configured.executorNativeBytes() == Long.MAX_VALUE
            ? ""
            : " of " + MemoryFit.mib(configured.executorNativeBytes()));
    line(
        text,
        "driver",
        "%s of %s heap",
        MemoryFit.mib(need.driverHeapBytes()),
        MemoryFit.mib(configured.driverHeapBytes()));
    long exchanged = 2L * job.training().workers() * need.stateBytes();
    line(
        text,
        "per round",
        "%s between driver and %d workers, half each way, %s",
        MemoryFit.mib(exchanged),
        job.training().workers(),
        sizes.sliced() ? "averaged on the executors" : "averaged on the driver");
    if (!fits()) {
      line(text, "too small", "run it with %s", String.join(" ", missing));
    }
    return text.toString();
  }

  /**
   * What measured rounds foretell, in words.
   *
   * @param runs the training with a given number of workers
   */
  public String rounds(SparkSession spark, IntFunction<TrainingRun> runs) {
    return rounds(measure(spark, runs), spark.sparkContext().defaultParallelism());
  }

  /**
   * What a model of rounds foretells, in words.
   *
   * @param cores of the cluster as it is
   */
  public String rounds(RoundModel model, int cores) {
    int perExecutor = configured.local() ? cores : configured.tasks();
    int localSteps = job.training().localSteps().expected(job.training().localSteps().begin(), 0);
    StringBuilder text = new StringBuilder();
    line(
        text,
        "measured",
        "a step %.2f ms alone, %.2f ms on %d cores at once; a round %.1f ms beyond its steps with"
            + " one worker and %.2f ms more with each further one",
        1e3 * model.stepSecondsAlone(),
        1e3 * model.stepSecondsTogether(),
        model.cores(),
        1e3 * model.oneWorkerSeconds(),
        1e3 * model.furtherWorkerSeconds());
    text.append(table(model, perExecutor, localSteps));
    text.append(advice(model, cores, localSteps));
    return text.toString();
  }

  /**
   * The model of this cluster's rounds, once all its executors are warm: a training is longer than
   * it takes to compile it.
   */
  public RoundModel measure(SparkSession spark, IntFunction<TrainingRun> runs) {
    int several = Math.max(2, spark.sparkContext().defaultParallelism());
    measured(spark, runs, several);
    return RoundModel.of(measured(spark, runs, 1), measured(spark, runs, several));
  }

  /** Rounds of so many workers, as this cluster does them. */
  public static Measured measured(SparkSession spark, IntFunction<TrainingRun> runs, int workers) {
    return Measurement.of(
        runs.apply(workers), spark, workers, spark.sparkContext().defaultParallelism(), SECONDS);
  }

  private String table(RoundModel model, int perExecutor, int localSteps) {
    StringBuilder text = new StringBuilder();
    text.append(
        "executors  workers  round, ms  examples/s  speed-up   (%d local steps; speed-up over one core without rounds)%n"
            .formatted(localSteps));
    for (int executors : EXECUTORS) {
      int workers = executors * perExecutor;
      double seconds = model.roundSeconds(workers, workers, localSteps);
      text.append(
          String.format(
              Locale.ROOT,
              "%9d  %7d  %9.1f  %10.0f  %7.2fx%n",
              executors,
              workers,
              1e3 * seconds,
              (double) workers * localSteps * job.data().batchSize() / seconds,
              model.speedUp(workers, workers, localSteps)));
    }
    return text.toString();
  }

  private String advice(RoundModel model, int cores, int localSteps) {
    StringBuilder text = new StringBuilder();
    int better = model.localStepsFor(cores, cores, WORTH_WHILE);
    double now = model.speedUp(cores, cores, localSteps);
    double then = model.speedUp(cores, cores, better);
    if (now < 1) {
      line(
          text,
          "advice",
          "one machine is faster, use local mode: ./braid train %s.yaml --master 'local[1]' --set"
              + " training.workers=1 --set training.localSteps=%d",
          name,
          model.localStepsFor(1, 1, WORTH_WHILE));
    }
    if (now < WORTH_WHILE * cores && better > localSteps) {
      line(
          text,
          now < 1 ? "or" : "advice",
          "--set training.workers=%d --set training.localSteps=%d makes it %.2f x one core (now"
              + " %.2f x)",
          cores,
          better,
          then,
          now);
    } else if (now >= 1) {
      line(text, "advice", "--set training.workers=%d, as many as cores", cores);
    }
    return text.toString();
  }

  @FormatMethod
  private static void line(
      StringBuilder text, String what, @FormatString String about, Object... values) {
    text.append(
        String.format(Locale.ROOT, "%-11s%s%n", what, String.format(Locale.ROOT, about, values)));
  }
}
