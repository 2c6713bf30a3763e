package dev.braid.driver.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.core.loader.MultiDataSetLoader;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.RepartitionStrategy;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.data.DataSetExportFunction;
import org.deeplearning4j.spark.data.MultiDataSetExportFunction;
import org.deeplearning4j.spark.earlystopping.SparkEarlyStoppingGraphTrainer;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.listeners.VanillaStatsStorageRouter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.evaluation.regression.RegressionEvaluation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** What dl4j-spark promises of its parameter averaging of graphs holds for ours. */
class AveragingMasterGraphSparkTest {
  private JavaSparkContext sc;

  @BeforeEach
  void spark() {
    sc = JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  }

  private static AveragingMaster master(int workers, int frequency) {
    return new AveragingMaster.Builder(workers, 1).averagingFrequency(frequency).build();
  }

  private SparkComputationGraph spark(
      ComputationGraphConfiguration configuration, AveragingMaster master) {
    return new SparkComputationGraph(sc, configuration.clone(), master);
  }

  private static float[] params(Model network) {
    return network.params().dup().data().asFloat();
  }

  private static ComputationGraph fitLocally(
      ComputationGraphConfiguration configuration, List<MultiDataSet> data) {
    ComputationGraph network = Dl4jNets.initialised(configuration.clone());
    data.forEach(network::fit);
    return network;
  }

  private static List<MultiDataSet> multi(List<DataSet> data) {
    List<MultiDataSet> all = new ArrayList<>();
    data.forEach(batch -> all.add(batch.toMultiDataSet()));
    return all;
  }

  @Test
  void averagedSgd_equalsOneMachineOnTheJoinedBatch_withAndWithoutSavedUpdater() {
    for (var layers :
        List.of(Dl4jNets.dense(new Sgd(0.1), 1), Dl4jNets.convolution(new Sgd(0.1)))) {
      ComputationGraphConfiguration configuration = Dl4jNets.graph(layers);
      int width = layers.getInputPreProcess(0) == null ? 4 : 36;
      List<DataSet> data = Dl4jNets.data(width, 6, 2, 3, 8, 5, 5);
      ComputationGraph theirs = Dl4jNets.initialised(configuration.clone());
      for (int i = 0; i < data.size(); i += 2) {
        theirs.fit(DataSet.merge(data.subList(i, i + 2)));
      }
      for (boolean saveUpdater : new boolean[] {true, false}) {
        AveragingMaster master =
            new AveragingMaster.Builder(2, 1)
                .averagingFrequency(1)
                .saveUpdater(saveUpdater)
                .build();
        SparkComputationGraph spark = spark(configuration, master);
        spark.fit(sc.parallelize(data, 3));
        assertArrayEquals(params(theirs), params(spark.getNetwork()), 1e-6f);
        assertEquals(3, spark.getNetwork().getIterationCount());
        master.deleteTempFiles(sc);
      }
    }
  }

  @Test
  void oneWorkerOneStep_equalsFit_withMasksInMultiDataSets() {
    ComputationGraphConfiguration configuration =
        Dl4jNets.graph(Dl4jNets.sequences(new Adam(0.01)));
    List<MultiDataSet> data = multi(Dl4jNets.maskedSequences(4, 3, 5, 2));
    ComputationGraph ours =
        spark(configuration, master(1, 1)).fitMultiDataSet(sc.parallelize(data, 2));
    assertArrayEquals(params(fitLocally(configuration, data)), params(ours));
  }

  @Test
  void severalWorkers_averageGraphsOfSeveralInputs_byTheirExamples() {
    ComputationGraphConfiguration configuration = Dl4jNets.twoInputs(new Sgd(0.1));
    List<MultiDataSet> data = Dl4jNets.twoInputData(4, 3, 5, 1);
    ComputationGraph theirs = Dl4jNets.initialised(configuration.clone());
    for (int i = 0; i < data.size(); i += 2) {
      theirs.fit(org.nd4j.linalg.dataset.MultiDataSet.merge(data.subList(i, i + 2)));
    }
    ComputationGraph ours =
        spark(configuration, master(2, 1)).fitMultiDataSet(sc.parallelize(data, 1));
    assertArrayEquals(params(theirs), params(ours), 1e-6f);
  }

