package dev.braid.driver.dl4j.bench;

import dev.braid.driver.dl4j.AveragingMaster;
import dev.braid.driver.dl4j.Engine;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * {@link AveragingMaster} on both engines against dl4j-spark's own master, as shipped and with
 * oneDNN, and against DL4J's {@code fit} on one thread: examples per second over data that is
 * cached, once twenty seconds of passes have warmed the JVM up, two workers, {@code local[2]}. Each
 * side runs in a JVM of its own, as oneDNN is a setting of the whole JVM; the sides take turns. On
 * an otherwise idle machine:
 *
 * <pre>
 * mvn -q -pl driver -am test-compile
 * mvn -q -pl driver dependency:build-classpath -Dmdep.outputFile=target/classpath
 * OMP_NUM_THREADS=1 java @conf/jvm.options -Xmx3g -cp driver/target/test-classes:driver/target/classes:
 *     worker/target/classes:$(cat driver/target/classpath) dev.braid.driver.dl4j.bench.DoorBenchmark 3
 * </pre>
 */
public final class DoorBenchmark {
  private static final int WORKERS = 2;
  private static final int BATCH_SIZE = 64;
  private static final int WARM_UP_PASSES = 2;
  private static final double WARM_UP_SECONDS = 20;
  private static final int TIMED_PASSES = 3;
  private static final String RESULT = "examplesPerSecond ";
  private static final String DISABLE = "-Dorg.eclipse.deeplearning4j.helpers.disable=";

  private DoorBenchmark() {}

  /** Who trains. */
  enum Side {
    BRAID,
    BRAID_TORCH,
    DL4J_SPARK,
    DL4J_SPARK_AS_SHIPPED,
    FIT
  }

  /** What is trained, and how often it is averaged. */
  enum Net {
    LENET(10, 40),
    MLP(5, 200);

    private final int frequency;
    private final int batches;

    /**
     * @param batches mini-batches of each worker in a pass
     */
    Net(int frequency, int batches) {
      this.frequency = frequency;
      this.batches = batches;
    }

    MultiLayerConfiguration configuration() {
      NeuralNetConfiguration.ListBuilder layers =
          new NeuralNetConfiguration.Builder()
              .seed(7)
              .activation(Activation.RELU)
              .updater(new Adam(0.001))
              .list();
      if (this == LENET) {
        layers
            .layer(new ConvolutionLayer.Builder(5, 5).nOut(20).build())
            .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
            .layer(new ConvolutionLayer.Builder(5, 5).nOut(50).build())
            .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
            .layer(new DenseLayer.Builder().nOut(500).build());
      } else {
        layers
            .layer(new DenseLayer.Builder().nOut(256).build())
            .layer(new DenseLayer.Builder().nOut(128).build());
      }
      return layers
          .layer(
              new OutputLayer.Builder(LossFunction.MCXENT)
                  .activation(Activation.SOFTMAX)
                  .nOut(10)
                  .build())
          .setInputType(InputType.convolutionalFlat(28, 28, 1))
          .build();
    }
  }

  /** With a number of repetitions all sides in turn; with a side and a net that one alone. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length == 2) {
      System.out.println(RESULT + run(Side.valueOf(arguments[0]), Net.valueOf(arguments[1])));
      return;
    }
    int repetitions = arguments.length == 0 ? 3 : Integer.parseInt(arguments[0]);
    for (Net net : Net.values()) {
      Map<Side, double[]> rates = new LinkedHashMap<>();
      for (int i = 0; i < repetitions; i++) {
        for (Side side : Side.values()) {
          rates.computeIfAbsent(side, s -> new double[repetitions])[i] = fork(side, net);
        }
      }
      print(net, rates);
    }
  }

  private static void print(Net net, Map<Side, double[]> rates) {
    rates.forEach(
        (side, values) ->
            System.out.printf(
                "%-6s %-22s %8.0f examples/s   AveragingMaster is %.2f x as fast, on engine torch"
                    + " %.2f x  %s%n",
                net,
                side,
                median(values),
                ratio(rates.get(Side.BRAID), values),
                ratio(rates.get(Side.BRAID_TORCH), values),
                Arrays.toString(values)));
  }

  /** Median of the ratios of one turn each. */
  private static double ratio(double[] ours, double[] theirs) {
    double[] ratios = new double[ours.length];
    Arrays.setAll(ratios, i -> ours[i] / theirs[i]);
    return median(ratios);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double fork(Side side, Net net) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@conf/jvm.options");
    command.add("-Xmx3g");
    command.add(DISABLE + (side == Side.DL4J_SPARK_AS_SHIPPED));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(DoorBenchmark.class.getName(), side.name(), net.name()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    double rate = 0;
    try (var lines =
        new java.io.BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(RESULT)) {
          rate = Double.parseDouble(line.substring(RESULT.length()));
        }
      }
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command) + " failed");
    }
    return rate;
  }

  private static double run(Side side, Net net) {
    int numBatches = WORKERS * net.batches;
    if (side == Side.FIT) {
      return fit(net, net.batches);
    }
    SparkConf conf =
        new SparkConf()
            .setMaster("local[" + WORKERS + "]")
            .setAppName("door")
            .set("spark.ui.enabled", "false");
    try (JavaSparkContext sc = new JavaSparkContext(conf)) {
      JavaRDD<DataSet> data = sc.parallelize(data(numBatches), WORKERS).cache();
      data.count();
      SparkDl4jMultiLayer spark =
          new SparkDl4jMultiLayer(sc, net.configuration(), master(side, net.frequency));
      return rate(numBatches * BATCH_SIZE, () -> spark.fit(data));
    }
  }

  private static TrainingMaster<?, ?> master(Side side, int frequency) {
    return side == Side.BRAID || side == Side.BRAID_TORCH
        ? new AveragingMaster.Builder(WORKERS, 1)
            .averagingFrequency(frequency)
            .rngSeed(7)
            .engine(side == Side.BRAID ? Engine.DL4J : Engine.TORCH)
            .build()
        : new ParameterAveragingTrainingMaster.Builder(WORKERS, BATCH_SIZE)
            .batchSizePerWorker(BATCH_SIZE)
            .averagingFrequency(frequency)
            .workerPrefetchNumBatches(2)
            .rngSeed(7)
            .build();
  }

  private static double fit(Net net, int numBatches) {
    MultiLayerNetwork network = new MultiLayerNetwork(net.configuration());
    network.init();
    List<DataSet> data = data(numBatches);
    return rate(numBatches * BATCH_SIZE, () -> data.forEach(network::fit));
  }

  /** Examples per second of passes, each over so many examples. */
  private static double rate(int numExamples, Runnable pass) {
    long start = System.nanoTime();
    for (int i = 0; i < WARM_UP_PASSES || seconds(start) < WARM_UP_SECONDS; i++) {
      pass.run();
    }
    long begin = System.nanoTime();
    for (int i = 0; i < TIMED_PASSES; i++) {
      pass.run();
    }
    return TIMED_PASSES * numExamples / seconds(begin);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static List<DataSet> data(int numBatches) {
    Random random = new Random(7);
    List<DataSet> batches = new ArrayList<>();
    for (int b = 0; b < numBatches; b++) {
      float[] pixels = new float[BATCH_SIZE * 784];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = random.nextFloat();
      }
      float[][] labels = new float[BATCH_SIZE][10];
      for (float[] label : labels) {
        label[random.nextInt(10)] = 1;
      }
      batches.add(
          new DataSet(Nd4j.create(pixels, new long[] {BATCH_SIZE, 784}, 'c'), Nd4j.create(labels)));
    }
    return batches;
  }
}
