package dev.braid.driver.source.parquet;

import java.util.List;
import org.apache.spark.rdd.PartitionCoalescer;
import org.apache.spark.rdd.PartitionGroup;
import org.apache.spark.rdd.RDD;
import scala.Option;
import scala.Serializable;

/** Joins partitions into given groups, in a given order, without a shuffle. */
public final class InOrder implements PartitionCoalescer, Serializable {
  private static final long serialVersionUID = 1;

  private final int[][] groups;

  /**
   * @param groups places of the partitions
   */
  InOrder(List<List<Integer>> groups) {
    this.groups =
        groups.stream()
            .map(group -> group.stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new);
  }

  @Override
  public PartitionGroup[] coalesce(int maxPartitions, RDD<?> parent) {
    PartitionGroup[] result = new PartitionGroup[groups.length];
    for (int i = 0; i < groups.length; i++) {
      result[i] = new PartitionGroup(Option.empty());
      for (int place : groups[i]) {
        result[i].partitions().$plus$eq(parent.partitions()[place]);
      }
    }
    return result;
  }
}
