package dev.braid.driver.ml;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.column.SparkValues;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.Attribute$;
import org.apache.spark.ml.attribute.BinaryAttribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Columns and their metadata: what Spark ML asks of them, and features that are numbers in other
 * forms as well: the same that a column of a file may have.
 */
final class Schemas {
  private static final UserDefinedFunction VECTOR =
      functions.udf((UDF2<Object, String, Vector>) Schemas::vector, SQLDataTypes.VectorType());

  private Schemas() {}

  /** What Spark ML makes of a schema that a training reads, where the label is a number. */
  static StructType ofTraining(
      StructType schema, PredictorParams columns, UnaryOperator<StructType> theirs) {
    String label = columns.getLabelCol();
    DataType type = field(schema, "labelCol", label).dataType();
    require(
        type instanceof NumericType,
        "labelCol: column '%s' is %s; expected a number, such as StringIndexer makes of names",
        label,
        type.catalogString());
    return withVectors(schema, columns.getFeaturesCol(), theirs);
  }

  private static StructField field(StructType schema, String setting, String column) {
    require(
        List.of(schema.fieldNames()).contains(column),
        "%s: there is no column '%s'; the columns are %s",
        setting,
        column,
        String.join(", ", schema.fieldNames()));
    return schema.apply(column);
  }

  /**
   * What Spark ML makes of a schema, other numbers taken for the vectors it asks for.
   *
   * @param theirs Spark ML's change of a schema
   */
  static StructType withVectors(
      StructType schema, String features, UnaryOperator<StructType> theirs) {
    StructField field = field(schema, "featuresCol", features);
    String problem = SparkValues.type(field).problemAsNumbers();
    require(
        problem == null,
        "featuresCol: %s: make one of it, by StringIndexer and VectorAssembler say",
        problem);
    DataType type = field.dataType();
    if (isVector(type)) {
      return theirs.apply(schema);
    }
    StructType changed = theirs.apply(withType(schema, features, SQLDataTypes.VectorType()));
    return withType(changed, features, type);
  }

  private static boolean isVector(DataType type) {
    return type.equals(SQLDataTypes.VectorType());
  }

  private static StructType withType(StructType schema, String column, DataType type) {
    return with(
        schema, column, field -> field.copy(column, type, field.nullable(), field.metadata()));
  }

  private static StructType with(
      StructType schema, String column, UnaryOperator<StructField> change) {
    return new StructType(
        Arrays.stream(schema.fields())
            .map(field -> field.name().equals(column) ? change.apply(field) : field)
            .toArray(StructField[]::new));
  }

  /**
   * The schema whose column of predictions says what the classes are called, where they have names.
   */
  static StructType named(StructType schema, String prediction, List<String> classes) {
    boolean plain = IntStream.range(0, classes.size()).allMatch(i -> classes.get(i).equals("" + i));
    if (prediction.isEmpty() || plain) {
      return schema;
    }
    NominalAttribute names =
        NominalAttribute.defaultAttr()
            .withName(prediction)
            .withValues(classes.toArray(String[]::new));
    return with(
        schema,
        prediction,
        field -> field.copy(prediction, field.dataType(), field.nullable(), names.toMetadata()));
  }

  /** The classes that a column's metadata name or number; empty where they do not. */
  static Optional<List<String>> classes(StructField label) {
    Attribute attribute = Attribute$.MODULE$.fromStructField(label);
    if (attribute instanceof NominalAttribute nominal) {
      if (nominal.values().isDefined()) {
        return Optional.of(List.of(nominal.values().get()));
      }
      return nominal.getNumValues().isDefined()
          ? Optional.of(indices((Integer) nominal.getNumValues().get()))
          : Optional.empty();
    }
    if (attribute instanceof BinaryAttribute binary) {
      return Optional.of(binary.values().isDefined() ? List.of(binary.values().get()) : indices(2));
    }
    return Optional.empty();
  }

  private static List<String> indices(int count) {
    return IntStream.range(0, count).mapToObj(String::valueOf).toList();
  }

  /**
   * The columns that a training reads: features, label and, where rows have weights, the weight.
   */
  static Dataset<Row> trainingColumns(
      Dataset<?> dataset, PredictorParams columns, TrainingParams params) {
    Column features = dataset.col(NetworkFit.quoted(columns.getFeaturesCol()));
    Column label = dataset.col(NetworkFit.quoted(columns.getLabelCol()));
    if (!params.isWeighted()) {
      return dataset.toDF().select(features, label);
    }
    return dataset
        .toDF()
        .select(features, label, dataset.col(NetworkFit.quoted(params.weightColumn())));
  }

  /**
   * A model's predictions, its network sent before; features that are no vectors become such on the
   * way.
   *
   * @param theirs Spark ML's way, which takes vectors
   */
  static <M extends Model<M> & FittedNetwork> Dataset<Row> transform(
      M model, Dataset<?> dataset, Function<Dataset<?>, Dataset<Row>> theirs) {
    model.file().send(dataset.sparkSession().sparkContext());
    model.transformSchema(dataset.schema());
    String features = model.getFeaturesCol();
    if (isVector(dataset.schema().apply(features).dataType())) {
      return theirs.apply(dataset);
    }
    String vectors = model.uid() + "_vectors";
    ParamMap reading = new ParamMap().put(model.featuresCol(), vectors);
    Column numbers = dataset.col(NetworkFit.quoted(features));
    return model
        .copy(reading)
        .transform(dataset.withColumn(vectors, VECTOR.apply(numbers, functions.lit(features))))
        .drop(vectors);
  }

  private static Vector vector(Object features, String column) {
    if (features == null) {
      return null;
    }
    float[] numbers = SparkValues.numbers(features, column);
    double[] values = new double[numbers.length];
    Arrays.setAll(values, i -> numbers[i]);
    return Vectors.dense(values);
  }
}
