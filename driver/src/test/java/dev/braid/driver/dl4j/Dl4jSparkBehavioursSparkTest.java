package dev.braid.driver.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.mllib.regression.LabeledPoint;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.EarlyStoppingResult.TerminationReason;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.termination.EpochTerminationCondition;
import org.deeplearning4j.earlystopping.termination.IterationTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxScoreIterationTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxTimeIterationTerminationCondition;
import org.deeplearning4j.earlystopping.termination.ScoreImprovementEpochTerminationCondition;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.spark.earlystopping.SparkDataSetLossCalculator;
import org.deeplearning4j.spark.earlystopping.SparkEarlyStoppingTrainer;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Behaviours that dl4j-spark's own master is held to, beside those of the other tests. */
class Dl4jSparkBehavioursSparkTest {
  private JavaSparkContext sc;

  @BeforeEach
  void spark() {
    sc = JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  }

  private static AveragingMaster master(Engine engine) {
    return new AveragingMaster.Builder(2, 1).averagingFrequency(1).engine(engine).build();
  }

  /** How early stopping may end: why, by which condition, and the network's learning rate. */
  private record Ending(
      double rate,
      TerminationReason reason,
      List<EpochTerminationCondition> epochs,
      List<IterationTerminationCondition> iterations,
      Object by) {}

  static Stream<Ending> endings() {
    var epochs = new MaxEpochsTerminationCondition(3);
    var stuck = new ScoreImprovementEpochTerminationCondition(2);
    var exploded = new MaxScoreIterationTerminationCondition(7.5);
    var late = new MaxTimeIterationTerminationCondition(1, TimeUnit.SECONDS);
    var many = new MaxEpochsTerminationCondition(5000);
    TerminationReason epoch = TerminationReason.EpochTerminationCondition;
    TerminationReason iteration = TerminationReason.IterationTerminationCondition;
    return Stream.of(
        new Ending(0.1, epoch, List.of(epochs), List.of(), epochs),
        new Ending(0, epoch, List.of(many, stuck), List.of(exploded), stuck),
        new Ending(10, iteration, List.of(many), List.of(exploded), exploded),
        new Ending(1e-6, iteration, List.of(many), List.of(late, exploded), late));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void earlyStopping_endsByTheConditionThatHolds(Ending ending) {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(12)
            .updater(new Sgd(ending.rate()))
            .list()
            .layer(output(LossFunction.MSE, Activation.IDENTITY).nIn(4).nOut(3).build())
            .build();
    JavaRDD<DataSet> data = sc.parallelize(Dl4jNets.data(4, 8, 8), 2);
    EarlyStoppingResult<MultiLayerNetwork> result =
        new SparkEarlyStoppingTrainer(
                sc,
                master(Engine.DL4J),
                new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                    .epochTerminationConditions(ending.epochs())
                    .iterationTerminationConditions(
                        ending.iterations().toArray(IterationTerminationCondition[]::new))
                    .scoreCalculator(new SparkDataSetLossCalculator(data, true, sc.sc()))
                    .modelSaver(new InMemoryModelSaver<>())
                    .build(),
                new MultiLayerNetwork(configuration),
                data)
            .fit();
    assertEquals(ending.reason(), result.getTerminationReason());
    assertEquals(ending.by().toString(), result.getTerminationDetails());
  }

  private static OutputLayer.Builder output(LossFunction loss, Activation activation) {
    return new OutputLayer.Builder(loss).activation(activation);
  }

  @Test
  void frozenLayers_stayAsTheyAre_andEngineTorchSaysWhyNot() {
    MultiLayerNetwork network =
        new TransferLearning.Builder(Dl4jNets.initialised(Dl4jNets.dense(new Adam(0.1), 1)))
            .setFeatureExtractor(0)
            .build();
    JavaRDD<DataSet> data = sc.parallelize(Dl4jNets.data(4, 8, 8), 2);
    float[] first = network.getLayer(0).params().dup().data().asFloat();
    float[] last = network.getLayer(1).params().dup().data().asFloat();
    new SparkDl4jMultiLayer(sc, network, master(Engine.DL4J)).fit(data);
    assertArrayEquals(first, network.getLayer(0).params().dup().data().asFloat());
    assertFalse(Arrays.equals(last, network.getLayer(1).params().dup().data().asFloat()));
    SparkDl4jMultiLayer torch = new SparkDl4jMultiLayer(sc, network, master(Engine.TORCH));
    Exception e = assertThrows(IllegalArgumentException.class, () -> torch.fit(data));
    assertTrue(e.getMessage().contains("FrozenLayer"), e::getMessage);
  }

  @ParameterizedTest
  @EnumSource
  void labeledPoints_trainAsTheDataSetsTheyAre(Engine engine) {
    MultiLayerConfiguration configuration = Dl4jNets.dense(new Sgd(0.1), 1);
    List<LabeledPoint> points = new ArrayList<>();
    List<DataSet> data = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      double[] numbers = {i, 1 - i, i % 2, 0.5};
      points.add(new LabeledPoint(i % 3, Vectors.dense(numbers)));
      INDArray label = Nd4j.zeros(1, 3).putScalar(0, i % 3, 1);
      data.add(new DataSet(Nd4j.create(new double[][] {numbers}).castTo(DataType.FLOAT), label));
    }
    MultiLayerNetwork byPoints =
        new SparkDl4jMultiLayer(sc, configuration.clone(), master(engine))
            .fitLabeledPoint(sc.parallelize(points, 1));
    MultiLayerNetwork bySets =
        new SparkDl4jMultiLayer(sc, configuration.clone(), master(engine))
            .fit(sc.parallelize(data, 1));
    assertArrayEquals(
        bySets.params().dup().data().asFloat(), byPoints.params().dup().data().asFloat(), 1e-6f);
  }