  @Test
  void pathsOfDataSets_trainAsTheDataInThemDoes(@TempDir Path folder) {
    ComputationGraphConfiguration configuration = Dl4jNets.graph(Dl4jNets.dense(new Adam(0.01), 1));
    List<DataSet> data = Dl4jNets.data(4, 5, 4, 6);
    List<String> paths = new ArrayList<>();
    for (DataSet batch : data) {
      File file = folder.resolve("batch" + paths.size() + ".bin").toFile();
      batch.save(file);
      paths.add(file.toURI().toString());
    }
    float[] expected = params(fitLocally(configuration, multi(data)));
    SparkComputationGraph byPaths = spark(configuration, master(1, 1));
    assertArrayEquals(expected, params(byPaths.fitPaths(sc.parallelize(paths, 2))));
    SparkComputationGraph byFolder = spark(configuration, master(1, 1));
    assertEquals(3, byFolder.fit(folder.toUri().toString()).getIterationCount());
  }

  @Test
  void pathsOfMultiDataSets_trainAsTheDataInThemDoes(@TempDir Path folder) throws IOException {
    ComputationGraphConfiguration configuration = Dl4jNets.twoInputs(new Adam(0.01));
    List<MultiDataSet> data = Dl4jNets.twoInputData(4, 3, 5);
    List<String> paths = new ArrayList<>();
    for (MultiDataSet batch : data) {
      File file = folder.resolve("batch" + paths.size() + ".bin").toFile();
      batch.save(file);
      paths.add(file.toURI().toString());
    }
    float[] expected = params(fitLocally(configuration, data));
    SparkComputationGraph byPaths = spark(configuration, master(1, 1));
    assertArrayEquals(expected, params(byPaths.fitPathsMultiDataSet(sc.parallelize(paths, 2))));
    MultiDataSetLoader own =
        source -> {
          MultiDataSet batch = new org.nd4j.linalg.dataset.MultiDataSet();
          batch.load(source.getInputStream());
          return batch;
        };
    SparkComputationGraph byLoader = spark(configuration, master(1, 1));
    assertArrayEquals(expected, params(byLoader.fitPaths(sc.parallelize(paths, 1), own)));
    SparkComputationGraph byFolder = spark(configuration, master(2, 1));
    assertEquals(2, byFolder.fitMultiDataSet(folder.toUri().toString()).getIterationCount());
  }

  @Test
  void whatDl4jSparkExports_isReadBack(@TempDir Path folder) throws IOException {
    List<DataSet> data = Dl4jNets.data(4, 5, 4, 6);
    ComputationGraphConfiguration configuration = Dl4jNets.graph(Dl4jNets.dense(new Adam(0.01), 1));
    Path single = folder.resolve("single");
    sc.parallelize(data, 1).foreachPartition(new DataSetExportFunction(single.toUri()));
    Path several = folder.resolve("several");
    sc.parallelize(multi(data), 1)
        .foreachPartition(new MultiDataSetExportFunction(several.toUri()));
    float[] expected = params(fitLocally(configuration, multi(data)));
    SparkComputationGraph bySingle = spark(configuration, master(1, 1));
    assertArrayEquals(expected, params(bySingle.fitPaths(sc.parallelize(exported(single)))));
    SparkComputationGraph bySeveral = spark(configuration, master(1, 1));
    assertArrayEquals(
        expected, params(bySeveral.fitPathsMultiDataSet(sc.parallelize(exported(several)))));
  }

