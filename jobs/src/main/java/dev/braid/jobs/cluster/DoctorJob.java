package dev.braid.jobs.cluster;

import dev.braid.driver.cluster.Executors;
import dev.braid.driver.cluster.Executors.Facts;
import dev.braid.jobs.session.Session;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code braid doctor}: whether this machine and a cluster are fit to run Braid. */
@Command(
    name = "doctor",
    description =
        "Check this machine and a cluster: Java and its flags, native libraries, executors,"
            + " versions, disks, clocks. What fails comes with its fix; the exit code is 1 then.")
public final class DoctorJob implements Callable<Integer> {
  private static final int SECONDS = 45;

  @Mixin private Session session;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "runs",
      description = "A folder for results to check; checkpoints lie in it, too. Default: runs.")
  private String output;

  private final List<Finding> findings = new ArrayList<>();

  @Override
  public Integer call() {
    PrintWriter out = session.out();
    Facts driver = Executors.here();
    found(Checks.java("driver", driver.process()));
    found(Checks.writable(output, Session.hadoop()));
    session.unusedGpus().ifPresent(notice -> found(Finding.good("%s", notice)));
    if (driver.process().java().closedPackages().isEmpty()) {
      Optional<Finding> scala = WrongScala.inSettings(session.conf(), driver.scala());
      scala.ifPresentOrElse(this::found, () -> askExecutors(driver));
    }
    found(Checks.machine("driver", driver.process()));
    long failed = findings.stream().filter(finding -> !finding.isGood()).count();
    out.println(
        failed == 0 ? "all is well" : failed == 1 ? "1 thing to mend" : failed + " things to mend");
    return failed == 0 ? 0 : 1;
  }

  private void found(List<Finding> some) {
    some.forEach(this::found);
  }

  private void found(Finding finding) {
    findings.add(finding);
    finding.print(session.out());
  }

  private void askExecutors(Facts driver) {
    try (SparkSession spark = session.open("doctor")) {
      int expected = Executors.expected(spark);
      List<Facts> executors = Executors.ask(spark, expected, SECONDS);
      found(reached(spark.sparkContext().getConf(), expected, executors));
      for (Facts executor : executors) {
        if (!spark.sparkContext().isLocal()) {
          String where = "executor " + executor.id() + " on " + executor.process().host();
          found(Checks.java(where, executor.process()));
          found(Checks.machine(where, executor.process()));
          found(Checks.agreement(where, driver, executor));
        }
      }
    } catch (RuntimeException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      found(
          Finding.bad(
              "Spark at " + session.conf().get("spark.master") + " cannot be used: " + reason,
              "--master spark://HOST:7077, yarn, k8s://HOST:443 or local[*]",
              "see the logs of the cluster's executors"));
    }
  }

  private static Finding reached(SparkConf conf, int expected, List<Facts> executors) {
    String master = conf.get("spark.master");
    if (executors.size() >= expected) {
      return Finding.good(
          "%d of %d %s at %s answer, %s cores each, heap %,d MiB, serializer %s",
          executors.size(),
          expected,
          expected == 1 ? "executor" : "executors",
          master,
          conf.get("spark.executor.cores", "all"),
          executors.get(0).process().java().heapBytes() >> 20,
          conf.get("spark.serializer", "Java").replaceFirst(".*\\.", ""));
    }
    return Finding.bad(
        "only %d of %d executors at %s answer within %d s"
            .formatted(executors.size(), expected, master, SECONDS),
        "--conf spark.executor.memory=1g --conf spark.executor.cores=1   (where they are too large"
            + " for the cluster)",
        "read an executor's stderr: in the work folder of a standalone worker, by yarn logs"
            + " -applicationId "
            + conf.get("spark.app.id", "ID")
            + ", by kubectl logs POD");
  }
}
