package dev.braid.driver.data;

import dev.braid.driver.source.Source;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.data.Normaliser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * All examples of one run in shards on the executors.
 *
 * @param parts to learn from, to score on after each epoch and at the end, in the order of the
 *     parts
 * @param normalisers fitted to the training part, one per input
 * @param facts of the training source, classes included
 * @param leftOut by source, the rows that could not be used
 */
public record TrainingData(
    Map<Part, Shards> parts,
    List<Normaliser> normalisers,
    SourceFacts facts,
    List<RowsLeftOut> leftOut)
    implements AutoCloseable {
  /** What Spark's jobs are called that read the examples. */
  public static final String READING = "reading the examples";

  private static final String DESCRIPTION = "spark.job.description";

  /** The examples to learn from. */
  public Shards train() {
    return parts.get(Part.TRAIN);
  }

  /** The examples of a part, if there are any. */
  public Optional<Shards> of(Part part) {
    return Optional.ofNullable(parts.get(part));
  }

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
    Division division = settings.division();
    SourceFacts open = facts.needs().classesOf(division.source().complete(spark, facts.train()));
    facts.needs().requireVectors(open);
    facts.needs().requireToldApart(settings, open);
    Groups.requireApart(spark, division);
    List<RowsLeftOut> leftOut = new ArrayList<>();
    Reading reading = new Reading(spark, settings, seed, leftOut);
    Map<Part, Piece> drawn = reading.drawn(open);
    Shards raw = drawn.get(Part.TRAIN).shards(numShards);
    SourceFacts train = Encodings.fit(spark, open, raw);
    Map<Part, Shards> parts = new EnumMap<>(Part.class);
    parts.put(Part.TRAIN, Encodings.encode(raw, train));
    for (Part part : division.parts()) {
      if (part != Part.TRAIN) {
        Piece piece =
            drawn.containsKey(part)
                ? drawn.get(part)
                : reading.given(part, facts.given().get(part).as(train));
        parts.put(part, Encodings.encode(piece.shards(numShards), train));
      }
    }
    return new TrainingData(
        Collections.unmodifiableMap(parts),
        Normalisers.fit(
            settings.normalise(),
            division.source().wanted(),
            parts.get(Part.TRAIN),
            train.inputs(),
            facts.needs().indexInputs()),
        train,
        List.copyOf(leftOut));
  }

  /** The examples of one part, in random order. */
  private record Piece(ShuffledExamples among, long from, long to) {
    Shards shards(int numShards) {
      return Shards.cached(among.shards(from, to, numShards));
    }
  }

  /** How the sources of a run are read; collects what is left out. */
  private record Reading(
      SparkSession spark, DataSettings settings, long seed, List<RowsLeftOut> leftOut) {

    /** The parts of the source that the training part comes from. */
    Map<Part, Piece> drawn(SourceFacts facts) {
      Division division = settings.division();
      return division.draw().isPlain() || division.shares().size() == 1
          ? byPosition(division, shuffled(division, Part.TRAIN, division.source(), facts))
          : byKey(division, facts);
    }

    /** Parts of examples that are in random order anyway. */
    private static Map<Part, Piece> byPosition(Division division, ShuffledExamples all) {
      Map<Part, Piece> pieces = new EnumMap<>(Part.class);
      long count = all.count();
      for (Part part : division.shares().keySet()) {
        long from = division.start(part, count);
        long to = division.end(part, count);
        if (division.isDrawn(part)) {
          division.requireSome(part, to - from, count);
        }
        pieces.put(part, new Piece(all, from, to));
      }
      return pieces;
    }

    private Map<Part, Piece> byKey(Division division, SourceFacts facts) {
      Division.By draw = division.draw();
      var keyed = division.source().readKeyed(spark, facts, draw.column(), draw.stratified());
      Map<Part, Piece> pieces = new EnumMap<>(Part.class);
      long numExamples = 0;
      for (var part : Draw.of(keyed, division, settings.broken(), seed).entrySet()) {
        ShuffledExamples own = ShuffledExamples.of(part.getValue(), settings.broken(), seed);
        pieces.put(part.getKey(), new Piece(own, 0, own.count()));
        numExamples += own.count();
      }
      tell(RowsLeftOut.of(division.sourceSetting(Part.TRAIN), keyed.problems(), numExamples));
      return pieces;
    }

    /** A part that has a source of its own. */
    Piece given(Part part, SourceFacts facts) {
      Division division = settings.division();
      ShuffledExamples own = shuffled(division, part, division.given().get(part), facts);
      return new Piece(own, 0, own.count());
    }

    private ShuffledExamples shuffled(
        Division division, Part part, Source source, SourceFacts facts) {
      ShuffledExamples shuffled =
          ShuffledExamples.of(source.read(spark, facts), settings.broken(), seed);
      tell(shuffled.leftOut(division.sourceSetting(part)));
      return shuffled;
    }

    private void tell(RowsLeftOut rows) {
      if (rows.count() > 0) {
        leftOut.add(rows);
      }
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
    Reading reading = new Reading(spark, settings, seed, rows);
    Shards shards =
        reading(
            spark,
            () -> {
              Piece piece =
                  settings.division().given().containsKey(part)
                      ? reading.given(part, facts)
                      : reading.drawn(facts).get(part);
              return Encodings.encode(piece.shards(numShards), facts);
            });
    if (!rows.isEmpty()) {
      leftOut.accept(rows);
    }
    return shards;
  }

  /** Frees the executors' memory. */
  @Override
  public void close() {
    parts.values().forEach(Shards::close);
  }
}
