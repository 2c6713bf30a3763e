package dev.braid.driver.cluster;

import dev.braid.worker.machine.Gpus;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/** Graphics processors that are there, or asked for, and do nothing. */
public final class UnusedGpus {
  private UnusedGpus() {}

  /** What people who run a job should know, where there is something. */
  public static Optional<String> notice(SparkConf conf) {
    return notice(conf, Gpus.here());
  }

  /**
   * The same of a machine.
   *
   * @param here its graphics processors
   */
  static Optional<String> notice(SparkConf conf, int here) {
    Optional<String> asked = asked(conf).map(UnusedGpus::noticeOf);
    return asked.isPresent() || here == 0 ? asked : Optional.of(Gpus.unused(here));
  }

  /** What is said of a setting that {@link #asked} has found. */
  public static String noticeOf(String setting) {
    return setting + " is set, but Braid computes on processors: GPUs would stand idle";
  }

  /** The first of Spark's settings that asks for GPUs. */
  public static Optional<String> asked(SparkConf conf) {
    return Arrays.stream(conf.getAll())
        .map(Tuple2::_1)
        .filter(name -> name.matches("spark[.](task|executor|driver)[.]resource[.]gpu[.]amount"))
        .sorted()
        .findFirst();
  }
}
