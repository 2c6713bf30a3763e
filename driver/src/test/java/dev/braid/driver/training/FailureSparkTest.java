package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.LocalSteps;
import dev.braid.driver.plan.Route;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.run.JobFailed;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.state.State;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureSparkTest {
  private static final Adam ADAM = new Adam(0.02, null, null, null);
  private static final Clusters RUN =
      new Clusters(
          Clusters.network(Clusters.NORMALISED),
          Clusters.training(3, 2, 2, ADAM),
          10,
          List.of(77, 50, 23));

  private static JavaSparkContext sc() {
    return JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  }

  private static Clusters by(Route route) {
    return RUN.with(new Averaging(null, null, route, null, null));
  }

  @ParameterizedTest
  @EnumSource(
      value = Route.class,
      names = {"DIRECT", "SLICED"})
  void failingWorker_isNamed_withItsFirstCause(Route route) {
    ReplicaSource source =
        new TroubledSource(
            RUN.spec().source(),
            context -> {
              if (context.epoch() == 1 && TaskContext.getPartitionId() == 2) {
                throw new IllegalStateException("the disk is on fire");
              }
            });
    String message =
        assertThrows(JobFailed.class, () -> by(route).train(sc(), Clusters.SILENT, source))
            .getMessage();
    // 77 examples in batches of 10, 2 a round: 4 rounds in the first epoch.
    assertTrue(message.contains("round 5, worker 2, shard 2"), message);
    assertTrue(message.contains("IllegalStateException: the disk is on fire"), message);
    assertTrue(message.contains("host"), message);
  }

  @ParameterizedTest
  @EnumSource(
      value = Route.class,
      names = {"DIRECT", "SLICED"})
  void failedTasks_areRetried_andChangeNothing(Route route) {
    State expected = RUN.train(sc()).state();
    ReplicaSource source =
        new TroubledSource(
            RUN.spec().source(),
            context -> {
              // In the middle of a pass, after a step that has changed the replica.
              boolean second = context.update() % 2 == 1;
              if (second && TaskContext.get().attemptNumber() < context.update() % 3) {
                throw new IllegalStateException("a passing trouble");
              }
            });
    // Tasks are only retried where a master says so: local[cores,failures].
    State state =
        LocalSpark.on(
            "local[2,4]",
            Map.of(),
            session ->
                by(route)
                    .train(
                        JavaSparkContext.fromSparkContext(session.sparkContext()),
                        Clusters.SILENT,
                        source)
                    .state());
    assertEquals(expected, state);
  }

  @Test
  void roundThatTakesTooLong_namesWhatItWaitsFor() {
    TrainingPlan impatient =
        new PlanOf(3, new LocalSteps.Fixed(2), 2, ADAM).roundMinutes(1.0 / 60).plan();
    ReplicaSource source =
        new TroubledSource(
            RUN.spec().source(),
            context -> {
              if (TaskContext.getPartitionId() == 1 && context.update() == 4) {
                TroubledSource.sleep(3000);
              }
            });
    Clusters run = new Clusters(RUN.plan(), impatient, 10, RUN.shardSizes());
    // The first rounds build replicas: not within a second on a busy machine.
    String message =
        assertThrows(JobFailed.class, () -> run.train(sc(), Clusters.SILENT, source)).getMessage();
    assertTrue(message.contains("waited") && message.contains("shards"), message);
    assertTrue(message.contains("training.roundMinutes"), message);
  }

  @ParameterizedTest
  @EnumSource(
      value = Route.class,
      names = {"DIRECT", "SLICED"})
  void lostCachedShards_areReadAnew_andChangeNothing(Route route) {
    State expected = RUN.train(sc()).state();
    TrainingListener dropping =
        new TrainingListener() {
          @Override
          public void round(RoundReport report) {
            sc().getPersistentRDDs()
                .keySet()
                .forEach(id -> sc().sc().env().blockManager().master().removeRdd(id, true));
          }
        };
    assertEquals(expected, by(route).train(sc(), dropping).state());
  }
}
