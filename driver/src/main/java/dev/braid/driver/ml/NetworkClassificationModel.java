package dev.braid.driver.ml;

import dev.braid.worker.function.Activation;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import scala.Tuple3;

/**
 * A network that tells classes apart, as {@link NetworkClassifier} trains it. Its raw predictions
 * are the logarithms of the probabilities, and finite: a probability of 0 counts as the smallest
 * number. What an output without probabilities gives is raw as it is.
 */
public final class NetworkClassificationModel
    extends ProbabilisticClassificationModel<Vector, NetworkClassificationModel>
    implements FittedNetwork {
  private static final long serialVersionUID = 2;

  private final Uid uid;
  private final NetworkFile file;

  NetworkClassificationModel(Uid uid, NetworkFile file) {
    this.uid = uid;
    this.file = file;
  }

  /** Reads what {@link #save} has written. */
  public static MLReader<NetworkClassificationModel> read() {
    return new NetworkFile.Reader<>(
        NetworkClassificationModel.class, NetworkClassificationModel::new);
  }

  /** Reads what {@link #save} has written. */
  public static NetworkClassificationModel load(String path) {
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
  public int numClasses() {
    return Math.max(2, file.classes().size());
  }

  @Override
  public int numFeatures() {
    return file.numFeatures();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    StructType plain = Schemas.withVectors(schema, getFeaturesCol(), super::transformSchema);
    return Schemas.named(plain, getPredictionCol(), file.classes());
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    return Schemas.transform(this, dataset, super::transform);
  }

  @Override
  public Vector predictRaw(Vector features) {
    float[] outputs = file.outputs(features);
    double[] raw = new double[numClasses()];
    for (int k = 0; k < raw.length; k++) {
      if (outputs.length == 1) {
        raw[k] = logarithm(k == 1 ? outputs[0] : 1 - outputs[0]);
      } else {
        raw[k] = isProbable() ? logarithm(outputs[k]) : outputs[k];
      }
    }
    return Vectors.dense(raw);
  }

  /** Whether what the network answers are probabilities, not numbers of any size. */
  private boolean isProbable() {
    Activation last = file.activation();
    return last == Activation.SOFTMAX || last == Activation.SIGMOID;
  }

  private static double logarithm(float probability) {
    return Math.log(Math.max(Float.MIN_NORMAL, probability));
  }

  /** Softmax, which takes logarithms of probabilities back to these. */
  @Override
  public Vector raw2probabilityInPlace(Vector raw) {
    double[] values = ((DenseVector) raw).values();
    double highest = values[raw.argmax()];
    double sum = 0;
    for (int k = 0; k < values.length; k++) {
      values[k] = Math.exp(values[k] - highest);
      sum += values[k];
    }
    for (int k = 0; k < values.length; k++) {
      values[k] /= sum;
    }
    return raw;
  }

  /** Not Braid's: Spark's two versions of it are one to Scala, but not to Java. */
  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public Tuple3 findSummaryModel() {
    return super.findSummaryModel();
  }

  @Override
  public NetworkClassificationModel copy(ParamMap extra) {
    return copyValues(new NetworkClassificationModel(Uid.of(uid()), file), extra)
        .setParent(parent());
  }
}
