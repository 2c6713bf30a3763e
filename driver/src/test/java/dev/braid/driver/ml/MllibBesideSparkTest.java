package dev.braid.driver.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/**
 * MLlib and Braid in one JVM compute with one BLAS. Two OpenBLAS crash it, which a system has that
 * gives {@code libblas.so.3} by OpenBLAS; the reference BLAS takes the place of libtorch's.
 */
class MllibBesideSparkTest {
  private static final int TIMES = 3;

  @Test
  void mllibAndBraid_inEitherOrder_useOneBlas_andNetworksHaveTheSameBits() throws Exception {
    List<String> networkFirst = run("network", "perceptron");
    List<String> perceptronFirst = run("perceptron", "network");
    assertEquals(2 * TIMES, networkFirst.size());
    Set<String> networks = new HashSet<>();
    for (List<String> lines : List.of(networkFirst, perceptronFirst)) {
      lines.stream().filter(line -> line.startsWith("network")).forEach(networks::add);
    }
    assertEquals(1, networks.size(), networks::toString);
    assertEquals(new HashSet<>(networkFirst), new HashSet<>(perceptronFirst));
  }

  /** Lines that a JVM prints which fits these in turns, three times. */
  private static List<String> run(String... order) throws IOException, InterruptedException {
    Process child = ChildJvm.start(Fits.class, List.of(), order);
    List<String> lines = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      out.lines().filter(line -> line.matches("(network|perceptron|blas) .*")).forEach(lines::add);
    }
    assertEquals(0, child.waitFor(), () -> "a JVM died after " + lines);
    assertTrue(lines.removeIf(line -> line.startsWith("blas ")), lines::toString);
    return lines;
  }

  /** Fits and says what came of it, and which BLAS there are: all must be Braid's. */
  static final class Fits {
    private Fits() {}

    public static void main(String[] order) throws IOException {
      NetworkClassifier network =
          new NetworkClassifier()
              .setNetwork("[dense: {units: 40, activation: tanh}, output: {loss: crossEntropy}]")
              .setEpochs(2);
      MultilayerPerceptronClassifier perceptron =
          new MultilayerPerceptronClassifier().setLayers(new int[] {4, 50, 2}).setMaxIter(5);
      try (SparkSession spark =
          SparkSession.builder()
              .master("local[2]")
              .config("spark.ui.enabled", false)
              .getOrCreate()) {
        Dataset<Row> table = table(spark).coalesce(1).cache();
        for (int i = 0; i < TIMES; i++) {
          for (String which : order) {
            String result =
                which.equals("network")
                    ? network.fit(table).network().sha256()
                    : perceptron.fit(table).weights().toString();
            System.out.println(which + " " + result);
          }
        }
      }
      System.out.println("blas " + blas());
    }

    private static Dataset<Row> table(SparkSession spark) {
      Random random = new Random(1);
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        double x = random.nextGaussian();
        double y = random.nextGaussian();
        rows.add(RowFactory.create(Vectors.dense(x, y, x * y, 1), x * y > 0 ? 1.0 : 0.0));
      }
      return spark.createDataFrame(
          rows,
          new StructType()
              .add("features", SQLDataTypes.VectorType())
              .add("label", DataTypes.DoubleType));
    }

    /** The files of BLAS in this process, which must be Braid's own. */
    private static Set<String> blas() throws IOException {
      Set<String> files = new HashSet<>();
      try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
        lines
            .filter(line -> line.contains("/libblas") || line.contains("/libopenblas"))
            .forEach(line -> files.add(line.substring(line.indexOf('/'))));
      }
      if (!files.stream().allMatch(file -> file.contains("/org/bytedeco/openblas/"))) {
        throw new IllegalStateException("the system's BLAS is loaded: " + files);
      }
      return files;
    }
  }
}
