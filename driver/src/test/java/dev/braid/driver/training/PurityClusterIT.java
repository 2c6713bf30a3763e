package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.Route;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Executors die, dawdle, come and go: always one result. Of a longer run with more kills it prints
 * what each has cost; some two minutes each way with
 *
 * <pre>
 * mvn -pl driver -am verify -Dit.test=PurityClusterIT#killedExecutors* -Dtest=none \
 *   -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false \
 *   -Dbraid.kills=10 -Dbraid.epochs=100
 * </pre>
 */
class PurityClusterIT {
  private static final int KILLS = Integer.getInteger("braid.kills", 2);
  private static final int EPOCHS = Integer.getInteger("braid.epochs", 4 * KILLS);
  private static final Clusters RUN = run(Clusters.network(Clusters.NORMALISED), EPOCHS);
  private static final Clusters SEQUENCES = run(Clusters.sequences(Clusters.RECURRENT), EPOCHS);

  /** Of two epochs, for a cluster on which each round waits for a straggler. */
  private static final Clusters SHORT = run(RUN.plan(), 2);

  private static Clusters run(NetworkPlan network, int epochs) {
    return new Clusters(
        network,
        Clusters.training(4, 3, epochs, new Adam(0.01, null, null, null)),
        16,
        List.of(120, 111, 97, 120));
  }

  private static State undisturbed(Clusters run) {
    return run.train(JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext()))
        .state();
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

  /** Kills a random executor every few rounds, at a random moment before the next kill is due. */
  private static final class Killer implements TrainingListener {
    private final SplitMix random = SplitMix.stream(System.nanoTime());
    private final List<Thread> threads = new ArrayList<>();
    private final List<Double> seconds = new ArrayList<>();
    private final AtomicInteger killed = new AtomicInteger();
    private final int rounds;

    Killer(int rounds) {
      this.rounds = rounds;
    }

    @Override
    public void round(RoundReport report) {
      seconds.add(report.times().seconds());
      if (report.at().round() % Math.max(1, rounds / KILLS) == 1 && threads.size() < KILLS) {
        int millis = (int) (1000 * report.times().seconds() * Math.max(1, rounds / KILLS - 2));
        int delay = random.nextInt(100 + millis);
        threads.add(new Thread(() -> kill(delay), "killer"));
        threads.get(threads.size() - 1).start();
      }
    }

    private void kill(int millis) {
      TroubledSource.sleep(millis);
      List<ProcessHandle> victims = executors();
      if (!victims.isEmpty() && victims.get(random.nextInt(victims.size())).destroyForcibly()) {
        killed.incrementAndGet();
      }
    }

    int killed() throws InterruptedException {
      for (Thread thread : threads) {
        thread.join();
      }
      return killed.get();
    }
  }

  @ParameterizedTest
  @CsvSource({"DIRECT, false", "SLICED, false", "SLICED, true"})
  void killedExecutors_changeNothing(Route route, boolean sequences) throws InterruptedException {
    Clusters run = sequences ? SEQUENCES : RUN;
    State expected = undisturbed(run);
    Killer killer = new Killer(3 * EPOCHS);
    State state =
        LocalSpark.on(
            "local-cluster[3,1,2048]",
            Map.of(
                "spark.deploy.maxExecutorRetries", "-1",
                "spark.task.maxFailures", "20",
                "spark.locality.wait", "300ms"), // as conf/spark-defaults.conf has it
            session ->
                run.with(new Averaging(null, null, route, null, null))
                    .train(
                        JavaSparkContext.fromSparkContext(session.sparkContext()),
                        killer,
                        new TroubledSource(run.spec().source(), m -> TroubledSource.sleep(30)))
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

  @ParameterizedTest
  @EnumSource(
      value = Route.class,
      names = {"DIRECT", "SLICED"})
  void speculation_besideAStraggler_changesNothing(Route route) {
    ReplicaSource straggling = new TroubledSource(RUN.spec().source(), PurityClusterIT::straggle);
    Map<String, String> settings =
        Map.of(
            "spark.speculation", "true",
            "spark.speculation.interval", "50ms",
            "spark.speculation.quantile", "0.5",
            "spark.executor.memory", "512m",
            "spark.locality.wait", "0");
    Copies copies = new Copies();
    State state;
    try (TwoHosts hosts = new TwoHosts(1)) {
      state =
          LocalSpark.on(
              hosts.url(),
              settings,
              session -> {
                session.sparkContext().addSparkListener(copies);
                JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
                requireExecutors(sc, 2);
                return SHORT
                    .with(new Averaging(null, null, route, null, null))
                    .train(sc, Clusters.SILENT, straggling)
                    .state();
              });
    }
    assertEquals(undisturbed(SHORT), state);
    assertTrue(copies.ahead.get() > 0, "no speculative copy has overtaken the straggler");
    System.out.printf(
        "%s: %d speculative copies, %d ahead of the straggler%n",
        route, copies.begun.get(), copies.ahead.get());
  }

  /** On the second host every 5th update takes too long, unless someone puts an end to it. */
  private static void straggle(StepContext context) {
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    if (host.equals(TwoHosts.SECOND) && context.update() % 5 == 0) {
      TroubledSource.sleep(4000);
    }
  }

  private static void requireExecutors(JavaSparkContext sc, int number) {
    await(
        number + " executors",
        // The driver counts as one of them.
        () -> sc.sc().statusTracker().getExecutorInfos().length > number);
  }

  /** Waits for something that is bound to happen. */
  private static void await(String what, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > 120e9) {
        throw new IllegalStateException("waited 120 s for " + what);
      }
      TroubledSource.sleep(20);
    }
  }

