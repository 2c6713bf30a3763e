package dev.braid.driver.ml;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.AtomicWrite;
import dev.braid.driver.inference.Predictors;
import dev.braid.driver.source.column.SparkValues;
import dev.braid.worker.blas.OneOpenBlas;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.function.Activation;
import dev.braid.worker.inference.LoadingPlan;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.DefaultParamsReader.Metadata;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import scala.Option;

/**
 * A trained network within a model of Spark ML's: the bytes of a model file, which Braid's commands
 * read too. To the executors they go as a broadcast, where all tasks ask one copy in memory.
 */
final class NetworkFile implements Serializable {
  private static final long serialVersionUID = 1;
  private static final String NAME = "model.zip";

  private byte[] bytes;
  private final List<String> classes;
  private final int numFeatures;
  private final Activation activation;
  private Broadcast<byte[]> sent;
  private transient SparkContext sentBy;

  private NetworkFile(byte[] bytes) {
    OneOpenBlas.loadEarly();
    this.bytes = bytes;
    Model model = model();
    this.classes = model.description().labels().get(0).classes();
    this.numFeatures = model.description().inputs().get(0).shape().size();
    this.activation = model.description().plan().outputs().get(0).finalActivation();
  }

  /** A model as a file. */
  static NetworkFile of(Model model) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ModelFile.write(bytes, model);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new NetworkFile(bytes.toByteArray());
  }

  /** What the classes are called; none where it predicts a number. */
  List<String> classes() {
    return classes;
  }

  /** Numbers it reads. */
  int numFeatures() {
    return numFeatures;
  }

  /** What its answers went through last. */
  Activation activation() {
    return activation;
  }

  private byte[] bytes() {
    return bytes == null ? sent.value() : bytes;
  }

  /** The network itself. */
  Model model() {
    try {
      return ModelFile.read(new ByteArrayInputStream(bytes()), bytes().length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the network answers for one row.
   *
   * @throws IllegalArgumentException where that does not fit
   */
  float[] outputs(Vector features) {
    require(features != null, "a row has no features");
    require(
        features.size() == numFeatures,
        "a row has %d features, but the network was trained on %d: %s",
        features.size(),
        numFeatures,
        features);
    float[] inputs = SparkValues.numbers(features, "features");
    return Predictors.of(bytes(), LoadingPlan.DEFAULT)
        .lend(predictor -> predictor.answer(MiniBatch.unlabelled(1, inputs))[0]);
  }

  /** Sends the network to the executors, once for a SparkContext. */
  synchronized void send(SparkContext context) {
    if (sentBy != context) {
      sent = JavaSparkContext.fromSparkContext(context).broadcast(bytes());
      sentBy = context;
    }
  }

  /** A file that has been sent travels as its broadcast. */
  private synchronized void writeObject(ObjectOutputStream out) throws IOException {
    byte[] own = bytes;
    bytes = sent == null ? own : null;
    try {
      out.defaultWriteObject();
    } finally {
      bytes = own;
    }
  }

  /** Writes Spark ML's metadata and the model file beside them. */
  static final class Writer extends MLWriter {
    private final Params model;
    private final NetworkFile file;

    Writer(Params model, NetworkFile file) {
      this.model = model;
      this.file = file;
    }

    @Override
    public void saveImpl(String path) {
      DefaultParamsWriter$.MODULE$.saveMetadata(model, path, sc(), Option.empty(), Option.empty());
      try {
        AtomicWrite.file(
            new Path(path, NAME), sc().hadoopConfiguration(), out -> out.write(file.bytes()));
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
  static final class Reader<M extends Params> extends MLReader<M> {
    private final Class<M> type;
    private final BiFunction<Uid, NetworkFile, M> model;

    Reader(Class<M> type, BiFunction<Uid, NetworkFile, M> model) {
      this.type = type;
      this.model = model;
    }

    @Override
    public M load(String path) {
      Metadata metadata = DefaultParamsReader$.MODULE$.loadMetadata(path, sc(), type.getName());
      M loaded = model.apply(Uid.of(metadata.uid()), new NetworkFile(read(path)));
      metadata.getAndSetParams(loaded, Option.empty());
      return loaded;
    }

    private byte[] read(String path) {
      Path file = new Path(path, NAME);
      Configuration hadoop = sc().hadoopConfiguration();
      try (InputStream in = file.getFileSystem(hadoop).open(file)) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
