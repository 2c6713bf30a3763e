package dev.braid.driver.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.SmallShards;
import dev.braid.driver.evaluation.Validation;
import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.run.RunContext;
import dev.braid.worker.data.Column;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import dev.braid.worker.task.classification.Classification;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A small problem to train on: points around three centres in eight dimensions, and a run of it as
 * tests want to vary it.
 *
 * @param plan the network
 * @param training how it is trained
 * @param batchSize examples in a mini-batch
 * @param shardSizes examples in each shard
 * @param engine what computes
 */
public record Clusters(
    NetworkPlan plan,
    TrainingPlan training,
    int batchSize,
    List<Integer> shardSizes,
    String engine) {
  public static final int NUM_FEATURES = 8;
  static final int NUM_CLASSES = 3;
  static final long SEED = 42;
  public static final String DENSE =
      "{dense: {units: 12, activation: tanh}}, {output: {loss: crossEntropy}}";
  public static final String NORMALISED =
      "{dense: {units: 16}}, {batchNorm: {}}, {activation: {function: relu}}, {dropout: {rate:"
          + " 0.3}}, {output: {loss: crossEntropy}}";

  /** Of sequences: each of 1 to 9 steps, noisier and noisier views of a point. */
  static final String RECURRENT =
      "{gru: {units: 10}}, {dropout: {rate: 0.3}}, {lastStep: {}}, {output: {loss: crossEntropy}}";

  /** The engines that such networks train on. */
  public static final List<String> ENGINES = List.of("jvm", "torch");

  static final TrainingListener SILENT = new TrainingListener() {};

  /** The same on the engine that computes where none is named. */
  public Clusters(
      NetworkPlan plan, TrainingPlan training, int batchSize, List<Integer> shardSizes) {
    this(plan, training, batchSize, shardSizes, NetworkEngine.of(plan).name());
  }

  /** The same run on another engine. */
  public Clusters on(String engine) {
    return new Clusters(plan, training, batchSize, shardSizes, engine);
  }

  /** A network of these layers, in the notation of a job file. */
  public static NetworkPlan network(String layers) {
    return network(layers, Shape.of(NUM_FEATURES));
  }

  /** A network of these layers over sequences of any length. */
  static NetworkPlan sequences(String layers) {
    return network(layers, Shape.ragged(NUM_FEATURES));
  }

  private static NetworkPlan network(String layers, Shape input) {
    try {
      ObjectMapper mapper = new ObjectMapper();
      mapper.enable(com.fasterxml.jackson.core.JsonParser.Feature.ALLOW_UNQUOTED_FIELD_NAMES);
      mapper.enable(com.fasterxml.jackson.core.JsonParser.Feature.ALLOW_SINGLE_QUOTES);
      String quoted = layers.replaceAll(": ([a-zA-Z]+)", ": '$1'");
      return mapper
          .readValue("{layers: [" + quoted + "]}", Network.class)
          .plan(Map.of("input", input), List.of(Target.ofClasses(NUM_CLASSES)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** A plan of one optimizer, with all else left out. */
  public static TrainingPlan training(
      int workers, int localSteps, int epochs, Optimizer optimizer) {
    return new PlanOf(workers, localSteps, epochs, optimizer).plan();
  }

  /** The same run, its states averaged in another way. */
  public Clusters with(Averaging averaging) {
    TrainingPlan t = training;
    TrainingPlan other =
        new PlanOf(t.workers(), t.localSteps(), t.epochs(), t.optimizer())
            .schedule(t.schedule())
            .regularisation(t.regularisation())
            .clipping(t.clipping())
            .earlyStopping(t.earlyStopping())
            .reduceOnPlateau(t.reduceOnPlateau())
            .averaging(averaging)
            .roundMinutes(t.roundMinutes())
            .plan();
    return new Clusters(plan, other, batchSize, shardSizes, engine);
  }

  public List<Shard> examples() {
    List<Shard> shards = new ArrayList<>();
    for (int i = 0; i < shardSizes.size(); i++) {
      shards.add(read(shard(shardSizes.get(i), SplitMix.key(7, i))));
    }
    return shards;
  }

  /** Examples that no shard has. */
  public Shard validation() {
    return read(shard(200, 99));
  }

  /** The points as the network reads them. */
  private Shard read(Shard points) {
    if (!plan.inputs().get("input").isRagged()) {
      return points;
    }
    SplitMix random = SplitMix.stream(points.size());
    float[][] sequences = new float[points.size()][];
    for (int i = 0; i < sequences.length; i++) {
      float[] point = points.input(0).row(i);
      sequences[i] = new float[(1 + random.nextInt(9)) * NUM_FEATURES];
      for (int j = 0; j < sequences[i].length; j++) {
        sequences[i][j] = point[j % NUM_FEATURES] + 0.01f * j * (float) random.nextGaussian();
      }
    }
    return new Shard(
        points.size(),
        new Column[] {Column.ofSequences(NUM_FEATURES, sequences)},
        new Column[] {points.label(0)});
  }

  public static Shard shard(int size, long key) {
    SplitMix random = SplitMix.stream(key);
    float[] features = new float[size * NUM_FEATURES];
    float[] labels = new float[size];
    for (int i = 0; i < size; i++) {
      int label = random.nextInt(NUM_CLASSES);
      labels[i] = label;
      for (int j = 0; j < NUM_FEATURES; j++) {
        double centre = j % NUM_CLASSES == label ? 1 : 0;
        features[i * NUM_FEATURES + j] = (float) (centre + 0.7 * random.nextGaussian());
      }
    }
    return new Shard(
        size,
        new Column[] {Column.ofFloats(NUM_FEATURES, features)},
        new Column[] {Column.ofFloats(1, labels)});
  }

  public RunSpec spec() {
    ReplicaSource source = NetworkEngine.named(engine).replicas(plan, Optional.of(training.rule()));
    return new RunSpec(source, List.of(Normaliser.NONE), batchSize, SEED);
  }

  UpdateRule rule() {
    return training.rule();
  }

  public State initial() {
    State state = State.zeros(plan.layout(), training.rule().numSlots());
    state.params().copyFrom(plan.initialParams(SEED));
    state.statistics().copyFrom(plan.initialStatistics());
    return state;
  }

  public Map<String, Metrics> blank() {
    return Map.of("output", Classification.ofLargest(NUM_CLASSES, 1));
  }

  public Trained train(JavaSparkContext sc) {
    return train(sc, SILENT);
  }

  public Trained train(JavaSparkContext sc, TrainingListener listener) {
    return train(sc, listener, spec().source());
  }

  public Trained train(JavaSparkContext sc, TrainingListener listener, ReplicaSource source) {
    RunSpec spec = new RunSpec(source, spec().normalisers(), batchSize, SEED);
    try (Shards shards = SmallShards.of(sc, examples());
        Shards validation = SmallShards.of(sc, List.of(validation()))) {
      return Training.run(
          context(sc, training),
          new LearningTask(
              shards,
              Optional.of(new Validation(validation, blank())),
              plan.layout(),
              initial(),
              spec),
          training,
          listener);
    }
  }

  /** A run that nobody stops and that keeps nothing. */
  public static RunContext context(JavaSparkContext sc, TrainingPlan plan) {
    return RunContext.of(
        SparkSession.builder().sparkContext(sc.sc()).getOrCreate(), plan.roundMinutes());
  }
}