  @Test
  void doublesInSeveralInputs_averagedByAVertex_train() {
    ComputationGraphConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .updater(new Adam(0.01))
            .graphBuilder()
            .addInputs("left", "right")
            .addVertex("mean", new ElementWiseVertex(ElementWiseVertex.Op.Average), "left", "right")
            .addLayer("dense", new DenseLayer.Builder().nIn(4).nOut(3).dropOut(0.9).build(), "mean")
            .addLayer(
                "out",
                output(LossFunction.MCXENT, Activation.SOFTMAX)
                    .nIn(3)
                    .nOut(2)
                    .hasBias(false)
                    .build(),
                "dense")
            .setOutputs("out")
            .build();
    List<MultiDataSet> data = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      data.add(
          new org.nd4j.linalg.dataset.MultiDataSet(
              new INDArray[] {Nd4j.rand(DataType.DOUBLE, 5, 4), Nd4j.rand(DataType.DOUBLE, 5, 4)},
              new INDArray[] {Nd4j.rand(DataType.DOUBLE, 5, 2)}));
    }
    SparkComputationGraph graph = new SparkComputationGraph(sc, configuration, master(Engine.DL4J));
    JavaRDD<MultiDataSet> rdd = sc.parallelize(data, 2);
    for (int epoch = 0; epoch < 3; epoch++) {
      graph.fitMultiDataSet(rdd);
    }
    assertTrue(Double.isFinite(graph.getScore()));
    assertEquals(3, graph.getNetwork().getConfiguration().getEpochCount());
    SparkComputationGraph torch =
        new SparkComputationGraph(sc, configuration, master(Engine.TORCH));
    Exception e = assertThrows(IllegalArgumentException.class, () -> torch.fitMultiDataSet(rdd));
    assertTrue(e.getMessage().contains("2 inputs"), e::getMessage);
  }

  @ParameterizedTest
  @EnumSource
  void softmaxWithMse_ofFewerSetsThanWorkers_trainsOnEitherEngine(Engine engine) {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .updater(new RmsProp())
            .list()
            .layer(new DenseLayer.Builder().nIn(4).nOut(3).activation(Activation.TANH).build())
            .layer(output(LossFunction.MSE, Activation.SOFTMAX).nIn(3).nOut(3).build())
            .build();
    AveragingMaster five =
        new AveragingMaster.Builder(5, 1).averagingFrequency(10).engine(engine).build();
    SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(sc, configuration, five);
    List<DataSet> data =
        List.of(
            new DataSet(Nd4j.rand(1, 4), Nd4j.rand(1, 3)),
            new DataSet(Nd4j.rand(1, 4), Nd4j.rand(1, 3)));
    spark.fit(sc.parallelize(data, 2));
    assertEquals(1, spark.getNetwork().getIterationCount());
    assertTrue(Double.isFinite(spark.getScore()));
  }
}
