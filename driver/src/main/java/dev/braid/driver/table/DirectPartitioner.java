package dev.braid.driver.table;

import org.apache.spark.Partitioner;

/** Sends what has key {@code k} to partition {@code k}. */
public final class DirectPartitioner extends Partitioner {
  private static final long serialVersionUID = 1;

  private final int numPartitions;

  /** For keys 0 .. {@code numPartitions}-1. */
  public DirectPartitioner(int numPartitions) {
    this.numPartitions = numPartitions;
  }

  @Override
  public int numPartitions() {
    return numPartitions;
  }

  @Override
  public int getPartition(Object key) {
    return (Integer) key;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DirectPartitioner that && numPartitions == that.numPartitions;
  }

  @Override
  public int hashCode() {
    return numPartitions;
  }
}
