package dev.braid.driver.exchange;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.Route;
import dev.braid.driver.training.Clusters;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.TrainingListener;
import dev.braid.driver.training.TroubledSource;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.optimizer.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Direct against sliced exchange of a 100 MB state, four workers on two executors, in turn after
 * rounds of both to warm up: seconds a round; and, in rounds of their own, how much of the driver's
 * heap is in use. On an otherwise idle machine:
 *
 * <pre>
 * mvn -q -pl worker,driver test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * OMP_NUM_THREADS=1 SPARK_LOCAL_IP=127.0.0.1 SPARK_HOME=target/spark-home SPARK_SCALA_VERSION=2.12
 *     java @conf/jvm.options -Xmx3g -cp driver/target/test-classes:driver/target/classes:
 *     $(cat driver/target/classpath) dev.braid.driver.exchange.ExchangeBenchmark
 * </pre>
 */
public final class ExchangeBenchmark {
  private static final String LARGE =
      "{dense: {units: 5000, activation: relu}}, {dense: {units: 5000, activation: relu}},"
          + "{output: {loss: crossEntropy}}";

  private ExchangeBenchmark() {}

  /** Prints a line per figure. Argument: how often the two are compared, by default 5 times. */
  public static void main(String[] arguments) {
    int repetitions = arguments.length == 0 ? 5 : Integer.parseInt(arguments[0]);
    LocalSpark.on(
        "local-cluster[2,1,3072]",
        Map.of(
            "spark.executor.memory", "2g",
            "spark.driver.maxResultSize", "0",
            "spark.locality.wait", "0"),
        session -> {
          exchange(JavaSparkContext.fromSparkContext(session.sparkContext()), repetitions);
          return null;
        });
    LocalSpark.session().stop();
  }

  private static Clusters run(String layers, int workers, Optimizer optimizer, int epochs) {
    return new Clusters(
        Clusters.network(layers),
        Clusters.training(workers, 2, epochs, optimizer),
        8,
        java.util.Collections.nCopies(workers, 32));
  }

  private static final class Rounds implements TrainingListener {
    private final List<Double> seconds = new ArrayList<>();

    @Override
    public void round(RoundReport report) {
      seconds.add(report.times().seconds());
    }
  }

  private static void exchange(JavaSparkContext sc, int repetitions) {
    Clusters run = run(LARGE, 4, new Sgd(0.01), 3);
    measure(sc, run, Route.DIRECT);
    measure(sc, run, Route.SLICED);
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < repetitions; i++) {
      boolean directFirst = i % 2 == 0;
      double first = measure(sc, run, directFirst ? Route.DIRECT : Route.SLICED);
      double second = measure(sc, run, directFirst ? Route.SLICED : Route.DIRECT);
      ratios.add(directFirst ? second / first : first / second);
    }
    System.out.printf("sliced / direct %.2f (median of %s)%n", median(ratios), ratios);
    measureHeap(sc, run, Route.DIRECT);
    measureHeap(sc, run, Route.SLICED);
  }

  private static double measure(JavaSparkContext sc, Clusters run, Route route) {
    Rounds rounds = new Rounds();
    run.with(new Averaging(null, null, route, null, null)).train(sc, rounds);
    double median = median(rounds.seconds.subList(1, rounds.seconds.size()));
    System.out.printf("%s: %.2f s a round%n", route, median);
    return median;
  }

  /** Collects garbage all the time and looks at what is left: the rounds are slow meanwhile. */
  private static void measureHeap(JavaSparkContext sc, Clusters run, Route route) {
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong peak = new AtomicLong();
    Thread collector =
        new Thread(
            () -> {
              while (!done.get()) {
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                long used = runtime.totalMemory() - runtime.freeMemory();
                peak.accumulateAndGet(used, Math::max);
                TroubledSource.sleep(20);
              }
            },
            "collector");
    collector.start();
    run.with(new Averaging(null, null, route, null, null)).train(sc);
    done.set(true);
    System.out.printf(
        "%s: at most %d MB of the driver's heap in use%n", route, peak.get() / 1_000_000);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
