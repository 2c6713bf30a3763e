package dev.braid.driver.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.braid.driver.LocalSpark;
import java.util.EnumMap;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.learning.config.Adam;

/** A DL4J network with dropout, on executors of every kind: always one result on each engine. */
class AveragingMasterClusterIT {
  private static final Map<Engine, float[]> EXPECTED = new EnumMap<>(Engine.class);

  /** The parameters that each engine comes to. */
  private static Map<Engine, float[]> train(String master, String serializer) {
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
          Map<Engine, float[]> params = new EnumMap<>(Engine.class);
          for (Engine engine : Engine.values()) {
            params.put(engine, train(sc, engine));
          }
          return params;
        });
  }

  private static float[] train(JavaSparkContext sc, Engine engine) {
    AveragingMaster averaging =
        new AveragingMaster.Builder(3, 1).averagingFrequency(2).rngSeed(7).engine(engine).build();
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(sc, Dl4jNets.dense(new Adam(0.01), 0.5), averaging);
    var data = sc.parallelize(Dl4jNets.data(4, 6, 5, 6, 3, 6, 2, 6, 6));
    spark.fit(data);
    spark.fit(data);
    averaging.deleteTempFiles(sc);
    return spark.getNetwork().params().dup().data().asFloat();
  }

  @BeforeAll
  static void trainOnOneCore() {
    EXPECTED.putAll(train("local[1]", "java"));
  }

  @ParameterizedTest
  @CsvSource({
    "local[2], java",
    "'local-cluster[2,1,2048]', java",
    "'local-cluster[2,1,2048]', kryo"
  })
  void sameSeed_givesTheSameBytes(String master, String serializer) {
    train(master, serializer)
        .forEach((engine, params) -> assertArrayEquals(EXPECTED.get(engine), params));
  }
}
