package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.driver.LocalSpark;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.state.State;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One run with dropout and batch normalisation on executors of every kind: always one result. */
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

  private static State expected;

  private static State train(String master, Map<String, String> conf) {
    return LocalSpark.on(
        master,
        conf,
        session -> RUN.train(JavaSparkContext.fromSparkContext(session.sparkContext())).state());
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
