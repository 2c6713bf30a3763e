package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.cluster.StallWatch;
import dev.braid.driver.run.JobFailed;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.Stop;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

/** What is waited for in vain on a cluster is named in the end. */
class DeadlineClusterIT {

  @Test
  void clusterWithoutRoomForAnExecutor_isNamed() {
    try (TwoHosts hosts = new TwoHosts(1)) {
      // More than a worker has: Spark's master keeps the application waiting.
      String message =
          LocalSpark.on(
              hosts.url(),
              Map.of("spark.executor.memory", "64g"),
              session -> {
                JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
                return assertThrows(
                        JobFailed.class, () -> RunJobs.requireExecutor(sc, 1.0 / 60, new Stop()))
                    .getMessage();
              });
      assertTrue(message.contains("a first executor of " + hosts.url()), message);
      assertTrue(message.contains("training.roundMinutes"), message);
    }
  }

  @Test
  void jobInWhichNothingMoves_isCalledOff_andNamed() {
    try (TwoHosts hosts = new TwoHosts(1)) {
      String message =
          LocalSpark.on(
              hosts.url(),
              Map.of("spark.executor.memory", "64g", StallWatch.MINUTES, "0.02"),
              session -> {
                StallWatch.over(session.sparkContext());
                JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
                sc.setJobDescription("counting words");
                return assertThrows(
                        Exception.class, () -> sc.parallelize(List.of(1, 2, 3), 2).count())
                    .getMessage();
              });
      assertTrue(message.contains("no task of 'counting words' has ended"), message);
      assertTrue(message.contains(StallWatch.MINUTES), message);
    }
  }
}
