package dev.braid.driver.training;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.data.Shards;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.optimizer.Sgd;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Direct against sliced exchange of a 100 MB state, four workers on two executors, in turn: seconds
 * a round and the driver's heap; and what a checkpoint of 430,000 parameters with Adam costs. Run
 * on an otherwise idle machine:
 *
 * <pre>
 *   mvn -q test-compile
 *   mvn -q -pl driver exec:exec@bench -Dbench=dev.braid.driver.training.ExchangeBenchmark
 * </pre>
 */
public final class ExchangeBenchmark {
  private static final int REPETITIONS = 3;
  private static final String LARGE =
      "{dense: {units: 5000, activation: relu}}, {dense: {units: 5000, activation: relu}},"
          + "{output: {loss: crossEntropy}}";
  private static final String MEDIUM =
      "{dense: {units: 650, activation: relu}}, {dense: {units: 640, activation: relu}},"
          + "{output: {loss: crossEntropy}}";

  private ExchangeBenchmark() {}

  /** Prints a line per figure. */
  public static void main(String[] arguments) throws IOException {
    LocalSpark.on(
        "local-cluster[2,1,3072]",
        Map.of("spark.driver.maxResultSize", "0", "spark.locality.wait", "0"),
        session -> {
          exchange(JavaSparkContext.fromSparkContext(session.sparkContext()));
          return null;
        });
    checkpoint(JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext()));
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
    private final List<Double> checkpoints = new ArrayList<>();

    @Override
    public void round(RoundReport report) {
      seconds.add(report.seconds());
    }

    @Override
    public void epoch(EpochReport report) {}

    @Override
    public void checkpointed(int rounds, String path, double seconds) {
      checkpoints.add(seconds);
    }
  }

  private static void exchange(JavaSparkContext sc) {
    Clusters run = run(LARGE, 4, new Sgd(0.01), 3);
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < REPETITIONS; i++) {
      double direct = measure(sc, run, Route.DIRECT);
      double sliced = measure(sc, run, Route.SLICED);
      ratios.add(sliced / direct);
    }
    System.out.printf("sliced / direct %.2f (median)%n", median(ratios));
  }

  private static double measure(JavaSparkContext sc, Clusters run, Route route) {
    System.gc();
    pools().forEach(MemoryPoolMXBean::resetPeakUsage);
    Rounds rounds = new Rounds();
    run.with(new Averaging(null, null, route, null, null)).train(sc, rounds);
    double median = median(rounds.seconds.subList(1, rounds.seconds.size()));
    long peak = pools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    System.out.printf(
        "%s: %.2f s a round, driver's heap at most %d MB%n", route, median, peak >> 20);
    return median;
  }

  private static List<MemoryPoolMXBean> pools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  private static void checkpoint(JavaSparkContext sc) throws IOException {
    Clusters run = run(MEDIUM, 2, new Adam(0.001, null, null, null), 40);
    String folder = Files.createTempDirectory("braid-checkpoints").toString();
    Checkpointing to =
        new Checkpointing(
            new Checkpoints(folder, new Configuration(), 2),
            new CheckpointPlan(10, null, null),
            Map.of(),
            List.of(),
            true);
    Rounds rounds = new Rounds();
    try (Shards shards = Shards.of(sc, run.examples())) {
      Training.run(
          sc,
          shards,
          Optional.empty(),
          run.plan().layout(),
          run.initial(),
          run.spec(),
          run.training(),
          rounds,
          Optional.of(to),
          new Stop());
    }
    System.out.printf(
        "checkpoint of %d parameters with Adam: %.1f ms (median of %d)%n",
        run.plan().layout().numParams(),
        1000 * median(rounds.checkpoints),
        rounds.checkpoints.size());
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
