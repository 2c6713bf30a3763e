package dev.braid.jobs.cluster;

import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;

/**
 * The memory that Spark's settings grant.
 *
 * @param local whether tasks run in the driver's JVM
 * @param executors that are asked for; 1 where the cluster decides
 * @param tasks at once on one executor
 * @param executorHeapBytes its Java heap
 * @param executorNativeBytes outside of it, where the cluster counts it; otherwise unlimited
 * @param driverHeapBytes the driver's Java heap
 */
record ConfiguredMemory(
    boolean local,
    int executors,
    int tasks,
    long executorHeapBytes,
    long executorNativeBytes,
    long driverHeapBytes) {
  private static final long MIB = 1 << 20;
  private static final double LEAST_OVERHEAD_MIB = 384;

  static ConfiguredMemory of(SparkConf conf) {
    String master = conf.get("spark.master", "local[*]");
    long driver = Runtime.getRuntime().maxMemory();
    if (master.equals("local") || master.startsWith("local[")) {
      String cores = master.replaceAll("local\\[?|[],].*", "");
      int tasks =
          cores.isEmpty()
              ? 1
              : cores.equals("*")
                  ? Runtime.getRuntime().availableProcessors()
                  : Integer.parseInt(cores);
      return new ConfiguredMemory(true, 1, tasks, driver, Long.MAX_VALUE, driver);
    }
    long heap = bytes(conf.get("spark.executor.memory", "1g"));
    int executors = conf.getInt("spark.executor.instances", 1);
    int cores = conf.getInt("spark.executor.cores", 1);
    if (master.startsWith("local-cluster[")) {
      String[] numbers = master.replaceAll("[^0-9,]", "").split(",", -1);
      executors = Integer.parseInt(numbers[0]);
      cores = Integer.parseInt(numbers[1]);
    }
    int tasks = Math.max(1, cores / Math.max(1, conf.getInt("spark.task.cpus", 1)));
    boolean counted = master.startsWith("yarn") || master.startsWith("k8s");
    long overhead = counted ? overhead(conf, heap) : Long.MAX_VALUE;
    return new ConfiguredMemory(false, executors, tasks, heap, overhead, driver);
  }

  private static long overhead(SparkConf conf, long heap) {
    if (conf.contains("spark.executor.memoryOverhead")) {
      return bytes(conf.get("spark.executor.memoryOverhead"));
    }
    double factor = conf.getDouble("spark.executor.memoryOverheadFactor", 0.1);
    return (long) Math.max(LEAST_OVERHEAD_MIB * MIB, factor * heap);
  }

  /** A size as Spark reads it, MiB where no unit is given. */
  private static long bytes(String size) {
    return JavaUtils.byteStringAsMb(size) * MIB;
  }
}
