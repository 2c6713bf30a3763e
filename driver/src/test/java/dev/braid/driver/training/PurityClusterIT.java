package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.random.Counter;
import dev.braid.worker.state.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Executors die, dawdle, come and go: always one result. {@code -Dbraid.kills=20} kills as many
 * executors instead of 2 and prints what it has cost.
 */
class PurityClusterIT {
  private static final int KILLS = Integer.getInteger("braid.kills", 2);
  private static final Clusters RUN = run(4 * KILLS);

  private static State expected;

  private static Clusters run(int epochs) {
    return new Clusters(
        Clusters.network(Clusters.NORMALISED),
        Clusters.training(4, 3, epochs, new Adam(0.01, null, null, null)),
        16,
        List.of(120, 111, 97, 120));
  }

  @BeforeAll
  static void trainUndisturbed() {
    expected =
        RUN.train(JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext())).state();
  }

  private static Clusters by(Route route) {
    return RUN.with(new Averaging(null, null, route, null, null));
  }

  /** The executors that this JVM has started. */
  private static List<ProcessHandle> executors() {
    return ProcessHandle.current().descendants().filter(PurityClusterIT::isExecutor).toList();
  }

  /** The whole command line: with a long classpath ProcessHandle.info() does not have it. */
  private static boolean isExecutor(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
          .contains("CoarseGrainedExecutorBackend");
    } catch (IOException e) {
      return false; // it has ended meanwhile
    }
  }

  /** Kills a random executor at a random moment within the next rounds, every few rounds. */
  private static final class Killer implements TrainingListener {
    private final Counter random = Counter.stream(System.nanoTime());
    private final List<Thread> threads = new ArrayList<>();
    private final List<Double> seconds = new ArrayList<>();
    private final AtomicInteger killed = new AtomicInteger();
    private final int rounds;

    Killer(int rounds) {
      this.rounds = rounds;
    }

    @Override
    public void round(RoundReport report) {
      seconds.add(report.seconds());
      if (report.round() % Math.max(1, rounds / KILLS) == 1 && threads.size() < KILLS) {
        threads.add(new Thread(this::kill, "killer"));
        threads.get(threads.size() - 1).start();
      }
    }

    private void kill() {
      TroubledSource.sleep(random.nextInt(100));
      List<ProcessHandle> victims = executors();
      if (!victims.isEmpty() && victims.get(random.nextInt(victims.size())).destroyForcibly()) {
        killed.incrementAndGet();
      }
    }

    @Override
    public void epoch(EpochReport report) {}

    int killed() throws InterruptedException {
      for (Thread thread : threads) {
        thread.join();
      }
      return killed.get();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Route.class,
      names = {"DIRECT", "SLICED"})
  void killedExecutors_changeNothing(Route route) throws InterruptedException {
    int rounds = 3 * RUN.training().epochs();
    Killer killer = new Killer(rounds);
    State state =
        LocalSpark.on(
            "local-cluster[3,1,2048]",
            Map.of("spark.deploy.maxExecutorRetries", "-1", "spark.task.maxFailures", "20"),
            session ->
                by(route)
                    .train(
                        JavaSparkContext.fromSparkContext(session.sparkContext()),
                        killer,
                        new TroubledSource(RUN.spec().source(), m -> TroubledSource.sleep(30)))
                    .state());

    assertEquals(expected, state);
    assertTrue(killer.killed() > 0, "no executor was killed");
    List<Double> sorted = killer.seconds.stream().sorted().toList();
    double median = sorted.get(sorted.size() / 2);
    double lost = killer.seconds.stream().skip(1).mapToDouble(s -> s - median).sum();
    System.out.printf(
        "%s: %d executors killed in %d rounds, %.2f s lost per kill (median round %.2f s)%n",
        route, killer.killed(), sorted.size(), lost / killer.killed(), median);
  }

  @Test
  void executorsThatComeAndGo_changeNothing() {
    // Four workers at first, later one alone: 1 executor, then 3, then 1 again.
    Clusters ragged = new Clusters(RUN.plan(), run(1).training(), 16, List.of(1600, 320, 320, 320));
    ReplicaSource slow =
        new TroubledSource(RUN.spec().source(), moment -> TroubledSource.sleep(100));
    Map<String, String> settings = new HashMap<>();
    settings.put("spark.dynamicAllocation.enabled", "true");
    settings.put("spark.dynamicAllocation.shuffleTracking.enabled", "true");
    settings.put("spark.dynamicAllocation.minExecutors", "1");
    settings.put("spark.dynamicAllocation.maxExecutors", "3");
    settings.put("spark.dynamicAllocation.executorIdleTimeout", "2s");
    settings.put("spark.dynamicAllocation.cachedExecutorIdleTimeout", "2s");
    settings.put("spark.dynamicAllocation.schedulerBacklogTimeout", "1s");
    Counting counting = new Counting();
    State state =
        LocalSpark.on(
            "local-cluster[3,1,2048]",
            settings,
            session -> {
              session.sparkContext().addSparkListener(counting);
              JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
              return ragged.train(sc, Clusters.SILENT, slow).state();
            });

    assertEquals(
        ragged
            .train(JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext()))
            .state(),
        state);
    assertTrue(counting.most > 1, "never more than one executor");
    assertTrue(counting.left.get() > 0, "no executor has left");
  }

  private static final class Counting extends SparkListener {
    private int now;
    private volatile int most;
    private final AtomicInteger left = new AtomicInteger();

    @Override
    public void onExecutorAdded(SparkListenerExecutorAdded added) {
      now++;
      most = Math.max(most, now);
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
      now--;
      left.incrementAndGet();
    }
  }
}
