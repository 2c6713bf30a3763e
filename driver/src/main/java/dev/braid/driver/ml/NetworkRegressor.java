package dev.braid.driver.ml;

import dev.braid.driver.source.Labels;
import dev.braid.worker.data.Task;
import dev.braid.worker.model.Model;
import java.util.List;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Spark ML's Estimator of a network that predicts a number. */
public final class NetworkRegressor
    extends NetworkEstimator<NetworkRegressor, NetworkRegressionModel> {
  private static final long serialVersionUID = 1;

  /** With a name of its own. */
  public NetworkRegressor() {
    this(Identifiable$.MODULE$.randomUID("networkRegressor"));
  }

  /** With this name. */
  public NetworkRegressor(String uid) {
    super(uid);
  }

  /** Reads what {@link #save} has written. */
  public static MLReader<NetworkRegressor> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads what {@link #save} has written. */
  public static NetworkRegressor load(String path) {
    return read().load(path);
  }

  @Override
  Labels labels(Dataset<Row> table, String label) {
    return new Labels(Task.REGRESSION, 1, List.of());
  }

  @Override
  NetworkRegressionModel model(String uid, Model model) {
    return new NetworkRegressionModel(uid, NetworkModel.bytes(model));
  }

  @Override
  StructType withPredictions(StructType schema) {
    return Schemas.plusPrediction(schema, getOrDefault(predictionCol()));
  }

  @Override
  public NetworkRegressor copy(ParamMap extra) {
    return defaultCopy(extra);
  }
}
