package dev.braid.driver.inference;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.GivenPath;
import dev.braid.driver.inference.output.Counts;
import dev.braid.driver.inference.output.OutputFolder;
import dev.braid.driver.inference.output.OutputSettings;
import dev.braid.driver.source.Source;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.Item;
import dev.braid.driver.source.row.Placed;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.inference.BatchSize;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.machine.Pool;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Applies a finished model to files.
 *
 * <pre>
 *   send the model to the executors                     broadcast, loaded once on each
 *   for each batch of files                             all of them, or those not scored yet
 *     rows -> predictions, broken rows -> quarantine    ScoringTask      (on the executors)
 *     put both in place as a whole                      OutputFolder
 * </pre>
 */
public final class InferenceRun {
  private static final int PROGRESS_SECONDS = 2;
  private static final String DESCRIPTION = "spark.job.description";

  /** What Spark's binaryFile source gives; contents are not asked for and not read. */
  private static final StructType FILE_LIST =
      DataTypes.createStructType(
          List.of(
              DataTypes.createStructField("path", DataTypes.StringType, false),
              DataTypes.createStructField("modificationTime", DataTypes.TimestampType, false),
              DataTypes.createStructField("length", DataTypes.LongType, false),
              DataTypes.createStructField("content", DataTypes.BinaryType, true)));

  private final Settings settings;
  private final byte[] model;
  private final ModelFacts facts;
  private final InputPlan plan;
  private final List<String> leftOut;
  private final int batchSize;
  private final OutputFolder output;
  private final Survey survey = new Survey();
  private final AtomicReference<StreamingQuery> running = new AtomicReference<>();
  private volatile boolean handingOver;
  private volatile boolean calledOff;

  private InferenceRun(
      Settings settings,
      byte[] model,
      ModelFacts facts,
      InputPlan plan,
      List<String> leftOut,
      int batchSize,
      OutputFolder output) {
    this.settings = settings;
    this.model = model;
    this.facts = facts;
    this.plan = plan;
    this.leftOut = leftOut;
    this.batchSize = batchSize;
    this.output = output;
  }

  /**
   * What is to be done.
   *
   * @param model path of a {@code model.zip}, of the folder of the run that trained it, or of
   *     another file that {@link ModelBytes} reads
   * @param foreign what files of others do not say of themselves
   * @param input the files
   * @param keep columns that go into the output, {@code _file} and {@code _row} among them
   * @param output where the results go; its folder is set
   * @param batchSize rows the model is asked at once; measured if null
   * @param incremental whether only files not scored yet are read
   * @param filesPerBatch files that are put in place together when incremental
   * @param maxQuarantinedShare more broken rows than this share stop the run
   */
  public record Settings(
      String model,
      ForeignSettings foreign,
      Source input,
      List<String> keep,
      OutputSettings output,
      Integer batchSize,
      boolean incremental,
      int filesPerBatch,
      double maxQuarantinedShare) {
    public Settings {
      require(
          batchSize == null || batchSize > 0, "batchSize must be at least 1, got %s", batchSize);
      require(filesPerBatch > 0, "filesPerBatch must be at least 1, got %d", filesPerBatch);
      require(
          maxQuarantinedShare >= 0 && maxQuarantinedShare <= 1,
          "maxQuarantinedShare must be from 0 to 1, got %s",
          maxQuarantinedShare);
    }
  }

  /**
   * Checks all that can be checked without Spark, and measures the best batch size.
   *
   * @throws IllegalArgumentException when model, data and settings do not fit
   */
  public static InferenceRun check(Settings settings, Configuration hadoop) {
    byte[] bytes = read(settings.model(), hadoop);
    OutputFolder output =
        new OutputFolder(settings.output().folder(), settings.output().format(), hadoop);
    output.requireFree(settings.output().append(), settings.incremental());
    try (LoadedModel model = load(settings, bytes)) {
      Inspection inspection = new Inspection(hadoop, "input", Optional.empty(), Optional.empty());
      InputPlan plan = settings.input().plan(inspection, model.facts(), settings.keep());
      List<String> leftOut = settings.input().leftOut(inspection);
      int batchSize =
          settings.batchSize() != null ? settings.batchSize() : BatchSize.measure(model);
      return new InferenceRun(settings, bytes, model.facts(), plan, leftOut, batchSize, output);
    }
  }

