package dev.braid.driver.training;

import dev.braid.worker.optimizer.Adam;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import scala.runtime.AbstractFunction1;

/**
 * Trains many rounds in a JVM of its own and says every 50 rounds what it holds: {@code rounds heap
 * rss broadcasts blocks}, the first two in megabytes. Arguments: rounds, way of the exchange.
 */
final class LeakProbe {
  /** 0.4 MB of state with Adam: if one a round stayed behind, it would be seen. */
  private static final String WIDE =
      "{dense: {units: 3000, activation: relu}}, {dropout: {rate: 0.3}}, "
          + "{output: {loss: crossEntropy}}";

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
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      run.train(JavaSparkContext.fromSparkContext(session.sparkContext()), new Probe());
    }
  }

  private static final class Probe implements TrainingListener {
    private int fewest = Integer.MAX_VALUE;

    @Override
    public void round(RoundReport report) {
      if ((report.round() + 1) % 50 == 0) {
        collect();
        Runtime runtime = Runtime.getRuntime();
        System.out.printf(
            Locale.ROOT,
            "%d %.2f %.2f %d %d%n",
            report.round() + 1,
            (runtime.totalMemory() - runtime.freeMemory()) / 1e6,
            residentMegabytes(),
            blocks(true),
            blocks(false));
      }
    }

    @Override
    public void epoch(EpochReport report) {}

    /**
     * What is garbage after rounds is cleaned up in the background, on a busy machine seconds
     * later: waits until no more is left than there ever was least, or until it is clear that more
     * stays.
     */
    private void collect() {
      System.gc();
      for (int i = 0; i < 50 && (i == 0 || blocks(true) > fewest); i++) {
        TroubledSource.sleep(200);
        System.gc();
      }
      fewest = Math.min(fewest, blocks(true));
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
