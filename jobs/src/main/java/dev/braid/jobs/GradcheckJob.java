package dev.braid.jobs;

import dev.braid.driver.training.TrainingRun;
import dev.braid.jobs.session.JobOptions;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.engine.GradientCheck;
import java.io.PrintWriter;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code braid gradcheck JOB.yaml}: whether a network's gradients are right. */
@Command(
    name = "gradcheck",
    description =
        "Compare the gradients of a job file's network, on its engine, with finite differences in"
            + " double precision, near the first parameters, with dropout off.")
final class GradcheckJob implements Runnable {
  @Mixin private JobOptions options;

  @Option(
      names = "--examples",
      paramLabel = "N",
      defaultValue = "4",
      description = "Training examples the loss is taken of. Default: ${DEFAULT-VALUE}.")
  private int numExamples;

  @Override
  public void run() {
    SettingsFile file = options.read();
    TrainingRun run = Preparation.check(file, file.as(JobFile.class), Session.hadoop());
    try (SparkSession spark = options.open()) {
      print(run.checkGradients(spark, numExamples));
    }
  }

  private void print(GradientCheck.Report report) {
    PrintWriter out = options.out();
    out.printf("%-32s %12s %9s %10s%n", "tensor", "parameters", "checked", "error");
    for (GradientCheck.Tensor tensor : report.tensors()) {
      out.printf(
          "%-32s %,12d %9d %10.1e%s%n",
          tensor.name(),
          tensor.size(),
          tensor.checked(),
          tensor.error(),
          tensor.passed() ? "" : "  wrong");
    }
    if (!report.passed()) {
      throw new IllegalStateException(
          "gradients and finite differences disagree by %.1e; at most %.0e is rounding"
              .formatted(report.largestError(), report.tolerance()));
    }
    out.printf("all gradients agree within %.0e%n", report.tolerance());
  }
}