  /** The exported files in the order they were written: their names end in a number. */
  private static List<String> exported(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      List<String> names =
          files
              .filter(file -> file.toString().endsWith(".bin"))
              .map(file -> file.toUri().toString())
              .sorted()
              .toList();
      assertEquals(3, names.size());
      return names;
    }
  }

  @Test
  void hooks_areCalledAroundEachStep_untilTheyAreRemoved() {
    LongAccumulator calls = sc.sc().longAccumulator();
    TrainingHook hook = new CountingHook(calls);
    AveragingMaster master = master(2, 2);
    master.addHook(hook);
    SparkComputationGraph spark = spark(Dl4jNets.twoInputs(new Sgd(0.1)), master);
    var data = sc.parallelize(Dl4jNets.twoInputData(4, 3, 5), 1);
    spark.fitMultiDataSet(data);
    assertEquals(3 * 1001, calls.value());
    master.removeHook(hook);
    spark.fitMultiDataSet(data);
    assertEquals(3 * 1001, calls.value());
  }

  /** Adds 1 before and 1000 after each step. */
  private record CountingHook(LongAccumulator calls) implements TrainingHook {
    @Override
    public void preUpdate(org.nd4j.linalg.dataset.api.DataSet batch, Model model) {}

    @Override
    public void postUpdate(org.nd4j.linalg.dataset.api.DataSet batch, Model model) {}

    @Override
    public void preUpdate(MultiDataSet batch, Model model) {
      calls.add(1);
    }

    @Override
    public void postUpdate(MultiDataSet batch, Model model) {
      calls.add(1000);
    }
  }

  @Test
  void listeners_reachTheDriversStorage() {
    VanillaStatsStorageRouter storage = new VanillaStatsStorageRouter();
    SparkComputationGraph spark = spark(Dl4jNets.twoInputs(new Sgd(0.1)), master(2, 2));
    spark.setListeners(storage, Collections.singletonList(new ScoreRecorder()));
    spark.fitMultiDataSet(sc.parallelize(Dl4jNets.twoInputData(4, 3, 5), 1));
    assertEquals(
        List.of("worker-0 1", "worker-0 2", "worker-1 1"),
        storage.getUpdates().stream().map(u -> u.getWorkerID() + " " + u.getTimeStamp()).toList());
  }

  @Test
  void earlyStopping_keepsTheBestOfItsEpochs() {
    List<DataSet> data = Dl4jNets.data(4, 8, 8);
    var local = new MultiDataSetIteratorAdapter(new ListDataSetIterator<>(data, 8));
    EarlyStoppingConfiguration<ComputationGraph> stopping =
        new EarlyStoppingConfiguration.Builder<ComputationGraph>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
            .scoreCalculator(new DataSetLossCalculator(local, true))
            .modelSaver(new InMemoryModelSaver<>())
            .build();
    EarlyStoppingResult<ComputationGraph> result =
        new SparkEarlyStoppingGraphTrainer(
                sc,
                master(2, 1),
                stopping,
                Dl4jNets.initialised(Dl4jNets.graph(Dl4jNets.dense(new Sgd(0.1), 1))),
                sc.parallelize(multi(data), 2))
            .fit();
    assertEquals(3, result.getTotalEpochs());
    assertEquals(2, result.getBestModelEpoch());
  }

  @Test
  void evaluations_areThoseOfTheTrainedNetwork() {
    List<DataSet> data = Dl4jNets.data(4, 8, 8, 8);
    SparkComputationGraph spark =
        spark(Dl4jNets.graph(Dl4jNets.dense(new Adam(0.1), 1)), master(2, 1));
    var rdd = sc.parallelize(data, 2);
    for (int epoch = 0; epoch < 20; epoch++) {
      spark.fit(rdd);
    }
    assertEquals(20, spark.getNetwork().getEpochCount());
    assertTrue(Double.isFinite(spark.getScore()));
    Evaluation local = new Evaluation();
    RegressionEvaluation numbers = new RegressionEvaluation();
    for (DataSet batch : data) {
      var output = spark.getNetwork().outputSingle(batch.getFeatures());
      local.eval(batch.getLabels(), output);
      numbers.eval(batch.getLabels(), output);
    }
    assertEquals(local.accuracy(), spark.evaluate(rdd).accuracy());
    assertEquals(
        numbers.meanSquaredError(0), spark.evaluateRegression(rdd).meanSquaredError(0), 1e-6);
    Evaluation multi = spark.evaluateMDS(sc.parallelize(multi(data), 2));
    assertEquals(local.f1(), multi.f1());
  }

  @Test
  void seed_decidesDropout() {
    ComputationGraphConfiguration configuration =
        Dl4jNets.graph(Dl4jNets.dense(new Adam(0.01), 0.5));
    float[] first = dropped(configuration, 1, 1);
    assertArrayEquals(first, dropped(configuration, 1, 3));
    assertFalse(Arrays.equals(first, dropped(configuration, 2, 1)));
  }

  private float[] dropped(ComputationGraphConfiguration configuration, long seed, int partitions) {
    AveragingMaster master =
        new AveragingMaster.Builder(2, 1).averagingFrequency(2).rngSeed(seed).build();
    List<DataSet> data = Dl4jNets.data(4, 6, 5, 6, 3, 6);
    return params(spark(configuration, master).fit(sc.parallelize(data, partitions)));
  }

  @Test
  void builder_takesAllThatDl4jSparksTakes() {
    AveragingMaster master =
        new AveragingMaster.Builder(2, 1)
            .workerPrefetchNumBatches(2)
            .repartionData(Repartition.Always)
            .repartitionStrategy(RepartitionStrategy.Balanced)
            .storageLevel(org.apache.spark.storage.StorageLevel.MEMORY_ONLY())
            .storageLevelStreams(org.apache.spark.storage.StorageLevel.MEMORY_ONLY())
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .exportDirectory("/nowhere")
            .aggregationDepth(2)
            .build();
    assertEquals(new AveragingMaster.Builder(2, 1).build().plan(), master.plan());
  }
}
