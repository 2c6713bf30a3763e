package dev.braid.driver.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.braid.driver.LocalSpark;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.learning.config.Adam;

/** A DL4J network with dropout, on executors of every kind: always one result. */
class AveragingMasterClusterIT {
  private static float[] expected;

  private static float[] train(String master, String serializer) {
    Map<String, String> conf =
        serializer.equals("java")
            ? Map.of()
            : Map.of(
                "spark.serializer", "org.apache.spark.serializer.KryoSerializer",
                "spark.kryo.registrator", "org.nd4j.kryo.Nd4jRegistrator");
    return LocalSpark.on(
        master,
        conf,
        session -> {
          JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
          AveragingMaster averaging =
              new AveragingMaster.Builder(3, 1).averagingFrequency(2).rngSeed(7).build();
          SparkDl4jMultiLayer spark =
              new SparkDl4jMultiLayer(sc, Dl4jNets.dense(new Adam(0.01), 0.5), averaging);
          var data = sc.parallelize(Dl4jNets.data(4, 6, 5, 6, 3, 6, 2, 6, 6));
          spark.fit(data);
          spark.fit(data);
          return spark.getNetwork().params().dup().data().asFloat();
        });
  }

  @BeforeAll
  static void trainOnOneCore() {
    expected = train("local[1]", "java");
  }

  @ParameterizedTest
  @CsvSource({
    "local[2], java",
    "'local-cluster[2,1,2048]', java",
    "'local-cluster[2,1,2048]', kryo"
  })
  void sameSeed_givesTheSameBytes(String master, String serializer) {
    assertArrayEquals(expected, train(master, serializer));
  }
}
