package dev.braid.driver.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.InvalidScoreIterationTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.stats.CommonSparkTrainingStats;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.earlystopping.SparkDataSetLossCalculator;
import org.deeplearning4j.spark.earlystopping.SparkEarlyStoppingTrainer;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.listeners.VanillaStatsStorageRouter;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.stats.ParameterAveragingTrainingMasterStats;
import org.deeplearning4j.spark.impl.paramavg.stats.ParameterAveragingTrainingWorkerStats;
import org.deeplearning4j.spark.stats.EventStats;
import org.deeplearning4j.spark.stats.ExampleCountEventStats;
import org.deeplearning4j.spark.stats.StatsUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.evaluation.classification.ROCMultiClass;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** What dl4j-spark promises of its parameter averaging, and more, holds for ours. */
class AveragingMasterSparkTest {
  private JavaSparkContext sc;

  @BeforeEach
  void spark() {
    sc = JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  }

  private static AveragingMaster master(int workers, int frequency) {
    return new AveragingMaster.Builder(workers, 1).averagingFrequency(frequency).build();
  }

  /** Trains one pass through Spark, on data in three partitions. */
  private MultiLayerNetwork fit(
      MultiLayerConfiguration configuration, List<DataSet> data, AveragingMaster master) {
    SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(sc, configuration.clone(), master);
    MultiLayerNetwork network = spark.fit(sc.parallelize(data, 3));
    master.deleteTempFiles(sc);
    return network;
  }

  /** Trains one pass with DL4J alone. */
  private static MultiLayerNetwork fitLocally(
      MultiLayerConfiguration configuration, List<DataSet> data) {
    MultiLayerNetwork network = Dl4jNets.initialised(configuration.clone());
    data.forEach(network::fit);
    return network;
  }

  private static float[] params(Model network) {
    return network.params().dup().data().asFloat();
  }

  @Test
  void oneWorkerOneStep_equalsFit_bitForBit() {
    for (var configuration :
        List.of(Dl4jNets.dense(new Adam(0.01), 1), Dl4jNets.images(new Adam(0.01)))) {
      List<DataSet> data = Dl4jNets.data(inputs(configuration), 5, 4, 1, 7);
      MultiLayerNetwork ours = fit(configuration, data, master(1, 1));
      MultiLayerNetwork theirs = fitLocally(configuration, data);
      assertArrayEquals(params(theirs), params(ours));
      assertArrayEquals(
          theirs.getUpdater().getStateViewArray().dup().data().asFloat(),
          ours.getUpdater().getStateViewArray().dup().data().asFloat());
      assertEquals(theirs.getIterationCount(), ours.getIterationCount());
    }
  }

  private static int inputs(MultiLayerConfiguration configuration) {
    return configuration.getInputPreProcess(0) == null ? 4 : 36;
  }

  @Test
  void oneWorkerOneStep_equalsFit_withMasksAndLengths() {
    List<DataSet> data = Dl4jNets.maskedSequences(4, 3, 5, 2);
    MultiLayerConfiguration configuration = Dl4jNets.sequences(new Adam(0.01));
    assertArrayEquals(
        params(fitLocally(configuration, data)), params(fit(configuration, data, master(1, 1))));
  }

  @Test
  void oneWorkerOneStep_equalsFit_ofGraphsWithSeveralInputs() {
    List<MultiDataSet> data = Dl4jNets.twoInputData(4, 3, 5);
    var configuration = Dl4jNets.twoInputs(new Adam(0.01));
    ComputationGraph theirs = Dl4jNets.initialised(configuration.clone());
    data.forEach(theirs::fit);
    AveragingMaster master = master(1, 1);
    SparkComputationGraph spark = new SparkComputationGraph(sc, configuration, master);
    ComputationGraph ours = spark.fitMultiDataSet(sc.parallelize(data, 2));
    assertArrayEquals(params(theirs), params(ours));
    assertEquals(theirs.score(), spark.getScore(), 1e-6);
  }

