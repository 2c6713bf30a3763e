package dev.braid.driver.embedding.skipgram;

import org.apache.spark.sql.SparkSession;

/** A training that can be killed, and goes on from its checkpoints when it is started again. */
public final class EmbeddingProcess {
  private EmbeddingProcess() {}

  /** Arguments: the corpus, the folder of checkpoints, broadcast or partitioned. */
  public static void main(String[] arguments) {
    RowPlacement rows =
        arguments[2].equals("broadcast") ? SmallTraining.BROADCAST : SmallTraining.PARTITIONED;
    try (SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      String sha256 =
          SmallTraining.train(
              SmallTraining.saving(spark, arguments[1], true),
              arguments[0],
              SmallTraining.PLAN,
              rows,
              report -> System.out.println(report.place()));
      System.out.println("sha256 " + sha256);
    }
  }
}
