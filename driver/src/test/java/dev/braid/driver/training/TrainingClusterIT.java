package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.driver.LocalSpark;
import dev.braid.worker.dl4j.Dl4jReplicaSource;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.state.State;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One run with dropout and batch normalisation, on either engine and executors of every kind:
 * always one result of each engine.
 */
class TrainingClusterIT {
  private static final Clusters RUN =
      new Clusters(
          Clusters.network(Clusters.NORMALISED),
          Clusters.training(4, 3, 3, new Adam(0.01, null, null, null)),
          16,
          List.of(120, 111, 97, 120));
  private static final Map<String, String> JAVA = Map.of();
  private static final Map<String, String> KRYO =
      Map.of(
          "spark.serializer", "org.apache.spark.serializer.KryoSerializer",
          "spark.kryo.registrationRequired", "true",
          "spark.kryo.registrator", "dev.braid.driver.BraidRegistrator");

  private static List<State> expected;

  /** The result on torch, then that on dl4j. */
  private static List<State> train(String master, Map<String, String> conf) {
    return LocalSpark.on(
        master,
        conf,
        session -> {
          JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
          ReplicaSource dl4j = new Dl4jReplicaSource(RUN.plan(), RUN.rule());
          return List.of(RUN.train(sc).state(), RUN.train(sc, Clusters.SILENT, dl4j).state());
        });
  }

  @BeforeAll
  static void trainOnOneCore() {
    expected = train("local[1]", JAVA);
  }

  @ParameterizedTest
  @CsvSource({"local[2]", "local[4]"})
  void sameSeed_givesTheSameBytes_onAnyNumberOfCores(String master) {
    assertEquals(expected, train(master, JAVA));
  }

  @Test
  void sameSeed_givesTheSameBytes_inSeparateExecutors() {
    assertEquals(expected, train("local-cluster[2,1,2048]", JAVA));
  }

  @Test
  void sameSeed_givesTheSameBytes_withKryo() {
    assertEquals(expected, train("local-cluster[2,1,2048]", KRYO));
  }
}
