package dev.braid.driver.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.inference.output.OutputSettings;
import dev.braid.driver.run.Stop;
import dev.braid.driver.source.Sources;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.model.Model;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Executors in JVMs of their own give what the engines themselves give on the same rows. */
class InferenceClusterIT {
  private static final int ROWS = 300;

  @TempDir private Path folder;

  private static MultiLayerNetwork dl4j() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(5)
                .list()
                .layer(
                    new DenseLayer.Builder()
                        .nIn(Scorable.FEATURES)
                        .nOut(16)
                        .activation(Activation.TANH)
                        .build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(16)
                        .nOut(3)
                        .build())
                .build());
    network.init();
    return network;
  }

  @Test
  void predictions_areTheEngines_whateverTheExecutors_theBatchSizeAndTheFiles() throws IOException {
    String ours = Scorable.write(folder, Scorable.TABLE);
    Model model = Scorable.model(Scorable.TABLE);
    MultiLayerNetwork network = dl4j();
    File theirs = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(network, theirs, true);
    for (int files : new int[] {1, 7}) {
      Path data = Files.createDirectories(folder.resolve("data" + files));
      for (int i = 0; i < files; i++) {
        Files.writeString(
            data.resolve("%02d.csv".formatted(i)),
            Scorable.csv(ROWS * i / files, ROWS * (i + 1) / files));
      }
    }
    IntFunction<float[]> ourAnswer = i -> Scorable.answer(model, Scorable.row(i));
    IntFunction<float[]> theirAnswer =
        i -> network.output(Nd4j.create(new float[][] {Scorable.row(i)})).data().asFloat();
    for (String master : List.of("local[1]", "local-cluster[2,1,1024]")) {
      LocalSpark.on(
          master,
          Map.of("spark.executor.memory", "512m"),
          spark -> {
            assertScores(spark, ours, 1, 16, ourAnswer);
            assertScores(spark, ours, 7, 300, ourAnswer);
            assertScores(spark, theirs.toString(), 1, 1, theirAnswer);
            assertScores(spark, theirs.toString(), 7, 33, theirAnswer);
            return null;
          });
    }
  }

  private void assertScores(
      SparkSession spark, String model, int files, int batchSize, IntFunction<float[]> expected) {
    String output = folder.resolve("out-" + System.nanoTime()).toString();
    InferenceSettings settings =
        new InferenceSettings(
            model,
            ForeignSettings.NONE,
            Sources.csv(folder.resolve("data" + files).toString()),
            List.of("id", "_row"),
            OutputSettings.of(output),
            batchSize,
            false,
            100,
            0.0);
    InferenceRun.check(settings, settings.output().folder(), new Configuration())
        .run(spark, new Stop(), progress -> {});
    List<Row> rows = new ArrayList<>(inOrder(spark, output + "/predictions/batch=0"));
    assertEquals(ROWS, rows.size());
    for (int i = 0; i < ROWS; i++) {
      assertEquals("row" + i, rows.get(i).<String>getAs("id"));
      List<Float> found = rows.get(i).getList(rows.get(i).fieldIndex("probabilities"));
      float[] values = new float[found.size()];
      for (int k = 0; k < values.length; k++) {
        values[k] = found.get(k);
      }
      assertArrayEquals(expected.apply(i), values, 1e-6f, model + " row " + i);
    }
  }

  /** The rows of the parts in the order of their names. */
  private static List<Row> inOrder(SparkSession spark, String batch) {
    List<Row> rows = new ArrayList<>();
    File[] parts = new File(batch).listFiles(file -> file.getName().startsWith("part-"));
    Arrays.sort(parts);
    for (File part : parts) {
      rows.addAll(spark.read().parquet(part.toString()).collectAsList());
    }
    return rows;
  }
}
