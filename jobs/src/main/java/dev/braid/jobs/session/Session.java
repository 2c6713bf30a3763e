package dev.braid.jobs.session;

import dev.braid.driver.BraidRegistrator;
import dev.braid.driver.cluster.StallWatch;
import dev.braid.driver.cluster.UnusedGpus;
import dev.braid.jobs.report.StatusLine;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What every command that needs Spark has: the options that say where it runs, its SparkSession,
 * and where it prints.
 */
public class Session {
  private static final String MASTER = "spark.master";

  @Option(
      names = "--master",
      paramLabel = "M",
      description =
          "The Spark master: local[4], local-cluster[2,1,2048], spark://host:7077, yarn, ..."
              + " Default: what the cluster profile says.")
  private String master;

  @Option(
      names = "--cluster",
      paramLabel = "PROFILE",
      defaultValue = "local",
      description = "The cluster profile conf/cluster/PROFILE.conf. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("UnusedVariable") // the launcher reads it and hands the settings to Spark
  private String profile;

  @Option(
      names = "--conf",
      paramLabel = "spark.KEY=VALUE",
      description = "A setting of Spark, as spark-submit takes it.")
  private Map<String, String> settings = Map.of();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Where the command prints. */
  public final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Where the command says what is not part of its results. */
  public final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** A line that says how far the command is. */
  public final StatusLine status() {
    return new StatusLine(out(), Boolean.getBoolean("braid.terminal"), System::nanoTime);
  }

  /** What the command is called, as in {@code train}. */
  public final String command() {
    return spec.name();
  }

  /**
   * How files are found: Hadoop's settings, with those that Spark's settings add as {@code
   * spark.hadoop.*}.
   */
  public static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /** Starts Spark, or joins the one that spark-submit has prepared; the caller closes it. */
  public final SparkSession open(String job) {
    return open(job, Map.of());
  }

  /**
   * Starts Spark for a job that needs settings of its own.
   *
   * @param needed go before all others
   */
  public final SparkSession open(String job, Map<String, String> needed) {
    SparkConf conf = conf().setAppName("braid " + job);
    needed.forEach(conf::set);
    // Spark reads these once more, from where spark-submit has put them.
    UnusedGpus.settings(given()).forEach(System::clearProperty);
    SparkSession spark = SparkSession.builder().config(conf).getOrCreate();
    StallWatch.over(spark.sparkContext());
    return spark;
  }

  /** Spark's settings as the job will run with them: as given, without what would do nothing. */
  public final SparkConf conf() {
    SparkConf conf = given();
    UnusedGpus.settings(conf).forEach(conf::remove);
    return BraidRegistrator.addTo(conf);
  }

  /** What is to be said of GPUs that are there, or asked for, and do nothing. */
  public final Optional<String> unusedGpus() {
    return UnusedGpus.notice(given());
  }

  private SparkConf given() {
    SparkConf conf = new SparkConf();
    settings.forEach(conf::set);
    if (master != null) {
      conf.setMaster(master);
    }
    return conf.setIfMissing(MASTER, "local[*]");
  }
}
