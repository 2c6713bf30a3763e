package dev.braid.driver.embedding;

import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** A training that can be killed, and goes on from its checkpoints when it is started again. */
final class EmbeddingProcess {
  private static final int CHECKPOINT_EVERY = 2;

  private EmbeddingProcess() {}

  /** Arguments: the corpus, the folder of checkpoints, broadcast or partitioned. */
  public static void main(String[] arguments) {
    RowPlacement rows =
        arguments[2].equals("broadcast") ? SmallTraining.BROADCAST : SmallTraining.PARTITIONED;
    RowCheckpoints checkpoints =
        new RowCheckpoints(arguments[1], "run", CHECKPOINT_EVERY, warning -> {});
    try (SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      String sha256 =
          SmallTraining.train(
              spark,
              arguments[0],
              SmallTraining.PLAN,
              rows,
              Optional.of(checkpoints),
              true,
              report -> System.out.println("round " + report.epoch() + "." + report.round()));
      System.out.println("sha256 " + sha256);
    }
  }
}
