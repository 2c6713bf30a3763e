package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.data.Column;
import dev.braid.worker.data.Shard;
import dev.braid.worker.encoding.Categories;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Fits the encodings of a table's columns to the training examples, and encodes the raw numbers of
 * shards by them.
 */
final class Encodings {
  private Encodings() {}

  /**
   * The facts with encodings fitted: categories that occur in the training part, and what stands
   * for missing values there.
   *
   * @param train raw shards of the training part
   */
  static SourceFacts fit(SparkSession spark, SourceFacts facts, Shards train) {
    List<SourceFacts.Input> inputs = new ArrayList<>();
    for (SourceFacts.Input input : facts.inputs()) {
      InputEncoding open = input.encoding();
      inputs.add(
          input.isEncoded()
              ? input.with(fit(spark, open, new Numbers(train, inputs.size(), open.rawWidth())))
              : input);
    }
    return facts.withInputs(inputs);
  }

  private static InputEncoding fit(SparkSession spark, InputEncoding open, Numbers numbers) {
    List<EncodedColumn> columns = new ArrayList<>();
    int at = 0;
    for (EncodedColumn column : open.columns()) {
      columns.add(fit(spark, column, numbers, at));
      at += column.rawWidth();
    }
    return new InputEncoding(columns, open.maskedStep());
  }

  private static EncodedColumn fit(
      SparkSession spark, EncodedColumn column, Numbers numbers, int at) {
    if (column.as() instanceof Categories all && (all.isOpen() || all.isGiven())) {
      return fit(column, all, numbers.counts(all, at));
    }
    if (!column.isToBeFilled()) {
      return column; // also where a model that the training goes on from has it
    }
    List<Float> fill = new ArrayList<>();
    for (int i = 0; i < column.as().rawWidth(); i++) {
      fill.add(numbers.standIn(spark, column, at + i));
    }
    return column.filled(column.as(), fill);
  }

  private static EncodedColumn fit(EncodedColumn column, Categories all, long[] counts) {
    List<String> occurring = new ArrayList<>();
    int most = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0 || all.isGiven()) {
        occurring.add(all.values().get(i));
      }
      most = counts[i] > counts[most] ? i : most;
    }
    require(
        !occurring.isEmpty(), "column '%s' has no category in any training example", column.name());
    return column.filled(new Categories(occurring), all.rawOf(most));
  }

  /** Shards whose raw numbers are encoded, cached; the raw ones are freed then. */
  static Shards encode(Shards raw, SourceFacts fitted) {
    if (fitted.inputs().stream().noneMatch(SourceFacts.Input::isEncoded)) {
      return raw;
    }
    ArrayList<InputEncoding> encodings = new ArrayList<>();
    for (SourceFacts.Input input : fitted.inputs()) {
      encodings.add(input.isEncoded() ? input.encoding() : null);
    }
    try (raw) {
      return Shards.cached(raw.rdd().map(shard -> encode(shard, encodings)));
    }
  }

  private static Shard encode(Shard shard, List<InputEncoding> encodings) {
    Shard encoded = shard;
    for (int i = 0; i < encodings.size(); i++) {
      if (encodings.get(i) != null) {
        encoded = encoded.withInput(i, encode(shard.input(i), encodings.get(i)));
      }
    }
    return encoded;
  }

  private static Column encode(Column raw, InputEncoding encoding) {
    int width = encoding.width();
    float[] values = new float[Math.multiplyExact(raw.numRows(), width)];
    float[] row = new float[raw.width()];
    for (int i = 0; i < raw.numRows(); i++) {
      raw.read(i, row, 0);
      encoding.encode(row, 0, values, i * width);
    }
    return Column.ofFloats(width, values);
  }

  /**
   * The raw numbers of one input of shards.
   *
   * @param shards the training part
   * @param input number of the input
   * @param width how many raw numbers an example has
   */
  private record Numbers(Shards shards, int input, int width) {

    /** What stands for a missing raw number. */
    float standIn(SparkSession spark, EncodedColumn column, int at) {
      JavaRDD<Float> present = present(at);
      require(
          !present.isEmpty(),
          "column '%s' is empty in every training example; nothing can stand for what is missing",
          column.name());
      return switch (column.missing().by()) {
        case "mean" -> (float) shards.statistics(input, width).mean(at);
        case "median" -> median(spark, present);
        case "mostFrequent" -> mostFrequent(present);
        default -> throw new IllegalStateException("not fitted: " + column.missing().by());
      };
    }

    private JavaRDD<Float> present(int at) {
      int k = input;
      return shards
          .rdd()
          .flatMap(
              shard -> {
                float[] row = new float[shard.input(k).width()];
                return IntStream.range(0, shard.size())
                    .mapToObj(
                        i -> {
                          shard.input(k).read(i, row, 0);
                          return row[at];
                        })
                    .filter(number -> !Float.isNaN(number))
                    .iterator();
              });
    }

    private static float median(SparkSession spark, JavaRDD<Float> numbers) {
      Row median =
          spark
              .createDataset(numbers.rdd(), Encoders.FLOAT())
              .agg(functions.expr("percentile(value, 0.5)"))
              .head();
      return (float) median.getDouble(0);
    }

    /** Of those that are as frequent the smallest. */
    private static float mostFrequent(JavaRDD<Float> numbers) {
      return numbers.countByValue().entrySet().stream()
          .min(
              Collections.reverseOrder(Map.Entry.<Float, Long>comparingByValue())
                  .thenComparing(Map.Entry.comparingByKey()))
          .orElseThrow()
          .getKey();
    }

    /** Per category how many examples have it. */
    long[] counts(Categories categories, int at) {
      int k = input;
      long[] all = new long[categories.values().size()];
      for (long[] part : shards.rdd().map(s -> counts(s.input(k), categories, at)).collect()) {
        Arrays.setAll(all, i -> all[i] + part[i]);
      }
      return all;
    }

    private static long[] counts(Column column, Categories categories, int at) {
      long[] counts = new long[categories.values().size()];
      float[] row = new float[column.width()];
      for (int i = 0; i < column.numRows(); i++) {
        column.read(i, row, 0);
        int place = categories.place(row, at);
        if (place >= 0) {
          counts[place]++;
        }
      }
      return counts;
    }
  }
}
