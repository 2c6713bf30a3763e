package dev.braid.driver;

import java.util.function.Function;
import org.apache.spark.sql.SparkSession;

/** The Spark that tests share: {@code local[2]}, started by the first who asks. */
public final class LocalSpark {
  private LocalSpark() {}

  /** The shared session; whoever uses it leaves nothing cached behind and does not stop it. */
  public static SparkSession session() {
    return start("local[2]");
  }

  /** A result from another master: the shared session gives way and comes back when asked for. */
  public static <T> T on(String master, Function<SparkSession, T> work) {
    session().stop();
    try (SparkSession session = start(master)) {
      return work.apply(session);
    }
  }

  private static SparkSession start(String master) {
    return SparkSession.builder()
        .master(master)
        .appName("tests")
        .config("spark.ui.enabled", false)
        .config("spark.sql.shuffle.partitions", 2)
        .getOrCreate();
  }
}
