package dev.braid.driver.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;
import scala.Tuple3;

/**
 * Spark's standalone master and two of its workers, each on a loopback address of its own: to Spark
 * two hosts, which {@code local-cluster} is not. Executors are JVMs of their own.
 */
final class TwoHosts implements AutoCloseable {
  static final String FIRST = "127.0.0.1";
  static final String SECOND = "127.0.0.2";

  private static final int ANY_PORT = 0;
  private static final int MEGABYTES = 1024;

  private final List<RpcEnv> parts = new ArrayList<>();
  private final String url;

  /**
   * Starts them.
   *
   * @param cores of each worker
   */
  TwoHosts(int cores) {
    SparkConf conf = new SparkConf().set("spark.master.rest.enabled", "false");
    Tuple3<RpcEnv, Object, Option<Object>> master =
        Master.startRpcEnvAndEndpoint(FIRST, ANY_PORT, ANY_PORT, conf);
    parts.add(master._1());
    url = "spark://%s:%d".formatted(FIRST, master._1().address().port());
    for (String host : List.of(FIRST, SECOND)) {
      parts.add(
          Worker.startRpcEnvAndEndpoint(
              host,
              ANY_PORT,
              ANY_PORT,
              cores,
              MEGABYTES,
              new String[] {url},
              workFolder(),
              Option.apply(parts.size()),
              conf,
              Option.empty()));
    }
  }

  private static String workFolder() {
    try {
      return Files.createTempDirectory("braid-worker").toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
