package dev.braid.driver.data;

import dev.braid.worker.data.Shard;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** Small shards made by hand, one partition each; a shard may be of any size, also empty. */
public final class SmallShards {
  private SmallShards() {}

  /** They travel with each task. */
  public static Shards of(JavaSparkContext sc, List<Shard> shards) {
    return Shards.cached(sc.parallelize(shards, shards.size()));
  }
}
