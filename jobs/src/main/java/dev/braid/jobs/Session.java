package dev.braid.jobs;

import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Where a job runs: the options every job that needs Spark has, and its SparkSession. */
public final class Session {
  private static final String MASTER = "spark.master";

  @Option(
      names = "--master",
      paramLabel = "M",
      description = {
        "The Spark master: local[4], local-cluster[2,1,2048], spark://host:7077, yarn, ...",
        "Default: what the cluster profile says."
      })
  private String master;

  @Option(
      names = "--cluster",
      paramLabel = "PROFILE",
      defaultValue = "local",
      description = "The cluster profile conf/cluster/PROFILE.conf. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("UnusedVariable") // the launcher reads it and hands the settings to Spark
  private String profile;

  /** Starts Spark, or joins the one that spark-submit has prepared; the caller closes it. */
  public SparkSession open(String job) {
    SparkConf conf = new SparkConf().setAppName("braid " + job);
    if (master != null) {
      conf.setMaster(master);
    }
    conf.setIfMissing(MASTER, "local[*]");
    return SparkSession.builder().config(conf).getOrCreate();
  }
}
