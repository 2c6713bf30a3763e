package dev.braid.driver.inference;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.GivenPath;
import dev.braid.driver.inference.output.Counts;
import dev.braid.driver.inference.output.OutputFolder;
import dev.braid.driver.inference.output.OutputSettings;
import dev.braid.driver.run.CalledOff;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.Stop;
import dev.braid.driver.run.Stopped;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.example.Inspection;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.inference.BatchSize;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.machine.Pool;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * Applies a finished model to files.
 *
 * <pre>
 *   send the model to the executors                     broadcast, loaded once on each
 *   for each batch of files                             all of them, or NewFiles
 *     rows -> predictions, broken rows -> quarantine    ScoringTask      (on the executors)
 *     put both in place as a whole                      OutputFolder
 * </pre>
 */
public final class InferenceRun {
  private final InferenceSettings settings;
  private final Found found;
  private final OutputFolder output;
  private volatile boolean handingOver;

  private InferenceRun(InferenceSettings settings, Found found, OutputFolder output) {
    this.settings = settings;
    this.found = found;
    this.output = output;
  }

  /** What the checks have found: the model's file, what tasks need, and files that are not read. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Found(byte[] model, ScoringSpec spec, List<String> leftOut) {}

  /**
   * Checks all that can be checked without Spark, and measures the best batch size.
   *
   * @param folder for the results
   * @throws IllegalArgumentException when model, data and settings do not fit
   */
  public static InferenceRun check(
      InferenceSettings settings, String folder, Configuration hadoop) {
    byte[] bytes = read(settings.model(), hadoop);
    OutputSettings.Format format = settings.output().format();
    OutputFolder output = new OutputFolder(folder, format, hadoop);
    output.requireFree(settings.output().append(), settings.incremental());
    try (LoadedModel model = load(settings, bytes)) {
      Inspection inspection = new Inspection(hadoop, "input", Optional.empty(), Optional.empty());
      InputPlan plan = settings.input().plan(inspection, model.facts(), settings.keep());
      List<String> leftOut = settings.input().leftOut(inspection);
      ScoringSpec spec =
          new ScoringSpec(
              model.facts(),
              settings.loading(),
              plan,
              settings.output().probabilities(),
              format == OutputSettings.Format.CSV,
              settings.batchSize() != null ? settings.batchSize() : BatchSize.measure(model));
      requireFreeNames(spec);
      return new InferenceRun(settings, new Found(bytes, spec, leftOut), output);
    }
  }

  /** Refuses kept columns that are called like those of the answers, or like their folders. */
  private static void requireFreeNames(ScoringSpec spec) {
    Set<String> own = new HashSet<>(Set.of("batch"));
    new Answers(spec).fields().forEach(field -> own.add(field.name()));
    for (String name : spec.input().keep()) {
      require(
          !own.contains(name), "keep: the output has a column '%s' of its own; rename it", name);
    }
  }

  private static LoadedModel load(InferenceSettings settings, byte[] bytes) {
    try {
      return ModelBytes.load(bytes, settings.loading());
    } catch (WrongSettings e) {
      throw new WrongSettings(settings.model() + ": " + e.getMessage(), e);
    }
  }

