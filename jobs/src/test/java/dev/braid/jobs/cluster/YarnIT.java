package dev.braid.jobs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.jobs.cluster.SparkHome.Ended;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar on YARN, with job file, data and results on HDFS. */
@Tag("clusters")
class YarnIT {
  @TempDir private static Path folder;
  private static SparkHome home;
  private static MiniDFSCluster hdfs;
  private static MiniYARNCluster yarn;
  private static Configuration hadoop;

  @BeforeAll
  static void startHdfsAndYarn() throws Exception {
    Configuration settings = new YarnConfiguration();
    settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    settings.setInt("dfs.replication", 1);
    settings.setInt("yarn.scheduler.minimum-allocation-mb", 256);
    settings.setInt("yarn.nodemanager.resource.memory-mb", 8192);
    settings.setInt("yarn.nodemanager.resource.cpu-vcores", 8);
    settings.setBoolean("yarn.nodemanager.vmem-check-enabled", false);
    settings.setBoolean("yarn.nodemanager.pmem-check-enabled", true);
    settings.setFloat(
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", 99);
    settings.set("yarn.application.classpath", "");
    // The one queue there is: the cluster's jar comes without capacity-scheduler.xml.
    settings.set("yarn.scheduler.capacity.root.queues", "default");
    settings.setInt("yarn.scheduler.capacity.root.default.capacity", 100);
    settings.setInt("yarn.scheduler.capacity.root.default.maximum-capacity", 100);
    settings.setInt("yarn.scheduler.capacity.root.default.user-limit-factor", 1);
    settings.set("yarn.scheduler.capacity.root.default.acl_submit_applications", "*");
    settings.set("yarn.scheduler.capacity.root.default.acl_administer_queue", "*");
    settings.setInt("yarn.scheduler.capacity.node-locality-delay", -1);
    settings.setFloat("yarn.scheduler.capacity.maximum-am-resource-percent", 1);
    hdfs = new MiniDFSCluster.Builder(settings).numDataNodes(1).build();
    yarn = new MiniYARNCluster("yarn", 1, 1, 1);
    yarn.init(settings);
    yarn.start();
    hadoop = clientSettings(yarn.getConfig());
    copyIn();
    home = SparkHome.in(folder.resolve("spark"));
    home.with("HADOOP_CONF_DIR", folder.resolve("conf").toString());
    home.with("JAVA_HOME", System.getProperty("java.home"));
  }

  /** The settings of the running cluster, as an administrator hands them out. */
  private static Configuration clientSettings(Configuration running) throws IOException {
    Configuration client = new Configuration(running);
    client.set("fs.defaultFS", hdfs.getURI().toString());
    client.set("net.topology.node.switch.mapping.impl", "org.apache.hadoop.net.ScriptBasedMapping");
    Path conf = Files.createDirectories(folder.resolve("conf"));
    for (String name : List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml")) {
      try (OutputStream out = Files.newOutputStream(conf.resolve(name))) {
        client.writeXml(out);
      }
    }
    return client;
  }

  private static void copyIn() throws IOException {
    FileSystem files = hdfs.getFileSystem();
    var data = new org.apache.hadoop.fs.Path("/fashion");
    files.mkdirs(data);
    try (var samples = Files.list(FashionJob.samples())) {
      for (Path sample : samples.filter(file -> file.toString().endsWith(".gz")).toList()) {
        files.copyFromLocalFile(new org.apache.hadoop.fs.Path(sample.toUri()), data);
      }
    }
    files.copyFromLocalFile(
        new org.apache.hadoop.fs.Path(FashionJob.file().toUri()),
        new org.apache.hadoop.fs.Path("/job.yaml"));
  }

  @AfterAll
  static void stop() {
    if (yarn != null) {
      yarn.stop();
    }
    if (hdfs != null) {
      hdfs.shutdown();
    }
  }

  @Test
  void clientMode_givesTheModelOfLocalMode() throws Exception {
    // A jar that lies on every machine is not uploaded.
    assertSubmitted("client", "local:" + SparkHome.jar());
  }

  @Test
  void clusterMode_givesTheModelOfLocalMode() throws Exception {
    assertSubmitted("cluster", SparkHome.jar().toString());
  }

  private static void assertSubmitted(String mode, String jar) throws Exception {
    String output = "/runs/" + mode;
    List<String> options = new ArrayList<>(List.of("--master", "yarn", "--deploy-mode", mode));
    options.addAll(List.of("--num-executors", "2", "--executor-cores", "1"));
    options.addAll(List.of("--executor-memory", "1g", "--driver-memory", "1g"));
    String javaHome = System.getProperty("java.home");
    for (String conf :
        List.of(
            "spark.yarn.jars=local:" + home.folder().resolve("jars") + "/*",
            "spark.yarn.appMasterEnv.JAVA_HOME=" + javaHome,
            "spark.executorEnv.JAVA_HOME=" + javaHome,
            "spark.yarn.appMasterEnv.SPARK_LOCAL_IP=127.0.0.1",
            "spark.yarn.am.memory=512m")) {
      options.addAll(List.of("--conf", conf));
    }
    String job = hdfs.getURI() + "/job.yaml";
    Ended run = home.submit(options, FashionJob.command(jar, job, "/fashion", output));
    assertEquals(0, run.exitCode(), () -> run.log() + Logs.under(Path.of("target/test/data/yarn")));
    assertEquals(FashionJob.expected(home), FashionJob.sha256(output, hadoop));
  }
}
