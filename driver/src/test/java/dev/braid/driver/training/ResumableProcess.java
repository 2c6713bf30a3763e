package dev.braid.driver.training;

import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.data.Shards;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.state.Blocks;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A training in a JVM of its own, so that it can be killed: arguments are the folder of the
 * checkpoints and the way of the exchange. Says {@code round N} as rounds end, and at the end
 * {@code sha256 X}.
 */
final class ResumableProcess {
  private ResumableProcess() {}

  public static void main(String[] arguments) {
    Route route = Route.valueOf(arguments[1]);
    TrainingPlan plan =
        new TrainingPlan(
            2,
            new LocalSteps.Adaptive(2, 1, 6, 5),
            12,
            new Adam(0.01, null, null, null),
            null,
            null,
            null,
            new EarlyStopping("loss", 100, null),
            new ReduceOnPlateau("loss", 0.5, 2, null, null),
            new Averaging(new OuterStep.SlowMo(0.5, 1.0), null, route, null, null),
            null,
            null);
    Clusters run =
        new Clusters(Clusters.network(Clusters.NORMALISED), plan, 10, List.of(150, 100, 77, 60));
    Checkpointing checkpointing =
        new Checkpointing(
            new Checkpoints(arguments[0], new Configuration(), 2),
            new CheckpointPlan(1, null, null),
            Map.of("route", route.name()),
            List.of(),
            true);
    try (SparkSession session =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
      try (Shards shards = Shards.of(sc, run.examples());
          Shards validation = Shards.of(sc, List.of(Clusters.shard(200, 99)))) {
        Trained trained =
            Training.run(
                sc,
                shards,
                Optional.of(new Validation(validation, run.blank())),
                run.plan().layout(),
                run.initial(),
                run.spec(),
                plan,
                new Speaking(),
                Optional.of(checkpointing),
                new Stop());
        System.out.println("sha256 " + sha256(trained.state().params()));
      }
    }
  }

  private static final class Speaking implements TrainingListener {
    @Override
    public void round(RoundReport report) {
      System.out.println("round " + report.round());
      TroubledSource.sleep(20); // so that moments of all kinds get their share
    }

    @Override
    public void epoch(EpochReport report) {}

    @Override
    public void resumed(int rounds, String from, List<String> damaged) {
      System.out.println("resumed " + rounds + " from " + from + " " + damaged);
    }
  }

  private static String sha256(Blocks params) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(params.size() * Float.BYTES));
      for (long i = 0; i < params.size(); i++) {
        bytes.putFloat(params.get(i));
      }
      return HexFormat.of().formatHex(digest.digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
