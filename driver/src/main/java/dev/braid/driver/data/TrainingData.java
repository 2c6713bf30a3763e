package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.Source;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.data.Normaliser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * All examples of one run in shards on the executors.
 *
 * @param train to learn from
 * @param validation to score on after each epoch
 * @param test to score the finished model on
 * @param normalisers fitted to the training part, one per input
 * @param facts of the training source, classes included
 * @param leftOut by source, the rows that could not be used
 */
public record TrainingData(
    Shards train,
    Optional<Shards> validation,
    Optional<Shards> test,
    List<Normaliser> normalisers,
    SourceFacts facts,
    List<RowsLeftOut> leftOut)
    implements AutoCloseable {
  /** What Spark's jobs are called that read the examples. */
  public static final String READING = "reading the examples";

  private static final String DESCRIPTION = "spark.job.description";

  /**
   * Reads everything.
   *
   * @param facts what {@link Preflight#check} has found
   * @param numShards of each part; as many as workers, or a multiple
   * @throws IllegalArgumentException naming file and row when an example cannot be used
   */
  public static TrainingData load(
      SparkSession spark, DataSettings settings, DataFacts facts, int numShards, long seed) {
    return reading(spark, () -> read(spark, settings, facts, numShards, seed));
  }

  /** Reads with a word in Spark's jobs for what they do. */
  private static <T> T reading(SparkSession spark, Supplier<T> read) {
    String before = spark.sparkContext().getLocalProperty(DESCRIPTION);
    spark.sparkContext().setJobDescription(READING);
    try {
      return read.get();
    } finally {
      spark.sparkContext().setJobDescription(before);
    }
  }

  private static TrainingData read(
      SparkSession spark, DataSettings settings, DataFacts facts, int numShards, long seed) {
    SourceFacts open = facts.needs().classesOf(settings.train().complete(spark, facts.train()));
    facts.needs().requireVectors(open);
    facts.needs().requireToldApart(settings, open);
    List<RowsLeftOut> leftOut = new ArrayList<>();
    Reading reading = new Reading(spark, settings.broken(), seed, leftOut);
    ShuffledExamples shuffled = reading.shuffled("data.train", settings.train(), open);
    long numAside = numAside(settings, shuffled.count());
    Shards raw = Shards.cached(shuffled.shards(numAside, shuffled.count(), numShards));
    SourceFacts train = Encodings.fit(spark, open, raw);
    Shards trainShards = Encodings.encode(raw, train);
    Optional<Shards> validation =
        settings.validation() instanceof ValidationPart.Own own
            ? Optional.of(
                reading.shards(
                    "data.validation",
                    own.source(),
                    facts.validation().orElseThrow().as(train),
                    numShards))
            : Optional.of(numAside)
                .filter(n -> n > 0)
                .map(n -> Encodings.encode(Shards.cached(shuffled.shards(0, n, numShards)), train));
    Optional<Shards> test =
        facts
            .test()
            .map(found -> reading.shards("data.test", settings.test(), found.as(train), numShards));
    return new TrainingData(
        trainShards,
        validation,
        test,
        Normalisers.fit(
            settings.normalise(), trainShards, train.inputs(), facts.needs().indexInputs()),
        train,
        List.copyOf(leftOut));
  }

  /** How the sources of a run are read; collects what is left out. */
  private record Reading(
      SparkSession spark, BrokenRows broken, long seed, List<RowsLeftOut> leftOut) {

    ShuffledExamples shuffled(String part, Source source, SourceFacts facts) {
      ShuffledExamples shuffled = ShuffledExamples.of(source.read(spark, facts), broken, seed);
      RowsLeftOut rows = shuffled.leftOut(part);
      if (rows.count() > 0) {
        leftOut.add(rows);
      }
      return shuffled;
    }

    Shards shards(String part, Source source, SourceFacts facts, int numShards) {
      ShuffledExamples shuffled = shuffled(part, source, facts);
      return Encodings.encode(
          Shards.cached(shuffled.shards(0, shuffled.count(), numShards)), facts);
    }
  }

  /**
   * Reads one part, as a training with this seed has it.
   *
   * @param facts what {@link Preflight#check} has found of the part's source
   * @param leftOut told of rows that could not be used
   * @throws IllegalArgumentException naming file and row when an example cannot be used
   */
  public static Shards part(
      SparkSession spark,
      DataSettings settings,
      Part part,
      SourceFacts facts,
      int numShards,
      long seed,
      Consumer<List<RowsLeftOut>> leftOut) {
    List<RowsLeftOut> rows = new ArrayList<>();
    Reading reading = new Reading(spark, settings.broken(), seed, rows);
    Shards shards = reading(spark, () -> part(reading, settings, part, facts, numShards));
    if (!rows.isEmpty()) {
      leftOut.accept(rows);
    }
    return shards;
  }

  private static Shards part(
      Reading reading, DataSettings settings, Part part, SourceFacts facts, int numShards) {
    Source source = part.source(settings);
    if (!part.isDrawn(settings)) {
      return reading.shards(part.setting(), source, facts, numShards);
    }
    ShuffledExamples shuffled = reading.shuffled(part.setting(), source, facts);
    long numAside = numAside(settings, shuffled.count());
    return Encodings.encode(
        Shards.cached(
            part == Part.TRAIN
                ? shuffled.shards(numAside, shuffled.count(), numShards)
                : shuffled.shards(0, numAside, numShards)),
        facts);
  }

  private static long numAside(DataSettings settings, long numExamples) {
    if (!(settings.validation() instanceof ValidationPart.Share share)) {
      return 0;
    }
    long numAside = share.of(numExamples);
    require(
        numAside > 0 && numAside < numExamples,
        "data.validation: a share of %s of %d examples is %d; nothing may be left out",
        share.share(),
        numExamples,
        numAside);
    return numAside;
  }

  /** Frees the executors' memory. */
  @Override
  public void close() {
    train.close();
    validation.ifPresent(Shards::close);
    test.ifPresent(Shards::close);
  }
}
