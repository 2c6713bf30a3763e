package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.cluster.RunMetrics;
import dev.braid.driver.inference.ScoringMetrics;
import dev.braid.driver.inference.ScoringProgress;
import dev.braid.driver.training.RoundReport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** What Prometheus reads of a run, from the driver's own web page. */
class MetricsEndpointTest {
  private static final String SINK = "spark.metrics.conf.*.sink.prometheusServlet.";
  private static final RoundReport ROUND =
      new RoundReport(
          new RoundReport.At(1, 11, 1.2, 20, 300),
          new RoundReport.Pass(5, 0.25, 0.001, 640),
          new RoundReport.Times(0.3, 0.1, 0.1, 0.5),
          new RoundReport.Divergence(0.01, 0.9),
          "");

  @Test
  void aRoundsNumbers_areServed_whileTheRunLasts() throws Exception {
    Map<String, Object> conf =
        Map.of(
            "spark.ui.enabled",
            "true",
            "spark.ui.port",
            "0",
            SINK + "class",
            "org.apache.spark.metrics.sink.PrometheusServlet",
            SINK + "path",
            "/metrics/prometheus");
    try (SparkSession spark =
        SparkSession.builder().master("local[1]").config(conf).getOrCreate()) {
      String url = spark.sparkContext().uiWebUrl().get() + "/metrics/prometheus/";
      try (RunMetrics metrics = new RunMetrics()) {
        metrics.round(ROUND);
        String page = get(url);
        assertEquals(0.25, value(page, "loss"));
        assertEquals(12, value(page, "round"));
        assertEquals(1280, value(page, "examplesPerSecond"));
        assertEquals(0.1, value(page, "exchangeSeconds"));
      }
      try (ScoringMetrics metrics = new ScoringMetrics()) {
        metrics.accept(new ScoringProgress(0, 900, 7, 0.5, 2));
        metrics.accept(new ScoringProgress(0, 1800, 9, 1, 4));
        metrics.accept(new ScoringProgress(1, 100, 3, 0.5, 0.5));
        String page = get(url);
        assertEquals(1900, value(page, "rows"));
        assertEquals(12, value(page, "quarantinedRows"));
        assertEquals(200, value(page, "rowsPerSecond"));
        assertEquals(1, value(page, "batch"));
      }
      String after = get(url);
      assertTrue(after.lines().noneMatch(line -> line.contains("_braid_")), after);
    }
  }

  private static double value(String page, String name) {
    String line =
        page.lines()
            .filter(text -> text.contains("_braid_" + name + "_"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no " + name + " in\n" + page));
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }

  private static String get(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
