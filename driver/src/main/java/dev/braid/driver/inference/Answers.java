package dev.braid.driver.inference;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.task.AnswerColumn;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.AnswerType;
import dev.braid.worker.task.AnswerType.Group;
import dev.braid.worker.task.AnswerType.ListOf;
import dev.braid.worker.task.AnswerType.Single;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import scala.collection.JavaConverters;

/**
 * How a model's answers stand in the output: columns and their values. Where a model has several
 * outputs, the name of each stands before those of its columns.
 */
final class Answers {
  private static final int MAX_WORDS = 12;

  private final ScoringSpec spec;
  private final ModelFacts facts;
  private final AnswerDetail detail;
  private final List<List<AnswerColumn>> columns;
  private final List<RowScores> scores;

  Answers(ScoringSpec spec) {
    this.spec = spec;
    this.facts = spec.facts();
    this.detail = spec.probabilities().detail();
    this.columns =
        facts.outputs().stream().map(output -> output.decoder().columns(detail)).toList();
    this.scores = facts.outputs().stream().map(RowScores::new).toList();
  }

  private static StructField field(String name, DataType type) {
    return DataTypes.createStructField(name, type, false);
  }

  /** The columns. */
  List<StructField> fields() {
    List<StructField> fields = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String prefix = facts.prefix(facts.outputs().get(i));
      for (AnswerColumn column : columns.get(i)) {
        boolean text = spec.asText() && !(column.type() instanceof Single);
        fields.add(
            field(prefix + column.name(), text ? DataTypes.StringType : ofSpark(column.type())));
      }
    }
    for (int i = 0; i < scores.size(); i++) {
      String prefix = facts.prefix(facts.outputs().get(i));
      for (String name : scores.get(i).names()) {
        fields.add(DataTypes.createStructField(prefix + name, DataTypes.DoubleType, true));
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

  private static DataType ofSpark(AnswerType type) {
    if (type instanceof Single single) {
      return switch (single) {
        case TEXT -> DataTypes.StringType;
        case WHOLE -> DataTypes.IntegerType;
        case NUMBER -> DataTypes.FloatType;
      };
    }
    if (type instanceof ListOf list) {
      return DataTypes.createArrayType(ofSpark(list.element()), false);
    }
    return DataTypes.createStructType(
        ((Group) type).fields().stream().map(f -> field(f.name(), ofSpark(f.type()))).toList());
  }

  /**
   * Appends the values for an example's answers.
   *
   * @param answers per output its numbers
   * @param inputs the example's
   */
  void put(float[][] answers, float[][] inputs, List<Object> values) {
    for (int i = 0; i < answers.length; i++) {
      ModelFacts.Output output = facts.outputs().get(i);
      List<Object> own = output.decoder().answer(answers[i], output.steps(answers[i]), detail);
      for (int k = 0; k < own.size(); k++) {
        AnswerType type = columns.get(i).get(k).type();
        boolean text = spec.asText() && !(type instanceof Single);
        values.add(text ? json(type, own.get(k)) : ofSpark(type, own.get(k)));
      }
    }
    for (int i = 0; i < answers.length; i++) {
      values.addAll(scores.get(i).values(answers[i], inputs));
    }
    values.add(facts.sha256());
  }

  private static Object ofSpark(AnswerType type, Object value) {
    if (type instanceof Single) {
      return value;
    }
    List<?> list = (List<?>) value;
    if (type instanceof ListOf of) {
      return of.element() instanceof Single
          ? seq(list)
          : seq(list.stream().map(element -> ofSpark(of.element(), element)).toList());
    }
    List<AnswerColumn> fields = ((Group) type).fields();
    return RowFactory.create(
        IntStream.range(0, list.size())
            .mapToObj(i -> ofSpark(fields.get(i).type(), list.get(i)))
            .toArray());
  }

  private static Object seq(List<?> list) {
    return JavaConverters.asScalaBufferConverter(list).asScala().toSeq();
  }

  /** A value as JSON: lists as lists, groups as objects. */
  private static String json(AnswerType type, Object value) {
    if (type instanceof Single single) {
      return single == Single.TEXT ? quoted((String) value) : String.valueOf(value);
    }
    List<?> list = (List<?>) value;
    if (type instanceof ListOf of) {
      return list.stream()
          .map(element -> json(of.element(), element))
          .collect(Collectors.joining(", ", "[", "]"));
    }
    List<AnswerColumn> fields = ((Group) type).fields();
    return IntStream.range(0, list.size())
        .mapToObj(
            i -> quoted(fields.get(i).name()) + ": " + json(fields.get(i).type(), list.get(i)))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  /** An answer in a few words: what its first column says. */
  static String words(ModelFacts.Output output, float[] numbers) {
    List<Object> answer =
        output.decoder().answer(numbers, output.steps(numbers), new AnswerDetail(0));
    return words(answer.get(0), ", ");
  }

  private static String words(Object value, String between) {
    if (value instanceof List<?> list) {
      String first =
          list.stream()
              .limit(MAX_WORDS)
              .map(each -> words(each, " "))
              .collect(Collectors.joining(between));
      return list.size() > MAX_WORDS ? first + between + "\u2026" : first;
    }
    return value instanceof Float number
        ? String.format(Locale.ROOT, "%.4g", number)
        : String.valueOf(value);
  }

  private static String quoted(String text) {
    return TextNode.valueOf(text).toString();
  }
}
