package dev.braid.jobs.golden;

import dev.braid.driver.dl4j.AveragingMaster;
import dev.braid.driver.dl4j.Engine;
import dev.braid.driver.ml.NetworkClassificationModel;
import dev.braid.driver.ml.NetworkClassifier;
import dev.braid.driver.ml.NetworkRegressionModel;
import dev.braid.driver.ml.NetworkRegressor;
import dev.braid.worker.random.SplitMix;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Runs by the classes that Java programs call: dl4j-spark's training master and Spark ML's. */
final class JavaApi {
  private final SparkSession spark;

  JavaApi(SparkSession spark) {
    this.spark = spark;
  }

  /** A network of DL4J's for four numbers and three classes. */
  static MultiLayerConfiguration configuration() {
    return new NeuralNetConfiguration.Builder()
        .seed(12)
        .updater(new Adam(0.02))
        .l2(1e-4)
        .list()
        .layer(new DenseLayer.Builder().nIn(4).nOut(6).activation(Activation.TANH).build())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(6)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build())
        .build();
  }

  /** Parameters and score after two fits, of a network or of a graph. */
  List<String> averaged(Engine engine, boolean graph) {
    AveragingMaster master =
        new AveragingMaster.Builder(2, 1).averagingFrequency(2).rngSeed(3).engine(engine).build();
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    var data = sc.parallelize(batches(), 3);
    Model network;
    if (graph) {
      MultiLayerNetwork layers = new MultiLayerNetwork(configuration());
      layers.init();
      ComputationGraph first = layers.toComputationGraph();
      SparkComputationGraph fit = new SparkComputationGraph(sc, first, master);
      fit.fit(data);
      network = fit.fit(data);
    } else {
      SparkDl4jMultiLayer fit = new SparkDl4jMultiLayer(sc, configuration(), master);
      fit.fit(data);
      network = fit.fit(data);
    }
    master.deleteTempFiles(sc);
    return List.of("params " + hash(network.params()), "score " + network.score());
  }

  private static List<DataSet> batches() {
    SplitMix random = SplitMix.stream(6);
    List<DataSet> batches = new ArrayList<>();
    for (int size : new int[] {16, 12, 16, 16, 9, 16, 16, 10, 14, 16, 16}) {
      float[] numbers = new float[4 * size];
      INDArray labels = Nd4j.zeros(size, 3);
      for (int row = 0; row < size; row++) {
        for (int k = 0; k < 4; k++) {
          numbers[4 * row + k] = (float) random.nextGaussian();
        }
        int kind = numbers[4 * row] > 0.5 ? 0 : numbers[4 * row + 1] > 0 ? 1 : 2;
        labels.putScalar(row, kind, 1);
      }
      batches.add(new DataSet(Nd4j.create(numbers, new long[] {size, 4}, 'c'), labels));
    }
    return batches;
  }

  private static String hash(INDArray numbers) {
    float[] floats = numbers.dup().data().asFloat();
    ByteBuffer bytes = ByteBuffer.allocate(4 * floats.length);
    bytes.asFloatBuffer().put(floats);
    return Leavings.sha256(bytes.array());
  }

  /** Model and predictions of a classifier. */
  List<String> classifier(Dataset<Row> points) {
    NetworkClassificationModel model =
        new NetworkClassifier()
            .setNetwork("[dense: {units: 6, activation: tanh}, output: {loss: crossEntropy}]")
            .setTraining("{workers: 2, localSteps: 3, epochs: 3, optimizer: {adam: {}}}")
            .setLearningRate(0.03)
            .setBatchSize(16)
            .setSeed(5)
            .setWeightCol("weight")
            .setLabelCol("index")
            .fit(points);
    Dataset<Row> rows =
        model.transform(points).select("a", "rawPrediction", "probability", "prediction");
    return List.of("model " + model.network().sha256(), Leavings.table("predictions", rows));
  }

  /** Model and predictions of a regressor. */
  List<String> regressor(Dataset<Row> points) {
    NetworkRegressionModel model =
        new NetworkRegressor()
            .setNetwork("[dense: {units: 6, activation: tanh}, output: {loss: meanSquared}]")
            .setEpochs(3)
            .setWorkers(2)
            .setBatchSize(16)
            .setLabelCol("size")
            .fit(points);
    Dataset<Row> rows = model.transform(points).select("a", "prediction");
    return List.of("model " + model.network().sha256(), Leavings.table("predictions", rows));
  }

  /** The points with a vector of their numbers and the index of their class. */
  Dataset<Row> points(String csv) {
    Dataset<Row> table =
        spark.read().option("header", true).option("inferSchema", true).csv(csv).coalesce(2);
    return new VectorAssembler()
        .setInputCols(new String[] {"a", "b", "c", "d"})
        .setOutputCol("features")
        .transform(table)
        .withColumn(
            "index",
            functions
                .when(functions.col("kind").equalTo("near"), 0.0)
                .when(functions.col("kind").equalTo("far"), 1.0)
                .otherwise(2.0));
  }
}