  private static LoadedModel load(Settings settings, byte[] bytes) {
    try {
      return ModelBytes.load(bytes, settings.foreign());
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
    return facts;
  }

  /** The columns of the input that go into the output, without those of a row's place. */
  public List<String> keptColumns() {
    return plan.keptColumns();
  }

  /** What lies among the files and is not read, in words. */
  public List<String> leftOut() {
    return leftOut;
  }

  /** Rows the model is asked at once. */
  public int batchSize() {
    return batchSize;
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
   * Scores the files.
   *
   * @throws TooManyBroken when more rows than allowed cannot be scored
   */
  public Outcome run(SparkSession spark, Consumer<ScoringProgress> listener) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<byte[]> sent = sc.broadcast(model);
    byte[] local = sent.value();
    try {
      List<Counts> done = new ArrayList<>();
      List<FileStatus> files =
          Inspection.of(sc.hadoopConfiguration()).files("path", settings.input().path());
      long before = settings.incremental() ? output.total().map(Counts::files).orElse(0L) : 0;
      Pace pace = new Pace(files.size() - before, System.nanoTime());
      boolean handedOver = false;
      if (settings.incremental()) {
        handedOver = incremental(spark, sent, listener, pace, done);
      } else {
        done.add(score(spark, sent, files, output.nextBatch(), pace.of(listener, 0, files.size())));
      }
      Counts none = Counts.none(facts);
      return new Outcome(
          done.stream().reduce(none, Counts::plus),
          output.total().orElse(none),
          done.size(),
          handedOver,
          survey);
    } finally {
      sent.destroy();
      Pool.close(local);
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
   * Spark keeps in its checkpoint which files belong to which batch, whatever happens.
   *
   * @return whether batches are left to the next run
   */
  private boolean incremental(
      SparkSession spark,
      Broadcast<byte[]> sent,
      Consumer<ScoringProgress> listener,
      Pace pace,
      List<Counts> done) {
    SparkSession own = spark.newSession();
    // Streams do without it, and would say so each time.
    own.conf().set("spark.sql.adaptive.enabled", false);
    try {
      StreamingQuery query =
          own.readStream()
              .format("binaryFile")
              .schema(FILE_LIST)
              .option("maxFilesPerTrigger", settings.filesPerBatch())
              .option("recursiveFileLookup", true)
              .option("maxFileAge", "36500d") // a file that comes late may be old
              .load(settings.input().path())
              .select("path")
              .writeStream()
              .trigger(Trigger.AvailableNow())
              .option("checkpointLocation", output.checkpoint().toString())
              .foreachBatch(
                  (Dataset<Row> files, Long batch) -> {
                    if (handingOver) {
                      throw new HandedOver();
                    }
                    if (!output.isDone(batch)) {
                      long before = done.stream().mapToLong(Counts::files).sum();
                      List<FileStatus> some = files(spark, files);
                      done.add(
                          score(spark, sent, some, batch, pace.of(listener, before, some.size())));
                    }
                  })
              .start();
      running.set(query);
      if (calledOff) {
        query.stop();
      }
      query.awaitTermination();
      requireNotCalledOff();
      return false;
    } catch (StreamingQueryException e) {
      if (find(e, HandedOver.class) != null) {
        return true;
      }
      throw cause(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the incremental scoring did not start", e);
    }
  }

  private void requireNotCalledOff() {
    if (calledOff) {
      throw new IllegalStateException("the run was called off");
    }
  }

  /**
   * Ends the run, from another thread: batches that are in place stay, the one that is being worked
   * on leaves nothing. {@link #run} ends with an exception. Jobs of a run that is not incremental
   * are cancelled by whoever set their job group.
   */
  public void callOff() {
    calledOff = true;
    StreamingQuery query = running.get();
    if (query != null) {
      try {
        query.stop();
      } catch (TimeoutException e) {
        throw new IllegalStateException("the run does not stop", e);
      }
    }
  }

  /**
   * Ends an incremental run after the batch it is at, from another thread; the next run goes on
   * with the one after it. Other runs do not heed it.
   */
  public void handOver() {
    handingOver = true;
  }

  /** Ends a streaming query before a batch. */
  private static final class HandedOver extends IllegalStateException {
    private static final long serialVersionUID = 1;

    HandedOver() {
      super("the run is handed over to the next one");
    }
  }

  /** What went wrong in a batch, without what Spark wraps around it. */
  private static RuntimeException cause(StreamingQueryException e) {
    TooManyBroken broken = find(e, TooManyBroken.class);
    return broken != null
        ? broken
        : new IllegalStateException("the incremental scoring failed: " + e.getMessage(), e);
  }

  private static <T extends Throwable> T find(Throwable e, Class<T> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }

  private static List<FileStatus> files(SparkSession spark, Dataset<Row> list) {
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

  /** Scores some files and puts the results in place as one batch. */
  private Counts score(
      SparkSession spark,
      Broadcast<byte[]> sent,
      List<FileStatus> files,
      long batch,
      Consumer<ScoringProgress> listener) {
    output.clear(batch);
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    CollectionAccumulator<TaskCounts> ended = new CollectionAccumulator<>();
    sc.sc().register(ended, "scored rows");
    boolean asText = settings.output().format() == OutputSettings.Format.CSV;
    ScoringSpec spec =
        new ScoringSpec(
            facts, settings.foreign(), plan, settings.output().probabilities(), asText, batchSize);
    ScoringTask task =
        new ScoringTask(
            spec,
            sent,
            sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration())),
            output.quarantineAside(batch).toString(),
            sc.sc().applicationId(),
            ended);
    JavaRDD<Placed<Item>> items =
        settings.input().items(spark, plan, files, FilePart.bytes(files, sc.defaultParallelism()));
    Dataset<Row> predictions =
        spark.createDataFrame(items.mapPartitions(task), schema(spark, spec, files));
    Runnable look = look(batch, ended, items.getNumPartitions(), listener);
    ScheduledExecutorService clock = everyFewSeconds(look);
    String before = sc.getLocalProperty(DESCRIPTION);
    sc.setJobDescription("batch %d: score %,d files".formatted(batch, files.size()));
    try {
      predictions
          .write()
          .mode(SaveMode.Overwrite)
          .format(settings.output().format().sparkName())
          .option("header", true)
          .options(Answers.writeOptions())
          .save(output.predictionsAside(batch).toString());
    } catch (Throwable e) { // Spark throws what it does not declare
      output.clear(batch);
      throw e;
    } finally {
      clock.shutdownNow();
      sc.setLocalProperty(DESCRIPTION, before);
    }
    requireNotCalledOff();
    look.run(); // the whole batch
    return commit(batch, files.size(), ended.value());
  }

  private Counts commit(long batch, int numFiles, List<TaskCounts> tasks) {
    Counts counts =
        tasks.stream()
            .sorted(Comparator.comparingInt(TaskCounts::partition))
            .map(TaskCounts::counts)
            .reduce(Counts.none(facts), Counts::plus)
            .of(numFiles);
    Survey seen = new Survey();
    tasks.forEach(task -> seen.merge(task.survey()));
    HashSet<String> quarantined = new HashSet<>();
    tasks.stream().map(TaskCounts::quarantine).filter(Objects::nonNull).forEach(quarantined::add);
    if (counts.quarantinedShare() > settings.maxQuarantinedShare()) {
      String where = output.keepQuarantine(batch, quarantined);
      throw new TooManyBroken(
          "%,d of %,d rows cannot be scored, more than the share of %s that maxQuarantinedShare"
                  .formatted(counts.quarantined(), counts.all(), settings.maxQuarantinedShare())
              + " allows; they and the reasons are in %s%s"
                  .formatted(where, seen.commonestReason().map("; "::concat).orElse("")));
    }
    output.commit(batch, counts, quarantined);
    survey.merge(seen);
    return counts;
  }

  private StructType schema(SparkSession spark, ScoringSpec spec, List<FileStatus> files) {
    List<StructField> kept = new ArrayList<>(settings.input().keptFields(spark, plan, files));
    List<StructField> fields = new ArrayList<>();
    for (String name : plan.keep()) {
      fields.add(
          switch (name) {
            case InputPlan.FILE -> DataTypes.createStructField(name, DataTypes.StringType, false);
            case InputPlan.ROW -> DataTypes.createStructField(name, DataTypes.LongType, false);
            default -> kept.remove(0);
          });
    }
    fields.addAll(new Answers(spec).fields());
    return DataTypes.createStructType(fields);
  }

  /** Tells how far a batch is. */
  private static Runnable look(
      long batch,
      CollectionAccumulator<TaskCounts> ended,
      int numTasks,
      Consumer<ScoringProgress> listener) {
    long begin = System.nanoTime();
    return () -> {
      List<TaskCounts> tasks = ended.value();
      double seconds = (System.nanoTime() - begin) / 1e9;
      listener.accept(
          new ScoringProgress(
              batch,
              tasks.stream().mapToLong(task -> task.counts().rows()).sum(),
              tasks.stream().mapToLong(task -> task.counts().quarantined()).sum(),
              (double) tasks.size() / Math.max(1, numTasks),
              seconds));
    };
  }

  private static ScheduledExecutorService everyFewSeconds(Runnable look) {
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "scoring progress");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        clock.scheduleAtFixedRate(look, PROGRESS_SECONDS, PROGRESS_SECONDS, TimeUnit.SECONDS);
    return clock;
  }
}
