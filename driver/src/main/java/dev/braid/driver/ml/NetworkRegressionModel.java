package dev.braid.driver.ml;

import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** A network that predicts a number, as {@link NetworkRegressor} trains it. */
public final class NetworkRegressionModel extends RegressionModel<Vector, NetworkRegressionModel>
    implements FittedNetwork {
  private static final long serialVersionUID = 2;

  private final Uid uid;
  private final NetworkFile file;

  NetworkRegressionModel(Uid uid, NetworkFile file) {
    this.uid = uid;
    this.file = file;
  }

  /** Reads what {@link #save} has written. */
  public static MLReader<NetworkRegressionModel> read() {
    return new NetworkFile.Reader<>(NetworkRegressionModel.class, NetworkRegressionModel::new);
  }

  /** Reads what {@link #save} has written. */
  public static NetworkRegressionModel load(String path) {
    return read().load(path);
  }

  @Override
  public Uid named() {
    return uid;
  }

  @Override
  public NetworkFile file() {
    return file;
  }

  @Override
  public int numFeatures() {
    return file.numFeatures();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return Schemas.withVectors(schema, getFeaturesCol(), super::transformSchema);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    return Schemas.transform(this, dataset, super::transform);
  }

  @Override
  public double predict(Vector features) {
    return file.outputs(features)[0];
  }

  @Override
  public NetworkRegressionModel copy(ParamMap extra) {
    return copyValues(new NetworkRegressionModel(Uid.of(uid()), file), extra).setParent(parent());
  }
}