  @Test
  void averagedSgd_equalsOneMachineOnTheJoinedBatch() {
    assertAveragedEqualsJoined(Dl4jNets.dense(new Sgd(0.1), 1));
    assertAveragedEqualsJoined(Dl4jNets.convolution(new Sgd(0.1)));
  }

  private void assertAveragedEqualsJoined(MultiLayerConfiguration configuration) {
    List<DataSet> data = Dl4jNets.data(inputs(configuration), 6, 2, 3, 8, 5, 5); // unequal sizes
    MultiLayerNetwork theirs = Dl4jNets.initialised(configuration.clone());
    for (int i = 0; i < data.size(); i += 2) {
      theirs.fit(DataSet.merge(data.subList(i, i + 2)));
    }
    for (boolean saveUpdater : new boolean[] {true, false}) {
      AveragingMaster master =
          new AveragingMaster.Builder(2, 1).averagingFrequency(1).saveUpdater(saveUpdater).build();
      assertArrayEquals(params(theirs), params(fit(configuration, data, master)), 1e-6f);
    }
  }

  @Test
  void saveUpdaterOff_beginsEachRoundWithTheUpdaterAsItWas() {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Adam(0.01), 1);
    List<DataSet> data = Dl4jNets.data(4, 5, 5, 5);
    AveragingMaster master =
        new AveragingMaster.Builder(1, 1).averagingFrequency(1).saveUpdater(false).build();
    MultiLayerNetwork ours = fit(configuration, data, master);
    MultiLayerNetwork theirs = Dl4jNets.initialised(configuration.clone());
    for (DataSet batch : data) {
      theirs.getUpdater().getStateViewArray().assign(0);
      theirs.fit(batch);
    }
    assertArrayEquals(params(theirs), params(ours));
  }

  @Test
  void fewerMiniBatchesThanWorkers_trainsOnAllOfThem() {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Sgd(0.1), 1);
    List<DataSet> data = Dl4jNets.data(4, 5);
    assertArrayEquals(
        params(fitLocally(configuration, data)), params(fit(configuration, data, master(4, 3))));
  }

  @Test
  void noData_leavesTheNetworkAsItWas() {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Adam(0.1), 1);
    float[] before = params(Dl4jNets.initialised(configuration.clone()));
    assertArrayEquals(before, params(fit(configuration, List.of(), master(2, 3))));
  }

  @Test
  void batchSizePerWorker_joinsSingleExamplesAndCutsLargeBatches() {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Adam(0.01), 1);
    List<DataSet> batches = Dl4jNets.data(4, 6, 6, 6);
    float[] expected = params(fitLocally(configuration, batches));
    List<DataSet> singles = batches.stream().flatMap(b -> b.asList().stream()).toList();
    List<DataSet> all = List.of(DataSet.merge(batches));
    AveragingMaster joins =
        new AveragingMaster.Builder(1, 1).averagingFrequency(1).batchSizePerWorker(6).build();
    AveragingMaster cuts =
        new AveragingMaster.Builder(1, 18).averagingFrequency(1).batchSizePerWorker(6).build();
    assertArrayEquals(expected, params(fit(configuration, singles, joins)));
    assertArrayEquals(expected, params(fit(configuration, all, cuts)));
  }

  @Test
  void seed_decidesDropout_whateverThePartitions() {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Adam(0.01), 0.5);
    List<DataSet> data = Dl4jNets.data(4, 6, 5, 6, 3, 6, 2, 6);
    float[] first = params(fit(configuration, data, seeded(1)));
    SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(sc, configuration.clone(), seeded(1));
    assertArrayEquals(first, params(spark.fit(sc.parallelize(data, 1))));
    assertFalse(Arrays.equals(first, params(fit(configuration, data, seeded(2)))));
  }

  private static AveragingMaster seeded(long seed) {
    return new AveragingMaster.Builder(2, 1).averagingFrequency(2).rngSeed(seed).build();
  }

  @Test
  void sameSeed_trainsTheSameAgain() {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Adam(0.01), 0.5);
    List<DataSet> data = Dl4jNets.data(4, 6, 5, 6, 3, 6);
    assertArrayEquals(
        params(fit(configuration, data, seeded(1))), params(fit(configuration, data, seeded(1))));
  }

  @Test
  void unevenShares_countIterationsAsDl4jDoes() {
    MultiLayerNetwork network =
        fit(Dl4jNets.dense(new Sgd(0.1), 1), Dl4jNets.data(4, 5, 4, 6, 2, 3), master(2, 2));
    assertEquals(3, network.getIterationCount()); // the worker that had most
    assertEquals(1, network.getEpochCount());
  }

  @Test
  void customLayer_trains() {
    MultiLayerConfiguration configuration = DoublingLayer.network();
    List<DataSet> data = Dl4jNets.data(4, 5, 3);
    assertArrayEquals(
        params(fitLocally(configuration, data)), params(fit(configuration, data, master(1, 1))));
  }

  @Test
  void paths_trainAsTheDataInThemDoes(@TempDir Path folder) throws Exception {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Adam(0.01), 1);
    List<DataSet> data = Dl4jNets.data(4, 5, 4, 6);
    for (int i = 0; i < data.size(); i++) {
      data.get(i).save(new File(folder.toFile(), "batch" + i + ".bin"));
    }
    SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(sc, configuration.clone(), master(1, 1));
    List<String> paths =
        IntStream.range(0, 3)
            .mapToObj(i -> folder.resolve("batch" + i + ".bin").toUri().toString())
            .toList();
    spark.fitPaths(sc.parallelize(paths, 2));
    assertArrayEquals(params(fitLocally(configuration, data)), params(spark.getNetwork()));
    MultiLayerNetwork again =
        new SparkDl4jMultiLayer(sc, configuration.clone(), master(2, 1))
            .fit(folder.toUri().toString());
    assertEquals(2, again.getIterationCount());
  }

  @Test
  void hooks_areCalledAroundEachStep() {
    LongAccumulator calls = sc.sc().longAccumulator();
    AveragingMaster master = master(2, 2);
    master.addHook(new CountingHook(calls));
    fit(Dl4jNets.dense(new Sgd(0.1), 1), Dl4jNets.data(4, 5, 5, 5), master);
    assertEquals(3 * 1001, calls.value());
  }

  /** Adds 1 before and 1000 after each step. */
  private record CountingHook(LongAccumulator calls) implements TrainingHook {
    @Override
    public void preUpdate(org.nd4j.linalg.dataset.api.DataSet batch, Model model) {
      calls.add(1);
    }

    @Override
    public void postUpdate(org.nd4j.linalg.dataset.api.DataSet batch, Model model) {
      calls.add(1000);
    }

    @Override
    public void preUpdate(MultiDataSet batch, Model model) {}

    @Override
    public void postUpdate(MultiDataSet batch, Model model) {}
  }

  @Test
  void listeners_reachTheDriversStorage() {
    VanillaStatsStorageRouter storage = new VanillaStatsStorageRouter();
    AveragingMaster master = master(2, 2);
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(sc, Dl4jNets.dense(new Sgd(0.1), 1), master);
    spark.setListeners(storage, Collections.singletonList(new ScoreRecorder()));
    spark.fit(sc.parallelize(Dl4jNets.data(4, 5, 5, 5), 1));
    assertEquals(
        List.of("worker-0 1", "worker-0 2", "worker-1 1"),
        storage.getUpdates().stream().map(u -> u.getWorkerID() + " " + u.getTimeStamp()).toList());
  }

  @ParameterizedTest
  @EnumSource
  void earlyStopping_keepsTheBestOfItsEpochs(Engine engine) {
    List<DataSet> data = Dl4jNets.data(4, 8, 8);
    EarlyStoppingConfiguration<MultiLayerNetwork> stopping =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
            .scoreCalculator(new DataSetLossCalculator(new ListDataSetIterator<>(data, 8), true))
            .modelSaver(new InMemoryModelSaver<>())
            .build();
    EarlyStoppingResult<MultiLayerNetwork> result =
        new SparkEarlyStoppingTrainer(
                sc,
                new AveragingMaster.Builder(2, 1).averagingFrequency(1).engine(engine).build(),
                stopping,
                Dl4jNets.initialised(Dl4jNets.dense(new Sgd(0.1), 1)),
                sc.parallelize(data, 2))
            .fit();
    assertEquals(3, result.getTotalEpochs());
    assertEquals(2, result.getBestModelEpoch());
  }

  @Test
  void trainedNetwork_learnsAndIsEvaluatedOnSpark() {
    List<DataSet> data = Dl4jNets.data(4, 8, 8, 8, 8);
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(sc, Dl4jNets.dense(new Adam(0.1), 1), master(2, 1));
    var rdd = sc.parallelize(data, 2);
    double before = spark.getNetwork().score(DataSet.merge(data));
    for (int epoch = 0; epoch < 60; epoch++) {
      spark.fit(rdd);
    }
    assertTrue(spark.getScore() < 0.7 * before, () -> before + " became " + spark.getScore());
    assertEquals(60, spark.getNetwork().getEpochCount());
    assertTrue(spark.evaluate(rdd).accuracy() > 0.7);
    assertScoredAsLocally(spark, rdd, data);
  }

  /** What dl4j-spark evaluates with is DL4J's own, on the network that we have trained. */
  private void assertScoredAsLocally(
      SparkDl4jMultiLayer spark, JavaRDD<DataSet> rdd, List<DataSet> data) {
    MultiLayerNetwork network = spark.getNetwork();
    Evaluation local = new Evaluation();
    data.forEach(b -> local.eval(b.getLabels(), network.output(b.getFeatures())));
    Evaluation evaluation = spark.doEvaluation(rdd, 8, new Evaluation())[0];
    assertEquals(local.accuracy(), evaluation.accuracy());
    assertEquals(local.f1(), evaluation.f1());
    ROCMultiClass roc = spark.evaluateROCMultiClass(rdd);
    assertTrue(roc.calculateAverageAUC() > 0.7);
    SparkDl4jMultiLayer scoring = new SparkDl4jMultiLayer(sc, network.clone(), null);
    assertEquals(
        network.score(DataSet.merge(data)), scoring.calculateScore(rdd, true), 1e-6); // sizes equal
    assertEquals(32, scoring.scoreExamples(rdd, false).count());
  }

  @ParameterizedTest
  @EnumSource
  void statistics_areThoseOfDl4jSpark_onEitherEngine(Engine engine, @TempDir Path folder)
      throws Exception {
    AveragingMaster master =
        new AveragingMaster.Builder(2, 1).averagingFrequency(1).engine(engine).build();
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(sc, Dl4jNets.dense(new Sgd(0.1), 1), master);
    spark.setCollectTrainingStats(true);
    spark.fit(sc.parallelize(Dl4jNets.data(4, 5, 5, 5), 3));
    master.deleteTempFiles(sc);
    var stats = (ParameterAveragingTrainingMasterStats) spark.getSparkTrainingStats();
    var common = (CommonSparkTrainingStats) stats.getNestedTrainingStats();
    var worker = (ParameterAveragingTrainingWorkerStats) common.getNestedTrainingStats();
    assertNull(worker.getNestedTrainingStats());
    assertEvents(1, stats.getParameterAveragingMasterFitTimesMs());
    assertEvents(1, stats.getParameterAveragingMasterExportTimesMs());
    assertEvents(1, stats.getParameterAveragingMasterCountRddSizeTimesMs());
    assertEvents(1, stats.getParameterAveragingMasterSplitTimesMs());
    int rounds = 2;
    assertEvents(rounds, stats.getParameterAveragingMasterBroadcastCreateTimesMs());
    assertEvents(rounds, stats.getParameterAveragingMasterMapPartitionsTimesMs());
    assertEvents(rounds, stats.getParamaterAveragingMasterAggregateTimesMs());
    assertEvents(rounds, stats.getParameterAveragingMasterProcessParamsUpdaterTimesMs());
    assertEvents(rounds, stats.getParameterAveragingMasterRepartitionTimesMs());
    int turns = 3; // two workers in the first round, one in the second, one step each
    assertEvents(turns, common.getWorkerFlatMapTotalTimeMs());
    assertEvents(turns, common.getWorkerFlatMapGetInitialModelTimeMs());
    assertEvents(turns, common.getWorkerFlatMapDataSetGetTimesMs());
    assertEvents(turns, common.getWorkerFlatMapProcessMiniBatchTimesMs());
    assertEvents(turns, worker.getParameterAveragingWorkerBroadcastGetValueTimeMs());
    assertEvents(turns, worker.getParameterAveragingWorkerInitTimeMs());
    assertEvents(turns, worker.getParameterAveragingWorkerFitTimesMs());
    for (EventStats step : stats.getValue("ParameterAveragingWorkerFitTimesMs")) {
      assertEquals(5, ((ExampleCountEventStats) step).getTotalExampleCount());
    }
    assertExported(stats, folder);
    master.setCollectTrainingStats(false);
    assertNull(master.getTrainingStats());
  }

  private static void assertEvents(int expected, List<EventStats> events) {
    assertEquals(expected, events.size());
    for (EventStats event : events) {
      assertTrue(event.getDurationMs() >= 0 && event.getThreadID() > 0);
      assertFalse(event.getMachineID().isEmpty() || event.getJvmID().isEmpty());
    }
  }

  /** What dl4j-spark makes of statistics: a line of text for each, files, a page of charts. */
  private void assertExported(SparkTrainingStats stats, Path folder) throws Exception {
    assertEquals(16, stats.getKeySet().size());
    for (String key : stats.getKeySet()) {
      assertFalse(stats.getValue(key).isEmpty(), key);
      assertFalse(stats.getShortNameForKey(key).isEmpty(), key);
    }
    assertEquals(16, stats.statsAsString().split("\n").length);
    stats.exportStatFiles(folder.toString(), sc.sc());
    Path fits = folder.resolve("parameterAveragingMasterFitTimesMs.txt");
    assertEquals(2, Files.readAllLines(fits).size()); // its head and a fit
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    StatsUtils.exportStatsAsHTML(stats, page);
    assertTrue(page.toString(StandardCharsets.UTF_8).contains("</html>"));
  }

  @Test
  void statistics_ofTwoFitsOfTheSameData_sayThatItWasDealtOnce() {
    AveragingMaster master =
        new AveragingMaster.Builder(2, 1).averagingFrequency(1).collectTrainingStats(true).build();
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(sc, Dl4jNets.dense(new Sgd(0.1), 1), master);
    JavaRDD<DataSet> data = sc.parallelize(Dl4jNets.data(4, 5, 5), 1);
    spark.fit(data);
    spark.fit(data);
    SparkTrainingStats stats = spark.getSparkTrainingStats();
    assertEquals(1, stats.getValue("parameterAveragingMasterExportTimesMs").size());
    assertEquals(2, stats.getValue("ParameterAveragingMasterFitTimesMs").size());
    assertEquals(4, stats.getValue("ParameterAveragingWorkerFitTimesMs").size());
  }

  @Test
  void miniBatchesBeyondTheLastFullRound_areTrainedToo() {
    AveragingMaster master =
        new AveragingMaster.Builder(4, 5)
            .batchSizePerWorker(10)
            .averagingFrequency(1)
            .collectTrainingStats(true)
            .build();
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(sc, Dl4jNets.dense(new Sgd(0.1), 1), master);
    int[] thirtySets = IntStream.generate(() -> 5).limit(30).toArray();
    spark.fit(sc.parallelize(Dl4jNets.data(4, thirtySets), 3));
    List<EventStats> steps =
        spark.getSparkTrainingStats().getValue("ParameterAveragingWorkerFitTimesMs");
    assertEquals(15, steps.size());
    assertEquals(
        150,
        steps.stream()
            .mapToLong(step -> ((ExampleCountEventStats) step).getTotalExampleCount())
            .sum());
    assertEquals(4, spark.getNetwork().getIterationCount());
  }

  @Test
  void networkScoredOnSparkAfterEachFit_outlivesGarbageCollections() throws Exception {
    List<DataSet> data = Dl4jNets.data(4, 8, 8);
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(sc, Dl4jNets.dense(new Sgd(0.1), 1), master(2, 1));
    JavaRDD<DataSet> rdd = sc.parallelize(data, 2);
    for (int epoch = 0; epoch < 4; epoch++) {
      spark.fit(rdd);
      double local = spark.getNetwork().score(DataSet.merge(data));
      assertEquals(local, spark.calculateScore(rdd, true), 1e-6);
      awaitCleanedBroadcasts();
      assertEquals(local, spark.getNetwork().score(DataSet.merge(data)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void networkScoredOnSparkBeforeAnyFit_outlivesGarbageCollections(Engine engine) throws Exception {
    List<DataSet> data = Dl4jNets.data(4, 8, 8);
    AveragingMaster master = new AveragingMaster.Builder(2, 1).engine(engine).build();
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(sc, Dl4jNets.dense(new Sgd(0.1), 1), master);
    JavaRDD<DataSet> rdd = sc.parallelize(data, 2);
    double local = spark.getNetwork().score(DataSet.merge(data));
    assertEquals(16, spark.scoreExamples(rdd, true).count());
    assertEquals(local, spark.calculateScore(rdd, true), 1e-6);
    awaitCleanedBroadcasts();
    assertFalse(spark.getNetwork().params().wasClosed());
    assertEquals(local, spark.getNetwork().score(DataSet.merge(data)));
    spark.fit(rdd);
    assertTrue(Double.isFinite(spark.getScore()));
  }

  /** Returns when Spark has closed what was broadcast before and is used no more. */
  private void awaitCleanedBroadcasts() throws InterruptedException {
    AtomicBoolean closed = new AtomicBoolean();
    sc.broadcast(new Closed(closed));
    for (int i = 0; i < 300 && !closed.get(); i++) {
      System.gc();
      Thread.sleep(100);
    }
    assertTrue(closed.get());
    Thread.sleep(300); // broadcasts of the same collection are cleaned one after another
  }

  /** Says when it is closed. */
  private record Closed(AtomicBoolean closed) implements AutoCloseable, Serializable {
    @Override
    public void close() {
      closed.set(true);
    }
  }

  @ParameterizedTest
  @EnumSource
  void earlyStopping_withTheLossOnSpark_keepsTheBestOfItsEpochs(Engine engine) {
    List<DataSet> data = Dl4jNets.data(4, 8, 8);
    JavaRDD<DataSet> rdd = sc.parallelize(data, 2);
    EarlyStoppingConfiguration<MultiLayerNetwork> stopping =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(8))
            .scoreCalculator(new CollectingCalculator(rdd, sc))
            .modelSaver(new InMemoryModelSaver<>())
            .build();
    EarlyStoppingResult<MultiLayerNetwork> result =
        new SparkEarlyStoppingTrainer(
                sc,
                new AveragingMaster.Builder(2, 1).averagingFrequency(1).engine(engine).build(),
                stopping,
                new MultiLayerNetwork(Dl4jNets.dense(new Sgd(0.1), 1)), // not initialised
                rdd)
            .fit();
    assertEquals(8, result.getTotalEpochs());
    assertEquals(8, result.getScoreVsEpoch().size());
    double score = result.getBestModel().score(DataSet.merge(data));
    assertEquals(result.getBestModelScore(), score, 1e-6);
  }

  /** dl4j-spark's own, with garbage collections in between. */
  private static final class CollectingCalculator extends SparkDataSetLossCalculator {
    private static final long serialVersionUID = 1;

    CollectingCalculator(JavaRDD<DataSet> data, JavaSparkContext sc) {
      super(data, true, sc.sc());
    }

    @Override
    public double calculateScore(MultiLayerNetwork network) {
      double score = super.calculateScore(network);
      System.gc();
      return score;
    }
  }

  @ParameterizedTest
  @EnumSource
  void roundWithNumbersThatAreNotFinite_isNotTakenOver_andIsTheScore(Engine engine) {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Adam(0.01), 1);
    List<DataSet> data = Dl4jNets.data(4, 5, 5, 5, 5);
    MultiLayerNetwork expected = fit(configuration, data.subList(0, 2), averaging(engine));
    data.get(3).getFeatures().putScalar(0, Float.NaN); // the second round's second worker
    MultiLayerNetwork network = fit(configuration, data, averaging(engine));
    assertArrayEquals(params(expected), params(network));
    assertArrayEquals(
        expected.getUpdater().getStateViewArray().dup().data().asFloat(),
        network.getUpdater().getStateViewArray().dup().data().asFloat());
    assertTrue(Double.isNaN(network.score()));
    assertEquals(1, network.getIterationCount());
  }

  private static AveragingMaster averaging(Engine engine) {
    return new AveragingMaster.Builder(2, 1).averagingFrequency(1).engine(engine).build();
  }

  @Test
  void stepThatLeavesParametersInfinite_isNotTakenOver_howeverGoodItsLoss() {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Sgd(1e38), 1);
    float[] before = params(Dl4jNets.initialised(configuration.clone()));
    List<DataSet> data = Dl4jNets.data(4, 5);
    data.get(0).getLabels().muli(1e4); // which the gradient grows with
    MultiLayerNetwork network = fit(configuration, data, master(1, 1));
    assertArrayEquals(before, params(network));
    assertTrue(Double.isNaN(network.score()));
  }

  @Test
  void earlyStopping_endsWhereTheScoreIsNoNumber() {
    List<DataSet> data = Dl4jNets.data(4, 8, 8);
    data.get(0).getFeatures().putScalar(0, Float.NaN);
    EarlyStoppingConfiguration<MultiLayerNetwork> stopping =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
            .iterationTerminationConditions(new InvalidScoreIterationTerminationCondition())
            .modelSaver(new InMemoryModelSaver<>())
            .build();
    EarlyStoppingResult<MultiLayerNetwork> result =
        new SparkEarlyStoppingTrainer(
                sc,
                master(2, 1),
                stopping,
                Dl4jNets.initialised(Dl4jNets.dense(new Sgd(0.1), 1)),
                sc.parallelize(data, 2))
            .fit();
    assertEquals(
        EarlyStoppingResult.TerminationReason.IterationTerminationCondition,
        result.getTerminationReason());
  }

  @Test
  void masters_areEqual_whereTheirPlansAndHooksAre() {
    TrainingHook hook = new CountingHook(sc.sc().longAccumulator());
    AveragingMaster master = new AveragingMaster.Builder(3, 2).batchSizePerWorker(8).build();
    AveragingMaster same = AveragingMaster.fromJson(master.toJson());
    assertEquals(master, same);
    assertEquals(master, AveragingMaster.fromYaml(master.toYaml()));
    assertEquals(master.hashCode(), same.hashCode());
    assertNotEquals(master, master(3, 2));
    same.addHook(hook);
    assertNotEquals(master, same);
    master.addHook(hook);
    assertEquals(master, same);
  }

  @Test
  void jsonAndYaml_roundTrip() {
    AveragingMaster master = new AveragingMaster.Builder(3, 2).batchSizePerWorker(8).build();
    assertEquals(master.plan(), AveragingMaster.fromJson(master.toJson()).plan());
    assertEquals(master.plan(), AveragingMaster.fromYaml(master.toYaml()).plan());
    assertNotEquals(master(3, 5).plan(), master.plan());
    AveragingMaster every =
        new AveragingMaster(
            new AveragingPlan(7, 3, 16, 8, false, Long.MIN_VALUE, true, Engine.TORCH));
    assertEquals(every.plan(), AveragingMaster.fromJson(every.toJson()).plan());
    assertEquals(every.plan(), AveragingMaster.fromYaml(every.toYaml()).plan());
    Exception error =
        assertThrows(
            IllegalArgumentException.class, () -> AveragingMaster.fromJson("{\"workers\": 0}"));
    assertTrue(error.getMessage().contains("workers must be at least 1"), error::getMessage);
  }
}
