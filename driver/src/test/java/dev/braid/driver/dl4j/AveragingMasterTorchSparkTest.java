package dev.braid.driver.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.listeners.CollectScoresListener;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.listeners.VanillaStatsStorageRouter;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** On engine torch a DL4J network comes to where it comes on DL4J's own. */
class AveragingMasterTorchSparkTest {
  /** Relative to 1 or to the number itself: two engines add up floats in different orders. */
  private static final double TOLERANCE = 1e-5;

  private JavaSparkContext sc;

  @BeforeEach
  void spark() {
    sc = JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  }

  private static AveragingMaster.Builder two(Engine engine) {
    return new AveragingMaster.Builder(2, 1).averagingFrequency(2).rngSeed(3).engine(engine);
  }

  private static List<Supplier<IUpdater>> updaters() {
    return List.of(() -> new Adam(0.01), () -> new Sgd(0.1), () -> new Nesterovs(0.05, 0.9));
  }

  private static void assertClose(Model expected, Model actual) {
    assertClose(floats(expected), floats(actual));
  }

  private static void assertClose(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      double allowed = TOLERANCE * Math.max(1, Math.abs(expected[i]));
      assertEquals(expected[i], actual[i], allowed, "number " + i);
    }
  }

  private static float[] floats(Model network) {
    return network.params().dup().data().asFloat();
  }

  /** Unequal sizes, and in each pass a last round in which one worker has fewer mini-batches. */
  private static List<DataSet> data(int features) {
    return Dl4jNets.data(features, 16, 12, 16, 16, 9, 16, 16, 10, 14, 16, 16);
  }

  private MultiLayerNetwork fitTwice(
      MultiLayerConfiguration configuration, List<DataSet> data, AveragingMaster master) {
    SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(sc, configuration.clone(), master);
    JavaRDD<DataSet> rdd = sc.parallelize(data, 3);
    spark.fit(rdd);
    MultiLayerNetwork network = spark.fit(rdd);
    assertEquals(network.score(), spark.getScore());
    master.deleteTempFiles(sc);
    return network;
  }

  @Test
  void network_memoryCountsAndScore_areThoseOfEngineDl4j_andPlainTrainingGoesOn() {
    for (Supplier<IUpdater> updater : updaters()) {
      MultiLayerConfiguration configuration = Dl4jNets.lenet(updater.get());
      List<DataSet> data = data(144);
      MultiLayerNetwork theirs = fitTwice(configuration, data, two(Engine.DL4J).build());
      MultiLayerNetwork ours = fitTwice(configuration, data, two(Engine.TORCH).build());
      assertSame(theirs, ours);
      DataSet more = data.get(0);
      theirs.fit(more);
      ours.fit(more);
      assertSame(theirs, ours);
    }
  }

  private static void assertSame(MultiLayerNetwork theirs, MultiLayerNetwork ours) {
    assertClose(theirs, ours);
    if (theirs.getUpdater().getStateViewArray() != null) {
      assertClose(
          theirs.getUpdater().getStateViewArray().dup().data().asFloat(),
          ours.getUpdater().getStateViewArray().dup().data().asFloat());
    }
    assertEquals(theirs.getIterationCount(), ours.getIterationCount());
    assertEquals(theirs.getEpochCount(), ours.getEpochCount());
    assertEquals(theirs.score(), ours.score(), TOLERANCE);
  }

  @Test
  void graph_isThatOfEngineDl4j() {
    for (Supplier<IUpdater> updater : updaters()) {
      List<MultiDataSet> data = new ArrayList<>();
      data(144).forEach(batch -> data.add(batch.toMultiDataSet()));
      ComputationGraph first = Dl4jNets.initialised(Dl4jNets.graph(Dl4jNets.lenet(updater.get())));
      List<ComputationGraph> graphs = new ArrayList<>();
      for (Engine engine : Engine.values()) {
        AveragingMaster master = two(engine).build();
        SparkComputationGraph spark = new SparkComputationGraph(sc, first.clone(), master);
        graphs.add(spark.fitMultiDataSet(sc.parallelize(data, 2)));
        master.deleteTempFiles(sc);
      }
      assertClose(graphs.get(0), graphs.get(1));
      assertEquals(graphs.get(0).score(), graphs.get(1).score(), TOLERANCE);
      assertEquals(
          graphs.get(0).getConfiguration().getIterationCount(),
          graphs.get(1).getConfiguration().getIterationCount());
    }
  }

  @Test
  void saveUpdaterOff_isAsOnEngineDl4j() {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Adam(0.01), 1);
    assertClose(
        fitTwice(configuration, data(4), two(Engine.DL4J).saveUpdater(false).build()),
        fitTwice(configuration, data(4), two(Engine.TORCH).saveUpdater(false).build()));
  }

  @Test
  void joinedBatches_trainAsOnEngineDl4j() {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Adam(0.01), 1);
    assertClose(
        fitTwice(configuration, data(4), two(Engine.DL4J).batchSizePerWorker(20).build()),
        fitTwice(configuration, data(4), two(Engine.TORCH).batchSizePerWorker(20).build()));
  }

  @Test
  void dropout_isAFunctionOfTheSeed_whateverThePartitions() {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Adam(0.01), 0.5);
    List<float[]> params = new ArrayList<>();
    for (int partitions : new int[] {1, 4}) {
      SparkDl4jMultiLayer spark =
          new SparkDl4jMultiLayer(sc, configuration.clone(), two(Engine.TORCH).build());
      params.add(floats(spark.fit(sc.parallelize(data(4), partitions))));
    }
    assertArrayEquals(params.get(0), params.get(1));
  }

  @Test
  void noData_leavesTheNetworkAsItWas() {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Adam(0.1), 1);
    float[] before = floats(Dl4jNets.initialised(configuration.clone()));
    assertArrayEquals(
        before, floats(fitTwice(configuration, List.of(), two(Engine.TORCH).build())));
  }

  @Test
  void lossThatIsNaN_leavesTheParameters_andIsTheScore() {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Adam(0.1), 1);
    float[] before = floats(Dl4jNets.initialised(configuration.clone()));
    List<DataSet> data = Dl4jNets.data(4, 5, 5);
    data.forEach(batch -> batch.getFeatures().assign(Double.NaN));
    MultiLayerNetwork network = fitTwice(configuration, data, two(Engine.TORCH).build());
    assertArrayEquals(before, floats(network));
    assertTrue(Double.isNaN(network.score()));
  }

  @Test
  void listeners_hearOfEachRound_withTheAveragedNetwork() {
    CollectScoresListener scores = new CollectScoresListener(1);
    AveragingMaster master = two(Engine.TORCH).build();
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(sc, Dl4jNets.dense(new Sgd(0.1), 1), master);
    VanillaStatsStorageRouter storage = new VanillaStatsStorageRouter();
    spark.setListeners(storage, List.of(scores, new ScoreRecorder()));
    spark.fit(sc.parallelize(data(4), 2));
    assertEquals(List.of(2, 4, 6), scores.getListIteration());
    assertEquals(spark.getScore(), scores.getListScore().getDouble(2));
    assertEquals(
        List.of("driver 3", "driver 5", "driver 7"),
        storage.getUpdates().stream().map(u -> u.getWorkerID() + " " + u.getTimeStamp()).toList());
  }

  @Test
  void whatItCannotTrain_isRefusedBeforeSparkStarts() {
    int jobs = jobs();
    refused(DoublingLayer.network(), two(Engine.TORCH).build(), "'layer1' (DoublingLayer)");
    AveragingMaster hooked = two(Engine.TORCH).trainingHooks(new NoHook()).build();
    refused(Dl4jNets.dense(new Sgd(0.1), 1), hooked, "hooks are called");
    AveragingMaster watched = two(Engine.TORCH).build();
    watched.setListeners(Collections.singletonList(new GradientWatcher()));
    refused(
        Dl4jNets.dense(new Sgd(0.1), 1),
        watched,
        "GradientWatcher has a method onGradientCalculation");
    assertEquals(jobs, jobs());
  }

  /** Numbers of Spark's jobs so far: the id of the next. */
  private int jobs() {
    return sc.sc().dagScheduler().numTotalJobs();
  }

  private void refused(
      MultiLayerConfiguration configuration, AveragingMaster master, String expected) {
    SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(sc, configuration, master);
    JavaRDD<DataSet> data = sc.parallelize(data(4), 2);
    Exception error = assertThrows(IllegalArgumentException.class, () -> spark.fit(data));
    assertTrue(error.getMessage().contains(expected), error::getMessage);
    assertTrue(error.getMessage().contains("leave engine(Engine.TORCH) away"), error::getMessage);
  }

  @Test
  void masks_areRefusedBeforeTraining() {
    MultiLayerConfiguration configuration = Dl4jNets.sequences(new Sgd(0.1));
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(sc, configuration, two(Engine.TORCH).build());
    JavaRDD<DataSet> data = sc.parallelize(Dl4jNets.maskedSequences(4, 4), 1);
    Exception error = assertThrows(IllegalArgumentException.class, () -> spark.fit(data));
    assertTrue(error.getMessage().contains("masks"), error::getMessage);
  }

  /** A hook that does nothing. */
  private static final class NoHook implements TrainingHook {
    private static final long serialVersionUID = 1;

    @Override
    public void preUpdate(org.nd4j.linalg.dataset.api.DataSet batch, Model model) {}

    @Override
    public void postUpdate(org.nd4j.linalg.dataset.api.DataSet batch, Model model) {}

    @Override
    public void preUpdate(MultiDataSet batch, Model model) {}

    @Override
    public void postUpdate(MultiDataSet batch, Model model) {}
  }

  /** A listener that wants gradients. */
  private static final class GradientWatcher extends BaseTrainingListener {
    @Override
    public void onGradientCalculation(Model model) {}
  }
}
