package dev.braid.driver.ml;

import static dev.braid.worker.Check.require;

import dev.braid.driver.data.Shards;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.source.column.SparkValues;
import dev.braid.driver.source.example.Examples;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.table.DataFrameExamples;
import dev.braid.driver.table.Digest;
import dev.braid.driver.training.LearningTask;
import dev.braid.driver.training.Trained;
import dev.braid.driver.training.Training;
import dev.braid.driver.training.TrainingListener;
import dev.braid.worker.data.LabelWeights;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import dev.braid.worker.task.Tasks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Trains a network of layers on the rows of a DataFrame. */
final class NetworkFit {
  /**
   * Digits behind the point that count in a mean of weights, which must not hang on their order.
   */
  private static final String EXACT = "decimal(38,12)";

  private final TrainingParams params;
  private final Dataset<Row> table;
  private final Labels labels;

  private NetworkFit(TrainingParams params, Dataset<Row> table, Labels labels) {
    this.params = params;
    this.table = table;
    this.labels = labels;
  }

  /**
   * Trains a network.
   *
   * @param table the features, the label and, where there are any, the weights
   * @param labels by which the label is read
   * @param classes what the classes are called in the model
   * @throws IllegalArgumentException naming the setting, or the row, that is wrong
   */
  static Model train(
      TrainingParams params, Dataset<Row> table, Labels labels, List<String> classes) {
    return new NetworkFit(params, table, labels).train(classes);
  }

  private Model train(List<String> classes) {
    Network layers = params.layers();
    TrainingPlan plan = params.plan();
    Shape input = Shape.of(width());
    NetworkPlan resolved = layers.plan(Map.of("input", input), List.of(labels.target()));
    Trained trained = train(input, resolved, plan);
    return new Model(
        description(layers, input, classes, trained),
        trained.state().params(),
        trained.state().statistics());
  }

  private Trained train(Shape input, NetworkPlan resolved, TrainingPlan plan) {
    UpdateRule rule = plan.rule();
    long seed = params.randomSeed();
    int batchSize = params.miniBatch();
    State first = resolved.initialState(seed);
    State initial =
        new State(
            first.params(),
            State.zeros(resolved.layout(), rule.numSlots()).slots(),
            first.statistics());
    RunSpec spec =
        new RunSpec(
            NetworkEngine.of(resolved).replicas(resolved, Optional.of(rule)),
            List.of(Normaliser.NONE),
            batchSize,
            seed,
            params.isWeighted() ? LabelWeights.OF_EXAMPLES : LabelWeights.NONE);
    try (Shards shards = Shards.of(examples(input), plan.workers(), seed)) {
      long numMiniBatches = (shards.numExamples() + batchSize - 1) / batchSize;
      require(
          plan.workers() <= numMiniBatches,
          "workers: %d workers, but only %d mini-batches (%d rows, batchSize %d)",
          plan.workers(),
          numMiniBatches,
          shards.numExamples(),
          batchSize);
      return Training.run(
          RunContext.of(table.sparkSession(), plan.roundMinutes()),
          new LearningTask(shards, Optional.empty(), resolved.layout(), initial, spec),
          plan,
          new TrainingListener() {});
    }
  }

  /** The rows; a weight is one more label, which the loss multiplies by. */
  private Examples examples(Shape input) {
    List<Labels> outputs = new ArrayList<>(List.of(labels));
    Dataset<Row> rows = table;
    if (params.isWeighted()) {
      outputs.add(new Labels("weight", Tasks.named("regression"), 1, List.of()));
      rows = relative(table);
    }
    return DataFrameExamples.of(
        rows,
        new SourceFacts(
            List.of(new SourceFacts.Input(input.sizes(), Kind.FLOAT)),
            outputs,
            OptionalLong.empty()));
  }

  /** The rows with weights whose mean is 1. */
  private static Dataset<Row> relative(Dataset<Row> rows) {
    String name = rows.columns()[2];
    Column weight = rows.col(quoted(name));
    Column label = rows.col(quoted(rows.columns()[1]));
    long unlabelled = rows.filter(label.isNull().or(label.isNaN())).count();
    require(
        unlabelled == 0,
        "labelCol: %d rows of column '%s' have no label",
        unlabelled,
        rows.columns()[1]);
    Row facts =
        rows.agg(
                functions.min(weight),
                functions.max(weight),
                functions.sum(weight.cast(EXACT)),
                functions.count(weight),
                functions.count(functions.lit(1)))
            .first();
    boolean usable =
        !facts.isNullAt(0)
            && facts.getLong(3) == facts.getLong(4)
            && facts.getDouble(0) >= 0
            && Double.isFinite(facts.getDouble(1))
            && !facts.isNullAt(2)
            && facts.getDecimal(2).signum() > 0;
    require(
        usable,
        "weightCol: column '%s' runs from %s to %s, %d of %d rows have a weight; expected one for"
            + " each row, none negative and not all 0",
        name,
        facts.get(0),
        facts.get(1),
        facts.getLong(3),
        facts.getLong(4));
    double mean = facts.getDecimal(2).doubleValue() / facts.getLong(4);
    return rows.withColumn(name, weight.divide(mean));
  }

  static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  private ModelDescription description(
      Network layers, Shape input, List<String> classes, Trained trained) {
    String version = NetworkFit.class.getPackage().getImplementationVersion();
    return new ModelDescription(
        layers,
        List.of(new ModelDescription.Input("input", input, Normaliser.NONE)),
        List.of(new ModelDescription.Labels(labels.task(), labels.width(), classes)),
        new ModelDescription.Provenance(
            version == null ? "spark-ml" : version,
            params.randomSeed(),
            Digest.of(params.text().getBytes(StandardCharsets.UTF_8)),
            trained.epochs(),
            trained.work().rounds(),
            trained.work().examples()));
  }

  /** Numbers in the features of the first row, which all others must have too. */
  private int width() {
    List<Row> first = table.takeAsList(1);
    require(!first.isEmpty(), "there are no rows to learn from");
    Object features = first.get(0).get(0);
    require(features != null, "row 1: column '%s' is empty", table.columns()[0]);
    int width = SparkValues.numbers(features, table.columns()[0]).length;
    require(width > 0, "row 1: column '%s' holds no numbers", table.columns()[0]);
    return width;
  }
}
