package dev.braid.driver.ml;

import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.StructType;

/** A network that tells classes apart, as {@link NetworkClassifier} trains it. */
public final class NetworkClassificationModel extends NetworkModel<NetworkClassificationModel> {
  private static final long serialVersionUID = 1;

  private final Param<String> probabilityCol;
  private final Param<String> rawPredictionCol;

  NetworkClassificationModel(String uid, byte[] file) {
    super(uid, file);
    probabilityCol = new Param<>(this, "probabilityCol", "column for the classes' probabilities");
    rawPredictionCol =
        new Param<>(this, "rawPredictionCol", "column for the logarithms of the probabilities");
    setDefault(probabilityCol, "probability");
    setDefault(rawPredictionCol, "rawPrediction");
  }

  /** Reads what {@link #save} has written. */
  public static MLReader<NetworkClassificationModel> read() {
    return new Reader<>(NetworkClassificationModel.class, NetworkClassificationModel::new);
  }

  /** Reads what {@link #save} has written. */
  public static NetworkClassificationModel load(String path) {
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
  public NetworkClassificationModel setProbabilityCol(String value) {
    return with(probabilityCol, value);
  }

  /** See {@link #rawPredictionCol}. */
  public NetworkClassificationModel setRawPredictionCol(String value) {
    return with(rawPredictionCol, value);
  }

  @Override
  Answers answers() {
    return NetworkClassificationModel::answer;
  }

  /** Logarithms of the probabilities, the probabilities, and the first of the most probable. */
  private static Object[] answer(float[] outputs, int from, int width) {
    double[] probabilities = new double[Math.max(2, width)];
    if (width == 1) {
      probabilities[1] = outputs[from];
      probabilities[0] = 1 - probabilities[1];
    } else {
      for (int k = 0; k < width; k++) {
        probabilities[k] = outputs[from + k];
      }
    }
    double[] logarithms = new double[probabilities.length];
    int best = 0;
    for (int k = 0; k < probabilities.length; k++) {
      logarithms[k] = Math.log(probabilities[k]);
      best = probabilities[k] > probabilities[best] ? k : best;
    }
    return new Object[] {Vectors.dense(logarithms), Vectors.dense(probabilities), (double) best};
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
  public NetworkClassificationModel copy(ParamMap extra) {
    return copyValues(new NetworkClassificationModel(uid(), file()), extra).setParent(parent());
  }
}