  private static final class Copies extends SparkListener {
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ahead = new AtomicInteger();

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      if (start.taskInfo().speculative()) {
        begun.incrementAndGet();
      }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (end.taskInfo().speculative() && end.taskInfo().successful()) {
        ahead.incrementAndGet();
      }
    }
  }

  @Test
  void executorsThatComeAndGo_changeNothing() throws IOException {
    // All four workers at first, later one alone: 1 executor, then 3, then 1 again. The first pass
    // of the run waits until there are three, and a pass near its end until there is one.
    Clusters ragged =
        new Clusters(RUN.plan(), run(RUN.plan(), 1).training(), 16, List.of(960, 160, 160, 160));
    Path three = Files.createTempDirectory("braid").resolve("three");
    Path one = three.resolveSibling("one");
    String threeFile = three.toString();
    String oneFile = one.toString();
    ReplicaSource waiting =
        new TroubledSource(
            RUN.spec().source(),
            context -> {
              if (context.update() == 0) {
                await("three executors", () -> Files.exists(Path.of(threeFile)));
              }
              if (context.update() == 50) {
                await("one executor", () -> Files.exists(Path.of(oneFile)));
              }
            });
    Map<String, String> settings = new HashMap<>();
    settings.put("spark.dynamicAllocation.enabled", "true");
    settings.put("spark.dynamicAllocation.shuffleTracking.enabled", "true");
    settings.put("spark.dynamicAllocation.shuffleTracking.timeout", "1s");
    settings.put("spark.dynamicAllocation.initialExecutors", "1");
    settings.put("spark.dynamicAllocation.minExecutors", "1");
    settings.put("spark.dynamicAllocation.maxExecutors", "3");
    settings.put("spark.dynamicAllocation.executorIdleTimeout", "1s");
    settings.put("spark.dynamicAllocation.cachedExecutorIdleTimeout", "1s");
    settings.put("spark.dynamicAllocation.schedulerBacklogTimeout", "1s");
    Executors executors = new Executors(three, one);
    State state =
        LocalSpark.on(
            "local-cluster[3,1,2048]",
            settings,
            session -> {
              session.sparkContext().addSparkListener(executors);
              JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
              return ragged.train(sc, Clusters.SILENT, waiting).state();
            });

    assertEquals(undisturbed(ragged), state);
    System.out.println("executors in the course of the run: " + executors.counts);
  }

  /** Counts executors, and leaves files when there are three, and one again. */
  private static final class Executors extends SparkListener {
    private final Path three;
    private final Path one;
    private final List<Integer> counts = Collections.synchronizedList(new ArrayList<>());
    private int now;

    Executors(Path three, Path one) {
      this.three = three;
      this.one = one;
    }

    @Override
    public void onExecutorAdded(SparkListenerExecutorAdded added) {
      counts.add(++now);
      if (now == 3) {
        write(three);
      }
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
      counts.add(--now);
      if (now == 1 && Files.exists(three)) {
        write(one);
      }
    }

    private static void write(Path file) {
      try {
        Files.writeString(file, "");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
