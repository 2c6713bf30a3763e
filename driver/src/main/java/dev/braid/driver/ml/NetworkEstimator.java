package dev.braid.driver.ml;

import static dev.braid.worker.Check.require;

import dev.braid.driver.data.Shards;
import dev.braid.driver.source.DataFrameExamples;
import dev.braid.driver.source.Labels;
import dev.braid.driver.source.SourceFacts;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.Trained;
import dev.braid.driver.training.Training;
import dev.braid.driver.training.TrainingListener;
import dev.braid.driver.training.TrainingPlan;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.layer.Shape;
import dev.braid.worker.machine.OneOpenBlas;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.UpdateRule;
import dev.braid.worker.state.State;
import dev.braid.worker.torch.TorchReplicaSource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import scala.collection.Seq;

/**
 * Trains a network of layers on the rows of a DataFrame by rounds of local passes and averaging.
 * The same rows, in whatever order and partitions, settings and seed give the same model.
 *
 * @param <E> the estimator itself
 * @param <M> what it makes
 */
public abstract class NetworkEstimator<E extends NetworkEstimator<E, M>, M extends Model<M>>
    extends Estimator<M> implements DefaultParamsWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final Param<String> featuresCol;
  private final Param<String> labelCol;
  private final Param<String> predictionCol;
  private final Param<String> network;
  private final Param<String> training;
  private final DoubleParam learningRate;
  private final IntParam epochs;
  private final IntParam workers;
  private final IntParam batchSize;
  private final LongParam seed;

  NetworkEstimator(String uid) {
    OneOpenBlas.loadEarly();
    this.uid = uid;
    featuresCol = new Param<>(this, "featuresCol", "column of vectors, or of arrays of numbers");
    labelCol = new Param<>(this, "labelCol", "column of what is to be predicted");
    predictionCol = new Param<>(this, "predictionCol", "column for what is predicted");
    network = new Param<>(this, "network", "section network of a job file, in YAML or JSON");
    training = new Param<>(this, "training", "section training of a job file, in YAML or JSON");
    learningRate = new DoubleParam(this, "learningRate", "instead of the optimizer's own");
    epochs = new IntParam(this, "epochs", "passes over the rows, instead of the training's");
    workers = new IntParam(this, "workers", "logical workers, instead of the training's");
    batchSize = new IntParam(this, "batchSize", "rows in one optimizer step of one worker");
    seed = new LongParam(this, "seed", "source of every random choice");
    setDefault(featuresCol, "features");
    setDefault(labelCol, "label");
    setDefault(predictionCol, "prediction");
    setDefault(training, "{epochs: 10, optimizer: {adam: {learningRate: 0.001}}}");
    setDefault(batchSize, 32);
    setDefault(seed, 0L);
  }

  /** Numbers by which the labels of the rows are known. */
  abstract Labels labels(Dataset<Row> table, String label);

  /** The finished model. */
  abstract M model(String uid, dev.braid.worker.model.Model model);

  /** The columns it will add. */
  abstract StructType withPredictions(StructType schema);

  @Override
  public String uid() {
    return uid;
  }

  /** Column of vectors, or of arrays of numbers; {@code features} by default. */
  public Param<String> featuresCol() {
    return featuresCol;
  }

  /** Column of what is to be predicted; {@code label} by default. */
  public Param<String> labelCol() {
    return labelCol;
  }

  /** Column for what is predicted; {@code prediction} by default. */
  public Param<String> predictionCol() {
    return predictionCol;
  }

  /** Section {@code network} of a job file, or its list of layers alone. Must be set. */
  public Param<String> network() {
    return network;
  }

  /** Section {@code training} of a job file; ten epochs of Adam by default. */
  public Param<String> training() {
    return training;
  }

  /** Instead of the optimizer's own learning rate: for a grid of them. */
  public DoubleParam learningRate() {
    return learningRate;
  }

  /** Passes over the rows, instead of the training's. */
  public IntParam epochs() {
    return epochs;
  }

  /** Logical workers, instead of the training's. */
  public IntParam workers() {
    return workers;
  }

  /** Rows in one optimizer step of one worker; 32 by default. */
  public IntParam batchSize() {
    return batchSize;
  }

  /** Source of every random choice; 0 by default. */
  public LongParam seed() {
    return seed;
  }

  /** See {@link #featuresCol}. */
  public E setFeaturesCol(String value) {
    return with(featuresCol, value);
  }

  /** See {@link #labelCol}. */
  public E setLabelCol(String value) {
    return with(labelCol, value);
  }

  /** See {@link #predictionCol}. */
  public E setPredictionCol(String value) {
    return with(predictionCol, value);
  }

  /** See {@link #network}. */
  public E setNetwork(String value) {
    return with(network, value);
  }

  /** See {@link #training}. */
  public E setTraining(String value) {
    return with(training, value);
  }

  /** See {@link #learningRate}. */
  public E setLearningRate(double value) {
    return with(learningRate, value);
  }

  /** See {@link #epochs}. */
  public E setEpochs(int value) {
    return with(epochs, value);
  }

  /** See {@link #workers}. */
  public E setWorkers(int value) {
    return with(workers, value);
  }

  /** See {@link #batchSize}. */
  public E setBatchSize(int value) {
    return with(batchSize, value);
  }

  /** See {@link #seed}. */
  public E setSeed(long value) {
    return with(seed, value);
  }

  /** Sets a parameter. */
  @SuppressWarnings("unchecked") // E is the class itself
  final <T> E with(Param<T> param, T value) {
    set(param, value);
    return (E) this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    Schemas.requireFeatures(schema, getOrDefault(featuresCol));
    Schemas.requireNumber(schema, getOrDefault(labelCol));
    return withPredictions(schema);
  }

  /**
   * Trains.
   *
   * @throws IllegalArgumentException naming the setting, or the row, that is wrong
   */
  @Override
  public M fit(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    require(isSet(network), "network is not set: its layers, as in a job file");
    Network layers = Settings.network(getOrDefault(network));
    TrainingPlan plan =
        Settings.training(
            getOrDefault(training),
            isSet(learningRate) ? (Double) getOrDefault(learningRate) : null,
            isSet(epochs) ? (Integer) getOrDefault(epochs) : null,
            isSet(workers) ? (Integer) getOrDefault(workers) : null);
    Dataset<Row> table =
        dataset
            .toDF()
            .select(dataset.col(getOrDefault(featuresCol)), dataset.col(getOrDefault(labelCol)));
    Shape input = Shape.of(width(table));
    Labels labels = labels(table, table.columns()[1]);
    SourceFacts facts =
        new SourceFacts(
            List.of(new SourceFacts.Input(input.sizes(), Kind.FLOAT)),
            labels,
            OptionalLong.empty());
    NetworkPlan resolved =
        layers.plan(
            Map.of("input", input), List.of(new Target(labels.width(), labels.classes().size())));
    return copyValues(model(uid, train(table, facts, layers, resolved, plan)), extractParamMap())
        .setParent(this);
  }

  private dev.braid.worker.model.Model train(
      Dataset<Row> table,
      SourceFacts facts,
      Network layers,
      NetworkPlan resolved,
      TrainingPlan plan) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(table.sparkSession().sparkContext());
    UpdateRule rule = plan.rule();
    long seed = (Long) getOrDefault(this.seed);
    int batchSize = (Integer) getOrDefault(this.batchSize);
    require(batchSize > 0, "batchSize must be at least 1, got %d", batchSize);
    State first = resolved.initialState(seed);
    State initial =
        new State(
            first.params(),
            State.zeros(resolved.layout(), rule.numSlots()).slots(),
            first.statistics());
    RunSpec spec =
        new RunSpec(
            new TorchReplicaSource(resolved, rule), List.of(Normaliser.NONE), batchSize, seed);
    try (Shards shards = Shards.of(DataFrameExamples.of(table, facts), plan.workers(), seed)) {
      long numMiniBatches = (shards.numExamples() + batchSize - 1) / batchSize;
      require(
          plan.workers() <= numMiniBatches,
          "workers: %d workers, but only %d mini-batches (%d rows, batchSize %d)",
          plan.workers(),
          numMiniBatches,
          shards.numExamples(),
          batchSize);
      Trained trained =
          Training.run(
              sc,
              shards,
              Optional.empty(),
              resolved.layout(),
              initial,
              spec,
              plan,
              Silent.LISTENER);
      return new dev.braid.worker.model.Model(
          description(layers, facts, trained, seed),
          trained.state().params(),
          trained.state().statistics());
    }
  }

  private ModelDescription description(
      Network layers, SourceFacts facts, Trained trained, long seed) {
    String version = NetworkEstimator.class.getPackage().getImplementationVersion();
    return new ModelDescription(
        layers,
        List.of(
            new ModelDescription.Input(
                "input", new Shape(facts.inputs().get(0).shape()), Normaliser.NONE)),
        List.of(
            new ModelDescription.Labels(
                facts.labels().task(), facts.labels().width(), facts.labels().classes())),
        new ModelDescription.Provenance(
            version == null ? "spark-ml" : version,
            seed,
            sha256(getOrDefault(network) + "\n" + getOrDefault(training)),
            trained.epochs(),
            trained.rounds(),
            trained.examples()));
  }

  private static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Numbers in the features of the first row, which all others must have too. */
  private static int width(Dataset<Row> table) {
    List<Row> first = table.takeAsList(1);
    require(!first.isEmpty(), "there are no rows to learn from");
    Object features = first.get(0).get(0);
    require(features != null, "row 1: column '%s' is empty", table.columns()[0]);
    int width = features instanceof Vector vector ? vector.size() : ((Seq<?>) features).size();
    require(width > 0, "row 1: column '%s' holds no numbers", table.columns()[0]);
    return width;
  }

  /** Nobody looks at a fit while it goes on. */
  private static final class Silent implements TrainingListener {
    private static final Silent LISTENER = new Silent();

    @Override
    public void round(RoundReport report) {}

    @Override
    public void epoch(EpochReport report) {}
  }
}
