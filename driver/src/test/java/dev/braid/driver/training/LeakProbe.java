package dev.braid.driver.training;

import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.Route;
import dev.braid.worker.optimizer.Adam;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import scala.runtime.AbstractFunction1;

/**
 * Trains many rounds in a JVM of its own and says every {@link #STRIDE} rounds what it holds:
 * {@code rounds heap rss broadcasts blocks}, the first two in megabytes. Arguments: rounds, way of
 * the exchange.
 */
final class LeakProbe {
  /** 0.4 MB of state with Adam: if one a round stayed behind, it would be seen. */
  private static final String WIDE =
      "{dense: {units: 3000, activation: relu}}, {dropout: {rate: 0.3}}, "
          + "{output: {loss: crossEntropy}}";

  /** Rounds between two looks. */
  static final int STRIDE = 20;

  private static final int DEADLINE_SECONDS = 120;

  private LeakProbe() {}

  public static void main(String[] arguments) {
    int rounds = Integer.parseInt(arguments[0]);
    // 10 mini-batches a worker and epoch, 5 a round: 2 rounds an epoch.
    Clusters run =
        new Clusters(
                Clusters.network(WIDE),
                Clusters.training(2, 5, rounds / 2, new Adam(0.001, null, null, null)),
                10,
                List.of(100, 100))
            .with(new Averaging(null, null, Route.valueOf(arguments[1]), null, null));
    try (SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            // What Spark remembers of jobs that are over, UI or not: by default of 1,000.
            .config("spark.ui.retainedJobs", 20)
            .config("spark.ui.retainedStages", 20)
            .config("spark.ui.retainedTasks", 100)
            .getOrCreate()) {
      run.train(JavaSparkContext.fromSparkContext(session.sparkContext()), new Probe());
    }
  }

  private static final class Probe implements TrainingListener {
    private int fewest = Integer.MAX_VALUE;

    @Override
    public void round(RoundReport report) {
      if ((report.at().round() + 1) % STRIDE == 0) {
        collect();
        System.out.printf(
            Locale.ROOT,
            "%d %.2f %.2f %d %d%n",
            report.at().round() + 1,
            used() / 1e6,
            residentMegabytes(),
            blocks(true),
            blocks(false));
      }
    }

    /**
     * Waits for Spark to be done with rounds that are over: its cleaner removes a broadcast that is
     * garbage in the background, on a busy machine seconds later, and its listeners lag behind. A
     * broadcast that is still there at the deadline stays for good.
     */
    private void collect() {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
      int stable = 0;
      for (long last = Long.MAX_VALUE; stable < 2 && System.nanoTime() < deadline; ) {
        System.gc();
        TroubledSource.sleep(150); // the cleaner looks every 100 ms
        int live = blocks(true);
        long used = used();
        stable = live <= fewest && used > last - 10_000 ? stable + 1 : 0;
        last = used;
      }
      fewest = Math.min(fewest, blocks(true));
    }

    private static long used() {
      System.gc();
      return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static int blocks(boolean broadcast) {
      return SparkEnv.get()
          .blockManager()
          .getMatchingBlockIds(
              new AbstractFunction1<BlockId, Object>() {
                @Override
                public Object apply(BlockId id) {
                  return id.isBroadcast() == broadcast;
                }
              })
          .size();
    }

    private static double residentMegabytes() {
      try {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum()
            * 1024
            / 1e6;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
