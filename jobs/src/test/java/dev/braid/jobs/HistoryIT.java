package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that has ended, as Spark's History Server shows it. */
class HistoryIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int SECONDS = 120;

  @TempDir private Path folder;

  @Test
  void endedRuns_areShown_withTheNamesOfTheirRounds() throws Exception {
    Path events = Files.createDirectories(folder.resolve("events"));
    CommandLineRun run =
        CommandLineRun.braid(
            "train",
            Tables.write(folder, Tables.JOB).toString(),
            "--master",
            "local[2]",
            "--output",
            folder.resolve("run").toString(),
            "--conf",
            "spark.eventLog.enabled=true",
            "--conf",
            "spark.eventLog.dir=" + events.toUri());
    assertEquals(0, run.exitCode(), run.err());

    int port = freePort();
    Path log = folder.resolve("server.log");
    Process server = start(events, port, log);
    try {
      String url = "http://127.0.0.1:" + port + "/api/v1/applications";
      JsonNode applications = waitFor(url, server, log);
      assertEquals("braid train job", applications.get(0).get("name").asText());
      assertTrue(applications.get(0).get("attempts").get(0).get("completed").asBoolean());
      List<String> jobs = new ArrayList<>();
      for (JsonNode job : get(url + "/" + applications.get(0).get("id").asText() + "/jobs")) {
        jobs.add(job.path("description").asText());
      }
      assertTrue(jobs.contains("epoch 1 round 1: local passes"), jobs::toString);
      assertTrue(jobs.stream().anyMatch(name -> name.startsWith("epoch 3 round ")), jobs::toString);
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Process start(Path events, int port, Path log) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            ProcessHandle.current().info().command().orElse("java"),
            "-Xmx512m",
            "-Dspark.history.fs.logDirectory=" + events.toUri(),
            "-Dspark.history.ui.port=" + port,
            "-cp",
            System.getProperty("java.class.path"),
            "org.apache.spark.deploy.history.HistoryServer");
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** The server reads the logs some seconds after it has started. */
  private static JsonNode waitFor(String url, Process server, Path log)
      throws IOException, InterruptedException {
    for (int i = 0; i < 5 * SECONDS && server.isAlive(); i++) {
      try {
        JsonNode applications = get(url);
        if (!applications.isEmpty()) {
          return applications;
        }
      } catch (ConnectException e) {
        // not yet
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    throw new AssertionError("the server shows no run: " + Files.readString(log));
  }

  private static JsonNode get(String url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    return JSON.readTree(
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
  }
}
