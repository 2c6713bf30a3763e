package dev.braid.driver.ml;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.example.Labels;
import dev.braid.worker.task.Tasks;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * Spark ML's classifier that is a network of layers, trained by rounds of local passes and
 * averaging. Labels are indices of classes, 0, 1, 2, ..., as StringIndexer makes them. The same
 * rows, in whatever order and partitions, settings and seed give the same model.
 */
public final class NetworkClassifier
    extends ProbabilisticClassifier<Vector, NetworkClassifier, NetworkClassificationModel>
    implements NetworkTraining<NetworkClassifier>, DefaultParamsWritable {
  private static final long serialVersionUID = 3;
  private static final int MAX_CLASSES = 1_000_000;

  private final TrainingParams trainingParams;
  private final IntParam numClasses;

  /** With a name of its own. */
  public NetworkClassifier() {
    this(Identifiable$.MODULE$.randomUID("networkClassifier"));
  }

  /** With this name. */
  public NetworkClassifier(String uid) {
    this(Uid.of(uid));
  }

  private NetworkClassifier(Uid uid) {
    trainingParams = new TrainingParams(uid, this);
    numClasses =
        new IntParam(
            this,
            "numClasses",
            "how many classes there are, at least 2, instead of what the label's metadata or its"
                + " values say",
            ParamValidators.gtEq(2));
  }

  /** Reads what {@link #save} has written. */
  public static MLReader<NetworkClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads what {@link #save} has written. */
  public static NetworkClassifier load(String path) {
    return read().load(path);
  }

  @Override
  public TrainingParams trainingParams() {
    return trainingParams;
  }

  /**
   * How many classes there are. If left out, as many as the label's metadata say, which
   * StringIndexer leaves; without metadata, as many as the highest label says.
   */
  public IntParam numClasses() {
    return numClasses;
  }

  /** See {@link #numClasses}. */
  public NetworkClassifier setNumClasses(int value) {
    set(numClasses, value);
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return Schemas.ofTraining(schema, this, super::transformSchema);
  }

  @Override
  public NetworkClassificationModel train(Dataset<?> dataset) {
    Dataset<Row> table = Schemas.trainingColumns(dataset, this, trainingParams);
    Optional<List<String>> names = Schemas.classes(dataset.schema().apply(getLabelCol()));
    Labels labels = labels(table, names.map(List::size));
    List<String> classes =
        names.filter(known -> known.size() == labels.classes().size()).orElse(labels.classes());
    return new NetworkClassificationModel(
        Uid.of(uid()), NetworkFile.of(NetworkFit.train(trainingParams, table, labels, classes)));
  }

  /** Labels that are classes' indices. */
  private Labels labels(Dataset<Row> table, Optional<Integer> known) {
    String label = table.columns()[1];
    Column index = table.col(NetworkFit.quoted(label));
    Row range =
        table
            .agg(
                functions.min(index),
                functions.max(index),
                functions.max(functions.abs(index.minus(functions.floor(index)))),
                functions.count(index),
                functions.count(functions.lit(1)))
            .first();
    require(range.getLong(4) > 0, "there are no rows to learn from");
    require(!range.isNullAt(0), "labelCol: column '%s' holds no labels", label);
    require(
        range.getLong(3) == range.getLong(4),
        "labelCol: %d rows of column '%s' have no label",
        range.getLong(4) - range.getLong(3),
        label);
    require(
        range.getDouble(0) >= 0 && range.getDouble(1) < MAX_CLASSES && range.getDouble(2) == 0,
        "labelCol: column '%s' runs from %s to %s; expected indices of classes, 0, 1, 2, ..., as"
            + " StringIndexer makes them",
        label,
        range.getDouble(0),
        range.getDouble(1));
    int seen = (int) range.getDouble(1) + 1;
    int classes =
        isDefined(numClasses)
            ? (Integer) getOrDefault(numClasses)
            : Math.max(2, known.orElse(seen));
    require(
        seen <= classes,
        "labelCol: column '%s' has label %d, but there are %d classes, by %s",
        label,
        seen - 1,
        classes,
        isDefined(numClasses) ? "numClasses" : "the column's metadata");
    List<String> indices = IntStream.range(0, classes).mapToObj(String::valueOf).toList();
    return new Labels(Tasks.named("classification"), 1, indices);
  }

  @Override
  public NetworkClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }
}
