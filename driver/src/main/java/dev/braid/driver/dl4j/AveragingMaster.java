package dev.braid.driver.dl4j;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.braid.driver.dl4j.batches.DealtBatches;
import dev.braid.driver.dl4j.batches.LoadedFiles;
import dev.braid.driver.dl4j.fit.Callbacks;
import dev.braid.driver.dl4j.fit.Dl4jFit;
import dev.braid.driver.dl4j.fit.FitEngine;
import dev.braid.driver.dl4j.fit.TorchFit;
import dev.braid.worker.dl4j.network.Dl4jModel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.core.loader.DataSetLoader;
import org.deeplearning4j.core.loader.MultiDataSetLoader;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.RepartitionStrategy;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.api.TrainingResult;
import org.deeplearning4j.spark.api.TrainingWorker;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * dl4j-spark's TrainingMaster on Braid's rounds: takes the place of its {@code
 * ParameterAveragingTrainingMaster} in {@code SparkDl4jMultiLayer} and {@code
 * SparkComputationGraph}.
 *
 * <pre>
 *   deal the user's mini-batches to the workers     DealtBatches
 *   for each round                                  AveragingRun
 *     send the network's state to the workers
 *     each worker fits its next mini-batches        FitTask        (on the executors)
 *       by DL4J or by libtorch                      FitEngine
 *     average what comes back, by examples          FitExchange
 * </pre>
 *
 * One element of the data is one mini-batch, in the data's order. The result depends on the data,
 * the network and the plan; not on partitions, executors or time. Between two fits of the same RDD
 * its mini-batches stay dealt and cached; {@link #deleteTempFiles(JavaSparkContext)} frees them.
 */
public final class AveragingMaster
    implements TrainingMaster<TrainingResult, TrainingWorker<TrainingResult>> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private final List<TrainingHook> hooks = new ArrayList<>();
  private final List<TrainingListener> listeners = new ArrayList<>();
  private AveragingPlan plan;
  private StatsStorageRouter storage;
  private AveragingStats stats;
  private final FitSession<?> session;

  /** A master that works by this plan. */
  public AveragingMaster(AveragingPlan plan) {
    this.plan = plan;
    this.stats = new AveragingStats(plan.collectTrainingStats());
    this.session = new FitSession<>(engine(plan.engine()));
  }

  private static FitEngine<?> engine(Engine engine) {
    return switch (engine) {
      case TORCH -> new TorchFit();
      case DL4J -> new Dl4jFit();
    };
  }

  /** How it splits and averages. */
  public AveragingPlan plan() {
    return plan;
  }

  /** Sets up a master with the words of dl4j-spark's own. */
  public static final class Builder {
    private final int workers;
    private final int rddDataSetNumExamples;
    private final List<TrainingHook> hooks = new ArrayList<>();
    private int averagingFrequency = 5;
    private Integer batchSizePerWorker;
    private boolean saveUpdater = true;
    private long seed;
    private boolean collectTrainingStats;
    private Engine engine = Engine.DL4J;

    /**
     * dl4j-spark's builder also has a constructor without workers, for as many as the cluster has;
     * here the result does not depend on the cluster, so that they are always to be said.
     *
     * @param workers logical workers, whatever the size of the cluster
     * @param rddDataSetNumExamples examples in one element of the data
     */
    public Builder(int workers, int rddDataSetNumExamples) {
      this.workers = workers;
      this.rddDataSetNumExamples = rddDataSetNumExamples;
    }

    /** Mini-batches a worker trains on between two averagings, 5 if left out. */
    public Builder averagingFrequency(int averagingFrequency) {
      this.averagingFrequency = averagingFrequency;
      return this;
    }

    /** Joins or cuts elements of the data to this size; they stay as they are if left out. */
    public Builder batchSizePerWorker(int batchSizePerWorker) {
      this.batchSizePerWorker = batchSizePerWorker;
      return this;
    }

    /**
     * Whether the updater's memory (momentum, Adam's moments) is averaged too; it is by default.
     */
    public Builder saveUpdater(boolean saveUpdater) {
      this.saveUpdater = saveUpdater;
      return this;
    }

    /** Source of dropout's random numbers, 0 if left out. */
    public Builder rngSeed(long seed) {
      this.seed = seed;
      return this;
    }

    /** Whether times are kept for {@link #getTrainingStats}. */
    public Builder collectTrainingStats(boolean collectTrainingStats) {
      this.collectTrainingStats = collectTrainingStats;
      return this;
    }

    /**
     * What computes the workers' steps: DL4J if left out. {@link Engine#TORCH} computes the same
     * steps by libtorch, several times as fast, on networks of layers that Braid has, too; the
     * network remains DL4J's. Others are refused, by name, before Spark does anything.
     */
    public Builder engine(Engine engine) {
      this.engine = engine;
      return this;
    }

    /** Called on the workers before and after each step. */
    public Builder trainingHooks(TrainingHook... hooks) {
      this.hooks.addAll(List.of(hooks));
      return this;
    }

    /** Called on the workers before and after each step. */
    public Builder trainingHooks(Collection<TrainingHook> hooks) {
      this.hooks.addAll(hooks);
      return this;
    }

    /** Without effect: mini-batches lie in the task's memory before it begins. */
    public Builder workerPrefetchNumBatches(int workerPrefetchNumBatches) {
      return this;
    }

    /** Without effect: mini-batch i of the data always goes to worker i modulo their number. */
    public Builder repartionData(Repartition repartition) {
      return this;
    }

    /** Without effect: mini-batch i of the data always goes to worker i modulo their number. */
    public Builder repartitionStrategy(RepartitionStrategy repartitionStrategy) {
      return this;
    }

    /** Without effect: mini-batches are cached in memory, on disk where it does not suffice. */
    public Builder storageLevel(StorageLevel storageLevel) {
      return this;
    }

    /** Without effect: mini-batches are cached in memory, on disk where it does not suffice. */
    public Builder storageLevelStreams(StorageLevel storageLevelStreams) {
      return this;
    }

    /** Without effect: nothing is exported, as the data is read once. */
    public Builder rddTrainingApproach(RDDTrainingApproach rddTrainingApproach) {
      return this;
    }

    /** Without effect: nothing is exported, as the data is read once. */
    public Builder exportDirectory(String exportDirectory) {
      return this;
    }

    /** Without effect: states are summed in the order of the workers. */
    public Builder aggregationDepth(int aggregationDepth) {
      return this;
    }

    /** The master. */
    public AveragingMaster build() {
      AveragingMaster master =
          new AveragingMaster(
              new AveragingPlan(
                  workers,
                  averagingFrequency,
                  rddDataSetNumExamples,
                  batchSizePerWorker,
                  saveUpdater,
                  seed,
                  collectTrainingStats,
                  engine));
      hooks.forEach(master::addHook);
      return master;
    }
  }

  @Override
  public void executeTraining(SparkDl4jMultiLayer network, JavaRDD<DataSet> data) {
    train(network, data, () -> DealtBatches.ofDataSets(data, plan.dealing()));
  }

  @Override
  public void executeTraining(SparkComputationGraph graph, JavaRDD<DataSet> data) {
    train(graph, data, () -> DealtBatches.ofDataSets(data, plan.dealing()));
  }

  @Override
  public void executeTrainingMDS(SparkComputationGraph graph, JavaRDD<MultiDataSet> data) {
    train(graph, data, () -> DealtBatches.ofMultiDataSets(data, plan.dealing()));
  }

  @Override
  public void executeTrainingPaths(
      SparkDl4jMultiLayer network,
      SparkComputationGraph graph,
      JavaRDD<String> paths,
      DataSetLoader loader,
      MultiDataSetLoader multiLoader) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(paths.context());
    Supplier<JavaRDD<byte[][]>> dealing =
        () ->
            loader != null
                ? DealtBatches.ofDataSets(LoadedFiles.read(sc, paths, loader), plan.dealing())
                : DealtBatches.ofMultiDataSets(
                    LoadedFiles.read(sc, paths, multiLoader), plan.dealing());
    if (network != null) {
      train(network, paths, dealing);
    } else {
      train(graph, paths, dealing);
    }
  }

  private void train(
      SparkDl4jMultiLayer network, JavaRDD<?> data, Supplier<JavaRDD<byte[][]>> dealing) {
    network.setScore(fit(Dl4jModel.of(network.getNetwork()), data, dealing));
  }

  private void train(
      SparkComputationGraph graph, JavaRDD<?> data, Supplier<JavaRDD<byte[][]>> dealing) {
    graph.setScore(fit(Dl4jModel.of(graph.getNetwork()), data, dealing));
  }

  private double fit(Dl4jModel model, JavaRDD<?> data, Supplier<JavaRDD<byte[][]>> dealing) {
    Callbacks callbacks = new Callbacks(hooks, listeners, storage);
    double loss = session.fit(model, plan, data, dealing, callbacks, stats);
    model.score(loss);
    return loss;
  }

  @Override
  public void addHook(TrainingHook hook) {
    hooks.add(hook);
  }

  @Override
  public void removeHook(TrainingHook hook) {
    hooks.remove(hook);
  }

  @Override
  public void setListeners(Collection<TrainingListener> listeners) {
    setListeners(null, listeners);
  }

  @Override
  public void setListeners(StatsStorageRouter storage, Collection<TrainingListener> listeners) {
    this.storage = storage;
    this.listeners.clear();
    this.listeners.addAll(listeners == null ? List.of() : listeners);
  }

  @Override
  public void setCollectTrainingStats(boolean collect) {
    plan = plan.collecting(collect);
    stats = new AveragingStats(collect);
  }

  @Override
  public boolean getIsCollectTrainingStats() {
    return plan.collectTrainingStats();
  }

  /** Where the time went, under dl4j-spark's names, or null if that is not collected. */
  @Override
  public SparkTrainingStats getTrainingStats() {
    return plan.collectTrainingStats() ? stats.asDl4jSparks() : null;
  }

  /** The plan as JSON; hooks and listeners are objects of the program and not part of it. */
  @Override
  public String toJson() {
    return write(JSON);
  }

  /** The plan as YAML; hooks and listeners are objects of the program and not part of it. */
  @Override
  public String toYaml() {
    return write(YAML);
  }

  /** The inverse of {@link #toJson}. */
  public static AveragingMaster fromJson(String json) {
    return read(JSON, json);
  }

  /** The inverse of {@link #toYaml}. */
  public static AveragingMaster fromYaml(String yaml) {
    return read(YAML, yaml);
  }

  private String write(ObjectMapper mapper) {
    try {
      return mapper.writeValueAsString(plan);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a plan of numbers cannot be written", e);
    }
  }

  private static AveragingMaster read(ObjectMapper mapper, String text) {
    try {
      return new AveragingMaster(mapper.readValue(text, AveragingPlan.class));
    } catch (JsonProcessingException e) {
      require(false, "not an AveragingMaster's plan: %s", e.getOriginalMessage());
      throw new IllegalStateException(e);
    }
  }

  /** Whether the other works by the same plan, with the same hooks. */
  @Override
  public boolean equals(Object other) {
    return other instanceof AveragingMaster that
        && plan.equals(that.plan)
        && hooks.equals(that.hooks);
  }

  @Override
  public int hashCode() {
    return Objects.hash(plan, hooks);
  }

  @Override
  public String toString() {
    return "AveragingMaster[" + plan + "]";
  }

  /** Frees the mini-batches and the networks kept on the executors. */
  @Override
  public boolean deleteTempFiles(JavaSparkContext sc) {
    session.close();
    return true;
  }

  /** Frees the mini-batches and the networks kept on the executors. */
  @Override
  public boolean deleteTempFiles(SparkContext sc) {
    session.close();
    return true;
  }

  /** Braid's workers are tasks of its own, not dl4j-spark's. */
  @Override
  public TrainingWorker<TrainingResult> getWorkerInstance(SparkDl4jMultiLayer network) {
    throw new UnsupportedOperationException(
        "AveragingMaster has no dl4j-spark workers; call fit on the SparkDl4jMultiLayer");
  }

  /** Braid's workers are tasks of its own, not dl4j-spark's. */
  @Override
  public TrainingWorker<TrainingResult> getWorkerInstance(SparkComputationGraph graph) {
    throw new UnsupportedOperationException(
        "AveragingMaster has no dl4j-spark workers; call fit on the SparkComputationGraph");
  }
}
