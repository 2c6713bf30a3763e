package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.Source;
import dev.braid.driver.source.SourceFacts;
import dev.braid.worker.data.Normaliser;
import java.util.List;
import java.util.Optional;
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
 */
public record TrainingData(
    Shards train,
    Optional<Shards> validation,
    Optional<Shards> test,
    List<Normaliser> normalisers,
    SourceFacts facts)
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
    ShuffledExamples shuffled = ShuffledExamples.of(settings.train().read(spark, open), seed);
    long numAside = numAside(settings, shuffled.count());
    Shards raw = Shards.cached(shuffled.shards(numAside, shuffled.count(), numShards));
    SourceFacts train = Encodings.fit(spark, open, raw);
    Shards trainShards = Encodings.encode(raw, train);
    Optional<Shards> validation =
        settings.validation() instanceof ValidationPart.Own own
            ? Optional.of(
                load(
                    spark,
                    own.source(),
                    facts.validation().orElseThrow().as(train),
                    numShards,
                    seed))
            : Optional.of(numAside)
                .filter(n -> n > 0)
                .map(n -> Encodings.encode(Shards.cached(shuffled.shards(0, n, numShards)), train));
    Optional<Shards> test =
        facts.test().map(found -> load(spark, settings.test(), found.as(train), numShards, seed));
    return new TrainingData(
        trainShards,
        validation,
        test,
        Normalisers.fit(
            settings.normalise(), trainShards, train.inputs(), facts.needs().indexInputs()),
        train);
  }

  /**
   * Reads one part, as a training with this seed has it.
   *
   * @param facts what {@link Preflight#check} has found of the part's source
   * @throws IllegalArgumentException naming file and row when an example cannot be used
   */
  public static Shards part(
      SparkSession spark,
      DataSettings settings,
      Part part,
      SourceFacts facts,
      int numShards,
      long seed) {
    Source source = part.source(settings);
    if (!part.isDrawn(settings)) {
      return load(spark, source, facts, numShards, seed);
    }
    return reading(
        spark,
        () -> {
          ShuffledExamples shuffled = ShuffledExamples.of(source.read(spark, facts), seed);
          long numAside = numAside(settings, shuffled.count());
          return Encodings.encode(
              Shards.cached(
                  part == Part.TRAIN
                      ? shuffled.shards(numAside, shuffled.count(), numShards)
                      : shuffled.shards(0, numAside, numShards)),
              facts);
        });
  }

  /**
   * Reads one source.
   *
   * @param facts what {@link Preflight#check} has found
   * @throws IllegalArgumentException naming file and row when an example cannot be used
   */
  public static Shards load(
      SparkSession spark, Source source, SourceFacts facts, int numShards, long seed) {
    return reading(
        spark,
        () -> Encodings.encode(Shards.of(source.read(spark, facts), numShards, seed), facts));
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
