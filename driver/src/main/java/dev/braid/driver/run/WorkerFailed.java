package dev.braid.driver.run;

import org.apache.spark.SparkEnv;

/** A worker could not do its part of a round; thrown on the executor. */
public final class WorkerFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  private WorkerFailed(String message, Throwable cause) {
    super(message, cause);
  }

  public static WorkerFailed on(int round, int worker, int shard, RuntimeException cause) {
    String executor = SparkEnv.get() == null ? "?" : SparkEnv.get().executorId();
    return new WorkerFailed(
        "round %d, worker %d, shard %d on executor %s: %s"
            .formatted(round + 1, worker, shard, executor, cause),
        cause);
  }
}