  private static byte[] read(String name, Configuration hadoop) {
    require(name != null && !name.isBlank(), "model is missing: the path of a model file");
    Path path = GivenPath.of(name);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      require(files.exists(path), "model: there is no file %s", name);
      if (files.getFileStatus(path).isDirectory()) {
        path = new Path(path, "model.zip");
        require(files.exists(path), "model: there is no file %s", path);
      }
      try (InputStream in = files.open(path)) {
        return in.readAllBytes();
      }
    } catch (IOException e) {
      throw new WrongSettings("model: cannot read " + name + ": " + e.getMessage(), e);
    }
  }

  /** What is known of the model. */
  public ModelFacts facts() {
    return found.spec.facts();
  }

  /** The columns of the input that go into the output, without those of a row's place. */
  public List<String> keptColumns() {
    return found.spec.input().keptColumns();
  }

  /** What lies among the files and is not read, in words. */
  public List<String> leftOut() {
    return found.leftOut;
  }

  /** Rows the model is asked at once. */
  public int batchSize() {
    return found.spec.batchSize();
  }

  /**
   * What a run has done.
   *
   * @param counts of this run
   * @param total of all that is in the output, earlier runs included
   * @param batches put in place by this run
   * @param handedOver whether the run ended early, by {@link #handOver}
   * @param survey of this run's rows
   */
  public record Outcome(
      Counts counts, Counts total, int batches, boolean handedOver, Survey survey) {}

  /**
   * Scores the files. A request to stop leaves nothing of the batch that is being worked on;
   * batches that are in place stay.
   *
   * @throws TooManyBroken when more rows than allowed cannot be scored
   * @throws Stopped when the run was asked to stop, and did
   */
  public Outcome run(SparkSession spark, Stop stop, Consumer<ScoringProgress> listener) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<byte[]> sent = sc.broadcast(found.model);
    byte[] local = sent.value();
    List<Counts> done = new ArrayList<>();
    try (RunJobs jobs = new RunJobs(sc, RunJobs.NO_DEADLINE, stop)) {
      BatchScoring scoring =
          new BatchScoring(spark, jobs, settings, found.spec, sent, output, new Survey());
      List<FileStatus> files =
          Inspection.of(sc.hadoopConfiguration()).files("path", settings.input().path());
      boolean handedOver = false;
      if (settings.incremental()) {
        handedOver = incremental(scoring, stop, listener, files.size(), done);
      } else {
        Pace pace = new Pace(files.size(), System.nanoTime());
        done.add(scoring.score(files, output.nextBatch(), pace.of(listener, 0, files.size())));
      }
      Counts none = Counts.none(facts());
      return new Outcome(
          done.stream().reduce(none, Counts::plus),
          output.total().orElse(none),
          done.size(),
          handedOver,
          scoring.survey());
    } catch (CalledOff e) {
      throw new Stopped("stopped; %,d batches of this run are in place".formatted(done.size()));
    } finally {
      sent.destroy();
      Pool.close(local);
    }
  }

  /** Scores the new files; says whether some are left to the next run. */
  private boolean incremental(
      BatchScoring scoring,
      Stop stop,
      Consumer<ScoringProgress> listener,
      int numFiles,
      List<Counts> done) {
    long before = output.total().map(Counts::files).orElse(0L);
    Pace pace = new Pace(numFiles - before, System.nanoTime());
    NewFiles files =
        new NewFiles(
            scoring.spark(),
            settings.input().path(),
            output.checkpoint(),
            settings.filesPerBatch());
    try {
      files.forEach(
          stop,
          (batch, unscored) -> {
            if (handingOver) {
              throw new NewFiles.HandedOver();
            }
            if (!output.isDone(batch)) {
              List<FileStatus> some = unscored.get();
              long earlier = done.stream().mapToLong(Counts::files).sum();
              done.add(scoring.score(some, batch, pace.of(listener, earlier, some.size())));
            }
          });
      return false;
    } catch (NewFiles.HandedOver e) {
      return true;
    }
  }

  /**
   * How a whole run goes.
   *
   * @param numFiles it has to do
   * @param begin as {@link System#nanoTime} tells it
   */
  private record Pace(long numFiles, long begin) {
    /** Hands on what a batch tells, whose share becomes that of the run. */
    Consumer<ScoringProgress> of(
        Consumer<ScoringProgress> listener, long filesBefore, int filesInBatch) {
      return batch -> {
        double files = filesBefore + batch.share() * filesInBatch;
        listener.accept(
            batch.of(
                Math.min(1, files / Math.max(1, numFiles)), (System.nanoTime() - begin) / 1e9));
      };
    }
  }

  /**
   * Ends an incremental run after the batch it is at, from another thread; the next run goes on
   * with the one after it. Other runs do not heed it.
   */
  public void handOver() {
    handingOver = true;
  }
}
