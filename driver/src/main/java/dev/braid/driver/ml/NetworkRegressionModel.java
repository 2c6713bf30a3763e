package dev.braid.driver.ml;

import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.StructType;

/** A network that predicts a number, as {@link NetworkRegressor} trains it. */
public final class NetworkRegressionModel extends NetworkModel<NetworkRegressionModel> {
  private static final long serialVersionUID = 1;

  NetworkRegressionModel(String uid, byte[] file) {
    super(uid, file);
  }

  /** Reads what {@link #save} has written. */
  public static MLReader<NetworkRegressionModel> read() {
    return new Reader<>(NetworkRegressionModel.class, NetworkRegressionModel::new);
  }

  /** Reads what {@link #save} has written. */
  public static NetworkRegressionModel load(String path) {
    return read().load(path);
  }

  @Override
  Answers answers() {
    return (outputs, from, width) -> new Object[] {(double) outputs[from]};
  }

  @Override
  StructType withPredictions(StructType schema) {
    return Schemas.plusPrediction(schema, getOrDefault(predictionCol()));
  }

  @Override
  public NetworkRegressionModel copy(ParamMap extra) {
    return copyValues(new NetworkRegressionModel(uid(), file()), extra).setParent(parent());
  }
}
