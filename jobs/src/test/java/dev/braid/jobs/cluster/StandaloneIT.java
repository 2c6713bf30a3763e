package dev.braid.jobs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.jobs.cluster.SparkHome.Ended;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar on a standalone cluster: a Master and a Worker process. */
@Tag("clusters")
class StandaloneIT {
  private static final int SECONDS_TO_START = 120;

  @TempDir private static Path folder;
  private static SparkHome home;
  private static String url;
  private static final List<Process> DAEMONS = new ArrayList<>();

  @BeforeAll
  static void startMasterAndWorker() throws Exception {
    home = SparkHome.in(folder.resolve("spark"));
    int port = freePort();
    url = "spark://127.0.0.1:" + port;
    daemon(
        "master",
        "org.apache.spark.deploy.master.Master",
        List.of("--host", "127.0.0.1", "--port", "" + port, "--webui-port", "0"),
        "I have been elected leader");
    daemon(
        "worker",
        "org.apache.spark.deploy.worker.Worker",
        List.of("--cores", "4", "--memory", "6g", "--webui-port", "0", url),
        "Successfully registered with master");
  }

  private static void daemon(String name, String type, List<String> arguments, String ready)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(type));
    command.addAll(arguments);
    Path log = folder.resolve(name + ".log");
    DAEMONS.add(home.start(log, command.toArray(String[]::new)));
    for (int i = 0; i < SECONDS_TO_START * 5; i++) {
      if (Files.readString(log).contains(ready)) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    throw new AssertionError(type + " has not started:\n" + Files.readString(log));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @AfterAll
  static void stop() {
    DAEMONS.forEach(Process::destroyForcibly);
  }

  @Test
  void clientMode_givesTheModelOfLocalMode() throws Exception {
    assertSubmitted("client");
  }

  @Test
  void clusterMode_givesTheModelOfLocalMode() throws Exception {
    assertSubmitted("cluster", "--conf", "spark.standalone.submit.waitAppCompletion=true");
  }

  private static void assertSubmitted(String mode, String... more) throws Exception {
    String output = folder.resolve(mode).toString();
    List<String> options = new ArrayList<>(List.of("--master", url, "--deploy-mode", mode));
    options.addAll(List.of("--executor-cores", "1", "--total-executor-cores", "2"));
    options.addAll(List.of("--executor-memory", "1g", "--driver-memory", "1g"));
    options.addAll(List.of(more));
    Ended run =
        home.submit(
            options,
            FashionJob.command(
                SparkHome.jar().toString(),
                FashionJob.file().toString(),
                FashionJob.samples().toString(),
                output));
    assertEquals(0, run.exitCode(), run.log());
    Path summary = Path.of(output, "summary.json");
    assertEquals(true, Files.exists(summary), () -> run.log() + Logs.under(home.folder()));
    assertEquals(FashionJob.expected(home), FashionJob.sha256(output, new Configuration()));
  }
}
