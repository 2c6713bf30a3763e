package dev.braid.driver.ml;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.Labels;
import dev.braid.worker.data.Task;
import dev.braid.worker.model.Model;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Spark ML's Estimator of a network that tells classes apart. Labels are indices of classes, 0, 1,
 * 2, ..., as StringIndexer makes them.
 */
public final class NetworkClassifier
    extends NetworkEstimator<NetworkClassifier, NetworkClassificationModel> {
  private static final long serialVersionUID = 1;
  private static final int MAX_CLASSES = 1_000_000;

  private final Param<String> probabilityCol;
  private final Param<String> rawPredictionCol;

  /** With a name of its own. */
  public NetworkClassifier() {
    this(Identifiable$.MODULE$.randomUID("networkClassifier"));
  }

  /** With this name. */
  public NetworkClassifier(String uid) {
    super(uid);
    probabilityCol = new Param<>(this, "probabilityCol", "column for the classes' probabilities");
    rawPredictionCol =
        new Param<>(this, "rawPredictionCol", "column for the logarithms of the probabilities");
    setDefault(probabilityCol, "probability");
    setDefault(rawPredictionCol, "rawPrediction");
  }

  /** Reads what {@link #save} has written. */
  public static MLReader<NetworkClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads what {@link #save} has written. */
  public static NetworkClassifier load(String path) {
    return read().load(path);
  }

  /** Column for the classes' probabilities; {@code probability} by default. */
  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  /** Column for the logarithms of the probabilities; {@code rawPrediction} by default. */
  public Param<String> rawPredictionCol() {
    return rawPredictionCol;
  }

  /** See {@link #probabilityCol}. */
  public NetworkClassifier setProbabilityCol(String value) {
    return with(probabilityCol, value);
  }

  /** See {@link #rawPredictionCol}. */
  public NetworkClassifier setRawPredictionCol(String value) {
    return with(rawPredictionCol, value);
  }

  @Override
  Labels labels(Dataset<Row> table, String label) {
    Column index = functions.col("`" + label + "`").cast(DataTypes.DoubleType);
    Row range =
        table
            .agg(
                functions.min(index),
                functions.max(index),
                functions.max(functions.abs(index.minus(functions.floor(index)))))
            .first();
    require(!range.isNullAt(0), "labelCol: column '%s' holds no labels", label);
    require(
        range.getDouble(0) >= 0 && range.getDouble(1) < MAX_CLASSES && range.getDouble(2) == 0,
        "labelCol: column '%s' runs from %s to %s; expected indices of classes, 0, 1, 2, ..., as"
            + " StringIndexer makes them",
        label,
        range.getDouble(0),
        range.getDouble(1));
    int classes = Math.max(2, (int) range.getDouble(1) + 1);
    List<String> names = IntStream.range(0, classes).mapToObj(String::valueOf).toList();
    return new Labels(Task.CLASSIFICATION, 1, names);
  }

  @Override
  NetworkClassificationModel model(String uid, Model model) {
    return new NetworkClassificationModel(uid, NetworkModel.bytes(model));
  }

  @Override
  StructType withPredictions(StructType schema) {
    return Schemas.plusClasses(
        schema,
        getOrDefault(rawPredictionCol),
        getOrDefault(probabilityCol),
        getOrDefault(predictionCol()));
  }

  @Override
  public NetworkClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }
}
