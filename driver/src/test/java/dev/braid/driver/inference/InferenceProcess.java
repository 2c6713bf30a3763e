package dev.braid.driver.inference;

import dev.braid.driver.inference.output.OutputSettings;
import dev.braid.driver.run.Stop;
import dev.braid.driver.source.Sources;
import dev.braid.worker.inference.ForeignSettings;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * An incremental scoring in a JVM of its own, so that it can be killed: arguments are model, data
 * and output. Says {@code started} when Spark is there and {@code done N} at the end.
 */
final class InferenceProcess {
  private InferenceProcess() {}

  static InferenceSettings settings(String model, String data, String output) {
    return new InferenceSettings(
        model,
        ForeignSettings.NONE,
        Sources.csv(data),
        List.of("id"),
        OutputSettings.of(output),
        8,
        true,
        1,
        1.0);
  }

  public static void main(String[] arguments) {
    InferenceRun run =
        InferenceRun.check(
            settings(arguments[0], arguments[1], arguments[2]), arguments[2], new Configuration());
    try (SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      System.out.println("started");
      System.out.println("done " + run.run(spark, new Stop(), progress -> {}).total().rows());
    }
  }
}
