package dev.braid.driver.ml;

import dev.braid.driver.source.example.Labels;
import dev.braid.worker.task.Tasks;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/** Spark ML's regressor that is a network of layers, trained as {@link NetworkClassifier} is. */
public final class NetworkRegressor
    extends Regressor<Vector, NetworkRegressor, NetworkRegressionModel>
    implements NetworkTraining<NetworkRegressor>, DefaultParamsWritable {
  private static final long serialVersionUID = 3;

  private final TrainingParams trainingParams;

  /** With a name of its own. */
  public NetworkRegressor() {
    this(Identifiable$.MODULE$.randomUID("networkRegressor"));
  }

  /** With this name. */
  public NetworkRegressor(String uid) {
    this(Uid.of(uid));
  }

  private NetworkRegressor(Uid uid) {
    trainingParams = new TrainingParams(uid, this);
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
  public TrainingParams trainingParams() {
    return trainingParams;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return Schemas.ofTraining(schema, this, super::transformSchema);
  }

  @Override
  public NetworkRegressionModel train(Dataset<?> dataset) {
    return new NetworkRegressionModel(
        Uid.of(uid()),
        NetworkFile.of(
            NetworkFit.train(
                trainingParams,
                Schemas.trainingColumns(dataset, this, trainingParams),
                new Labels(Tasks.named("regression"), 1, List.of()),
                List.of())));
  }

  @Override
  public NetworkRegressor copy(ParamMap extra) {
    return defaultCopy(extra);
  }
}
