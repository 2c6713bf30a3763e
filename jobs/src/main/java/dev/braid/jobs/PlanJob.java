package dev.braid.jobs;

import dev.braid.driver.cluster.Executors;
import dev.braid.driver.training.TrainingRun;
import dev.braid.jobs.cluster.Forecast;
import dev.braid.jobs.session.JobOptions;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code braid plan JOB.yaml}: what a training will take, before it is run. */
@Command(
    name = "plan",
    description =
        "Say what a training needs and how fast it will be: memory, bytes per round, seconds per"
            + " round and the speed-up on 1 to 64 executors, from some seconds of rounds on this"
            + " very cluster.")
final class PlanJob implements Callable<Integer> {
  private static final int SECONDS_TO_WAIT = 60;
  private static final String ENOUGH_EPOCHS = "training.epochs=1000000";

  @Mixin private JobOptions options;

  @Override
  public Integer call() {
    SettingsFile file = options.read();
    JobFile job = file.as(JobFile.class);
    TrainingRun run = Preparation.check(file, job, Session.hadoop());
    Forecast forecast = Forecast.of(run, job, options.conf(), options.name());
    PrintWriter out = options.out();
    out.print(forecast.memory());
    options.unusedGpus().ifPresent(notice -> out.println("GPUs       " + notice));
    out.flush();
    if (!forecast.fits()) {
      return 2;
    }
    try (SparkSession spark = options.open()) {
      Executors.await(spark, Executors.expected(spark), SECONDS_TO_WAIT);
      out.print(forecast.rounds(spark, this::withWorkers));
    }
    return 0;
  }

  /** The same training with another number of workers and no end. */
  private TrainingRun withWorkers(int workers) {
    SettingsFile file = options.read("training.workers=" + workers, ENOUGH_EPOCHS);
    return Preparation.check(file, file.as(JobFile.class), Session.hadoop());
  }
}
