package dev.braid.driver.ml;

import dev.braid.worker.machine.OneOpenBlas;
import dev.braid.worker.model.ModelFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.BiFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.DefaultParamsReader.Metadata;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * A trained network that adds its predictions to a DataFrame. Saved as Spark ML's metadata and a
 * {@code model.zip} beside it, which Braid's commands read too.
 *
 * @param <M> the model itself
 */
public abstract class NetworkModel<M extends NetworkModel<M>> extends Model<M>
    implements MLWritable {
  private static final long serialVersionUID = 1;
  private static final String FILE = "model.zip";

  private final String uid;
  private final byte[] file;
  private final Param<String> featuresCol;
  private final Param<String> predictionCol;

  /**
   * @param file the bytes of a model file
   */
  NetworkModel(String uid, byte[] file) {
    OneOpenBlas.loadEarly();
    this.uid = uid;
    this.file = file.clone();
    featuresCol = new Param<>(this, "featuresCol", "column of vectors, or of arrays of numbers");
    predictionCol = new Param<>(this, "predictionCol", "column for what is predicted");
    setDefault(featuresCol, "features");
    setDefault(predictionCol, "prediction");
  }

  /** The bytes of a model file. */
  static byte[] bytes(dev.braid.worker.model.Model model) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ModelFile.write(bytes, model);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** How an answer of the network becomes the values of the columns it adds. */
  abstract Answers answers();

  /** The columns it adds. */
  abstract StructType withPredictions(StructType schema);

  @Override
  public String uid() {
    return uid;
  }

  /** Column of vectors, or of arrays of numbers; {@code features} by default. */
  public Param<String> featuresCol() {
    return featuresCol;
  }

  /** Column for what is predicted; {@code prediction} by default. */
  public Param<String> predictionCol() {
    return predictionCol;
  }

  /** See {@link #featuresCol}. */
  public M setFeaturesCol(String value) {
    return with(featuresCol, value);
  }

  /** See {@link #predictionCol}. */
  public M setPredictionCol(String value) {
    return with(predictionCol, value);
  }

  /** Sets a parameter. */
  @SuppressWarnings("unchecked") // M is the class itself
  final <T> M with(Param<T> param, T value) {
    set(param, value);
    return (M) this;
  }

  /** The network. */
  public dev.braid.worker.model.Model network() {
    try {
      return ModelFile.read(new ByteArrayInputStream(file), file.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of the model file, not a copy. */
  final byte[] file() {
    return file;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    Schemas.requireFeatures(schema, getOrDefault(featuresCol));
    return withPredictions(schema);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext());
    Broadcast<byte[]> sent = sc.broadcast(file);
    String column = getOrDefault(featuresCol);
    int features = dataset.schema().fieldIndex(column);
    return dataset
        .toDF()
        .mapPartitions(new Scoring(sent, features, column, answers()), Encoders.row(schema));
  }

  @Override
  public MLWriter write() {
    return new Writer(this);
  }

  /** Writes metadata and model file. */
  private static final class Writer extends MLWriter {
    private final NetworkModel<?> model;

    Writer(NetworkModel<?> model) {
      this.model = model;
    }

    @Override
    public void saveImpl(String path) {
      DefaultParamsWriter$.MODULE$.saveMetadata(model, path, sc(), Option.empty(), Option.empty());
      Path target = new Path(path, FILE);
      try (OutputStream out =
          target.getFileSystem(sc().hadoopConfiguration()).create(target, false)) {
        out.write(model.file());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Reads what {@link Writer} has written.
   *
   * @param <M> the kind of model
   */
  static final class Reader<M extends NetworkModel<M>> extends MLReader<M> {
    private final Class<M> type;
    private final BiFunction<String, byte[], M> model;

    Reader(Class<M> type, BiFunction<String, byte[], M> model) {
      this.type = type;
      this.model = model;
    }

    @Override
    public M load(String path) {
      Metadata metadata = DefaultParamsReader$.MODULE$.loadMetadata(path, sc(), type.getName());
      M loaded = model.apply(metadata.uid(), file(path, sc().hadoopConfiguration()));
      metadata.getAndSetParams(loaded, Option.empty());
      return loaded;
    }

    private static byte[] file(String path, Configuration hadoop) {
      Path file = new Path(path, FILE);
      try (InputStream in = file.getFileSystem(hadoop).open(file)) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
