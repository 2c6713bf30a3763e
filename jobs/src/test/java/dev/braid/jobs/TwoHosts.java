package dev.braid.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;
import scala.Tuple3;

/**
 * Spark's standalone master and two of its workers of one core each, on loopback addresses of their
 * own: to Spark two hosts. Executors are JVMs of their own and children of this one.
 */
final class TwoHosts implements AutoCloseable {
  private static final List<String> HOSTS = List.of("127.0.0.1", "127.0.0.2");
  private static final int ANY_PORT = 0;
  private static final int CORES = 1;
  private static final int MEGABYTES = 1024;

  private final List<RpcEnv> parts = new ArrayList<>();
  private final String url;

  /**
   * Starts them.
   *
   * @param local folder for what executors spill and shuffle
   */
  TwoHosts(Path local) throws IOException {
    // Spark looks for jars of its own in SPARK_HOME, which the build sets; the classpath has all.
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    SparkConf conf =
        new SparkConf()
            .set("spark.master.rest.enabled", "false")
            .set("spark.local.dir", local.toString());
    Tuple3<RpcEnv, Object, Option<Object>> master =
        Master.startRpcEnvAndEndpoint(HOSTS.get(0), ANY_PORT, ANY_PORT, conf);
    parts.add(master._1());
    url = "spark://%s:%d".formatted(HOSTS.get(0), master._1().address().port());
    for (String host : HOSTS) {
      parts.add(
          Worker.startRpcEnvAndEndpoint(
              host,
              ANY_PORT,
              ANY_PORT,
              CORES,
              MEGABYTES,
              new String[] {url},
              local.resolve("work").toString(),
              Option.apply(parts.size()),
              conf,
              Option.empty()));
    }
  }

  /** For {@code spark.master}. */
  String url() {
    return url;
  }

  /** Stops the workers, then the master. */
  @Override
  public void close() {
    for (int i = parts.size() - 1; i >= 0; i--) {
      parts.get(i).shutdown();
      parts.get(i).awaitTermination();
    }
  }
}
