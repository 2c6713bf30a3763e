package dev.braid.driver.inference;

import dev.braid.driver.inference.output.Counts;
import dev.braid.driver.inference.output.OutputFolder;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.Item;
import dev.braid.driver.source.row.Placed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Scores files and puts what comes of them in place, a batch at a time.
 *
 * @param jobs scores each batch by one of them
 * @param model its file's bytes on the executors
 * @param survey of the rows of all batches that are in place
 */
record BatchScoring(
    SparkSession spark,
    RunJobs jobs,
    InferenceSettings settings,
    ScoringSpec spec,
    Broadcast<byte[]> model,
    OutputFolder output,
    Survey survey) {

  /**
   * Scores some files as one batch.
   *
   * @throws TooManyBroken when more rows than allowed cannot be scored
   */
  Counts score(List<FileStatus> files, long batch, Consumer<ScoringProgress> listener) {
    output.clear(batch);
    CollectionAccumulator<TaskCounts> ended = new CollectionAccumulator<>();
    jobs.sc().sc().register(ended, "scored rows");
    JavaRDD<Placed<Item>> items =
        settings
            .input()
            .items(
                spark, spec.input(), files, FilePart.bytes(files, jobs.sc().defaultParallelism()));
    Dataset<Row> predictions =
        spark.createDataFrame(items.mapPartitions(task(batch, ended)), schema(files));
    try (BatchWatch watch = BatchWatch.of(batch, ended, items.getNumPartitions(), listener)) {
      jobs.call(
          "batch %d: score %,d files".formatted(batch, files.size()),
          () -> "its tasks",
          () -> write(predictions, batch));
      watch.look(); // the whole batch
    } catch (RuntimeException | Error e) {
      output.clear(batch);
      throw e;
    }
    return commit(batch, files.size(), ended.value());
  }

  private ScoringTask task(long batch, CollectionAccumulator<TaskCounts> ended) {
    return new ScoringTask(
        spec,
        model,
        jobs.sc().broadcast(new SerializableConfiguration(jobs.sc().hadoopConfiguration())),
        output.quarantineAside(batch).toString(),
        jobs.sc().sc().applicationId(),
        ended);
  }

  private StructType schema(List<FileStatus> files) {
    InputPlan plan = spec.input();
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

  private Void write(Dataset<Row> predictions, long batch) {
    predictions
        .write()
        .mode(SaveMode.Overwrite)
        .format(settings.output().format().sparkName())
        .option("header", true)
        .options(Answers.writeOptions())
        .save(output.predictionsAside(batch).toString());
    return null;
  }

  private Counts commit(long batch, int numFiles, List<TaskCounts> tasks) {
    Counts counts =
        tasks.stream()
            .sorted(Comparator.comparingInt(TaskCounts::partition))
            .map(TaskCounts::counts)
            .reduce(Counts.none(spec.facts()), Counts::plus)
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
}
