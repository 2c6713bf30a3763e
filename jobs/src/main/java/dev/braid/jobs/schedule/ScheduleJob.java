package dev.braid.jobs.schedule;

import static dev.braid.worker.Check.require;

import dev.braid.driver.cluster.ScheduleMetrics;
import dev.braid.driver.inference.InferenceSettings;
import dev.braid.driver.inference.output.OutputSettings;
import dev.braid.jobs.schedule.ScheduleFile.Job;
import dev.braid.jobs.schedule.ScheduleFile.Overlap;
import dev.braid.jobs.session.JobOptions;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.WrongSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code braid schedule FILE.yaml}: runs scorings on time until it is told to stop. */
@Command(
    name = "schedule",
    description = "Run scorings on time, many jobs in one Spark application, until SIGTERM.")
public final class ScheduleJob implements Runnable {
  /** Before Spark's own hook, which stops the SparkContext: hooks of a higher number run first. */
  private static final int BEFORE_SPARK = 100;

  private static final int LOOK_MILLIS = 1000;
  private static final int GRACE_SECONDS = 60;

  @Mixin private JobOptions options;

  @Option(names = "--list", description = "Show the jobs with their last and next runs, and end.")
  private boolean list;

  @Override
  public void run() {
    PrintWriter out = options.out();
    ScheduleFile file = read();
    if (list) {
      list(out, file);
      return;
    }
    try (TickHistory history = TickHistory.open(file.history());
        SparkSession spark = options.open(options.title(), sharing(file.pools()));
        ScheduleMetrics metrics = new ScheduleMetrics()) {
      JobScheduler schedule = new JobScheduler(spark, history, out, metrics);
      stopOnSignal(schedule, spark, file.stopSeconds(), out);
      schedule.start(file);
      out.println("scheduled: " + file.jobs().stream().map(Job::name).toList());
      out.flush();
      watch(schedule, out);
    }
  }

  private static void stopOnSignal(
      JobScheduler schedule, SparkSession spark, int seconds, PrintWriter out) {
    Runnable hook =
        () -> {
          out.println("braid: asked to stop, waiting for what is running ...");
          out.flush();
          schedule.stop(seconds);
          spark.stop();
          out.println("braid: stopped");
          out.flush();
          Runtime.getRuntime().halt(0); // a signal is the way to end it, not a failure
        };
    ShutdownHookManager.get()
        .addShutdownHook(hook, BEFORE_SPARK, seconds + GRACE_SECONDS, TimeUnit.SECONDS);
  }

  /** Reads and checks the file and the job files it names. */
  private ScheduleFile read() {
    SettingsFile settings = options.read();
    ScheduleFile file = settings.as(ScheduleFile.class);
    Map<String, String> folders = new HashMap<>();
    for (Job job : file.jobs()) {
      InferenceSettings scoring = JobOptions.file(job.file()).as(InferenceSettings.class);
      settings.check(
          () -> {
            requireRepeatable(job, scoring);
            String folder = scoring.output().folder();
            String other = folder == null ? null : folders.put(folder, job.name());
            require(other == null, "jobs '%s' and '%s' have one output.folder", other, job.name());
            return null;
          });
    }
    return file;
  }

  /** Refuses what could run only once. */
  private static void requireRepeatable(Job job, InferenceSettings scoring) {
    OutputSettings output = scoring.output();
    boolean ownFolders = output.folder() == null;
    require(
        ownFolders || scoring.incremental() || output.append(),
        "job '%s': every run but the first would find %s not empty; in %s leave output.folder out,"
            + " for a folder each, or set incremental or output.append to true",
        job.name(),
        output.folder(),
        job.file());
    require(
        ownFolders || job.overlap() != Overlap.BOTH,
        "job '%s': overlap both needs a folder for each run; in %s leave output.folder out",
        job.name(),
        job.file());
    require(
        !ownFolders || !scoring.incremental(),
        "job '%s': output.folder is missing in %s: an incremental scoring goes on in it",
        job.name(),
        job.file());
  }

  /** Takes over changes of the file until the process ends. */
  private void watch(JobScheduler schedule, PrintWriter out) {
    String known = options.read().text();
    String said = "";
    try {
      while (true) {
        Thread.sleep(LOOK_MILLIS);
        try {
          String text = options.read().text();
          if (!text.equals(known)) {
            known = text;
            schedule.use(read());
            out.println("the schedule has changed and was read again");
          }
        } catch (WrongSettings e) {
          String message = "the schedule stays as it was: " + e.getMessage();
          if (!message.equals(said)) {
            out.println(message);
            said = message;
          }
        }
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Spark's settings with which jobs share the cluster by the weights of their pools. */
  private static Map<String, String> sharing(Map<String, Integer> pools) {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?>\n<allocations>\n");
    pools.forEach(
        (name, weight) ->
            xml.append("<pool name=\"")
                .append(name.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;"))
                .append("\"><schedulingMode>FAIR</schedulingMode><weight>")
                .append(weight)
                .append("</weight></pool>\n"));
    try {
      Path file = Files.createTempFile("braid-pools", ".xml");
      file.toFile().deleteOnExit();
      Files.writeString(file, xml.append("</allocations>\n"));
      return Map.of(
          "spark.scheduler.mode",
          "FAIR",
          "spark.scheduler.allocation.file",
          file.toUri().toString());
    } catch (IOException e) {
      throw new UncheckedIOException("the pools cannot be written", e);
    }
  }

  private static void list(PrintWriter out, ScheduleFile file) {
    TickHistory history = TickHistory.read(file.history());
    Instant now = Instant.now();
    out.printf("%-20s %-20s %-24s %s%n", "job", "next", "last", "outcome");
    for (Job job : file.jobs()) {
      HistoryLine last = history.last(job.name());
      Instant next = job.when().next(now);
      out.printf(
          "%-20s %-20s %-24s %s%n",
          job.name(),
          next == null ? "never" : next,
          last == null ? "never" : last.tick(),
          last == null ? "" : outcome(last));
    }
  }

  private static String outcome(HistoryLine line) {
    String rows = line.scored() == null ? "" : ", %,d rows".formatted(line.scored().rows());
    return line.outcome() + rows + (line.message() == null ? "" : ": " + line.message());
  }
}
