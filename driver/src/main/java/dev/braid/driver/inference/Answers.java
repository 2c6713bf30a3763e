package dev.braid.driver.inference;

import dev.braid.worker.inference.Answer;
import dev.braid.worker.inference.ModelFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import scala.collection.JavaConverters;

/** How a model's numbers stand in the output: columns and their values. */
final class Answers {
  private static final ArrayType FLOATS = DataTypes.createArrayType(DataTypes.FloatType, false);
  private static final DataType TOP =
      DataTypes.createArrayType(
          DataTypes.createStructType(
              List.of(
                  field("prediction", DataTypes.StringType),
                  field("index", DataTypes.IntegerType),
                  field("probability", DataTypes.FloatType))),
          false);

  private final ScoringSpec spec;
  private final ModelFacts facts;

  Answers(ScoringSpec spec) {
    this.spec = spec;
    this.facts = spec.facts();
  }

  private static StructField field(String name, DataType type) {
    return DataTypes.createStructField(name, type, false);
  }

  /** The columns. */
  List<StructField> fields() {
    List<StructField> fields = new ArrayList<>();
    switch (facts.output().kind()) {
      case NUMBERS ->
          fields.add(
              field(
                  "prediction",
                  facts.output().numOutputs() == 1 ? DataTypes.FloatType : list(FLOATS)));
      case PROPERTIES -> {
        fields.add(
            field("prediction", list(DataTypes.createArrayType(DataTypes.StringType, false))));
        if (spec.probabilities().top() != 0) {
          fields.add(field("probabilities", list(FLOATS)));
        }
      }
      case CLASSES, TWO_CLASSES -> {
        fields.add(field("prediction", DataTypes.StringType));
        fields.add(field("predictionIndex", DataTypes.IntegerType));
        if (spec.probabilities().top() > 0) {
          fields.add(field("top", list(TOP)));
        } else if (spec.probabilities().top() < 0) {
          fields.add(field("probabilities", list(FLOATS)));
        }
      }
    }
    fields.add(field("modelSha256", DataTypes.StringType));
    return fields;
  }

  /**
   * How Parquet's writer is told that probabilities have no dictionary: hardly two are alike, and
   * to find that out takes it longer than all its other work.
   */
  static Map<String, String> writeOptions() {
    return Map.of("parquet.enable.dictionary#probabilities.list.element", "false");
  }

  private DataType list(DataType type) {
    return spec.asText() ? DataTypes.StringType : type;
  }

  /** Appends the values for an answer. */
  void put(float[] answer, List<Object> values) {
    switch (facts.output().kind()) {
      case NUMBERS ->
          values.add(facts.output().numOutputs() == 1 ? (Object) answer[0] : floats(answer));
      case PROPERTIES -> {
        List<String> names =
            IntStream.range(0, answer.length)
                .filter(i -> answer[i] > facts.output().threshold())
                .mapToObj(facts::className)
                .toList();
        values.add(spec.asText() ? quoted(names) : seq(names));
        if (spec.probabilities().top() != 0) {
          values.add(floats(answer));
        }
      }
      case CLASSES, TWO_CLASSES -> putClass(answer, values);
    }
    values.add(facts.sha256());
  }

  private void putClass(float[] answer, List<Object> values) {
    int index = facts.index(answer);
    values.add(facts.className(index));
    values.add(index);
    float[] probabilities =
        facts.output().kind() == Answer.TWO_CLASSES
            ? new float[] {1 - answer[0], answer[0]}
            : answer;
    if (spec.probabilities().top() > 0) {
      values.add(top(probabilities));
    } else if (spec.probabilities().top() < 0) {
      values.add(floats(probabilities));
    }
  }

  private Object top(float[] probabilities) {
    List<Integer> best =
        IntStream.range(0, probabilities.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -probabilities[i]))
            .limit(spec.probabilities().top())
            .toList();
    if (spec.asText()) {
      return best.stream()
          .map(i -> quote(facts.className(i)) + ":" + probabilities[i])
          .toList()
          .toString()
          .replaceFirst("^\\[", "{")
          .replaceFirst("\\]$", "}");
    }
    return seq(
        best.stream()
            .map(i -> RowFactory.create(facts.className(i), i, probabilities[i]))
            .toList());
  }

  private Object floats(float[] numbers) {
    if (spec.asText()) {
      return Arrays.toString(numbers);
    }
    List<Float> list = new ArrayList<>(numbers.length);
    for (float number : numbers) {
      list.add(number);
    }
    return seq(list);
  }

  private static Object seq(List<?> list) {
    return JavaConverters.asScalaBufferConverter(list).asScala().toSeq();
  }

  private static String quoted(List<String> names) {
    return names.stream().map(Answers::quote).toList().toString();
  }

  private static String quote(String name) {
    return "\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
