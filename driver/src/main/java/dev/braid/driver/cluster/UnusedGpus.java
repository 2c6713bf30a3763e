package dev.braid.driver.cluster;

import dev.braid.worker.machine.Gpus;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/** Graphics processors that are there, or asked for, and would do nothing. */
public final class UnusedGpus {
  private UnusedGpus() {}

  /** Spark's settings that ask for GPUs; where one is set, tasks wait for them. */
  public static List<String> settings(SparkConf conf) {
    return Arrays.stream(conf.getAll())
        .map(Tuple2::_1)
        .filter(name -> name.matches("spark[.](task|executor|driver)[.]resource[.]gpu[.].*"))
        .sorted()
        .toList();
  }

  /** What people who run a job with these settings here should know, where there is something. */
  public static Optional<String> notice(SparkConf conf) {
    return notice(settings(conf), Gpus.here());
  }

  /** The same of settings and of the GPUs of a machine. */
  static Optional<String> notice(List<String> settings, int here) {
    if (!settings.isEmpty()) {
      return Optional.of(
          String.join(", ", settings)
              + (settings.size() == 1 ? " is" : " are")
              + " left out: Braid computes on processors, not on GPUs");
    }
    return here == 0 ? Optional.empty() : Optional.of(Gpus.unused(here));
  }
}
