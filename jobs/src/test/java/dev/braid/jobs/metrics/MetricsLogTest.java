package dev.braid.jobs.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.report.Runs;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsLogTest {
  private static final String SCORES =
      "\"loss\":0.4,\"accuracy\":0.75,\"macroPrecision\":0.75,"
          + "\"macroRecall\":0.8333333333333333,\"macroF1\":0.7333333333333334,"
          + "\"weightedPrecision\":0.875,\"weightedRecall\":0.75,"
          + "\"weightedF1\":0.7666666666666667,\"rocAuc\":1.0";

  @Test
  void roundAndEpoch_areALineEach() {
    assertEquals(
        List.of(
            "{\"event\":\"round\",\"epoch\":1,\"round\":2,\"epochs\":0.25,\"rounds\":8,\"steps\":40,"
                + "\"localSteps\":10,\"loss\":0.5,\"learningRate\":0.001,\"examples\":1280,"
                + "\"computeSeconds\":0.2,\"exchangeSeconds\":0.02,\"schedulingSeconds\":0.03,"
                + "\"seconds\":0.25,\"spread\":0.01,\"cosine\":0.5}",
            "{\"event\":\"epoch\",\"epoch\":1,\"steps\":40,\"loss\":0.5,\"training\":{"
                + SCORES
                + "},\"validation\":{"
                + SCORES
                + "},"
                + "\"best\":true,\"seconds\":2.5}"),
        lines(
            log -> {
              log.round(Runs.round(0, 1, 8));
              log.epoch(Runs.epoch(0));
            }));
  }

  @Test
  void tenThousandRounds_stayBelowFiveMegabytes() {
    long bytes =
        lines(
                log -> {
                  for (int i = 0; i < 10_000; i++) {
                    log.round(Runs.round(i / 1000, i, 10_000));
                  }
                })
            .stream()
            .mapToLong(line -> line.length() + 1)
            .sum();
    assertTrue(bytes < 5_000_000, "bytes: " + bytes);
  }

  @Test
  void resumed_keepsTheLinesOfTheRoundsThatHold() {
    List<String> before =
        lines(
            log -> {
              log.round(Runs.round(0, 0, 4));
              log.round(Runs.round(0, 1, 4));
              log.epoch(Runs.epoch(0));
              log.round(Runs.round(1, 2, 4));
            });
    List<String> torn = new ArrayList<>(before);
    torn.add("{\"event\":\"rou");

    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MetricsLog log = new MetricsLog(new MetricsFile(() -> bytes, torn))) {
      log.resumed(2, "a checkpoint", List.of());
      log.round(Runs.round(1, 2, 4));
    }
    assertEquals(before, bytes.toString(StandardCharsets.UTF_8).lines().toList());
  }

  private static List<String> lines(java.util.function.Consumer<MetricsLog> events) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MetricsLog log = new MetricsLog(new MetricsFile(() -> bytes, List.of()))) {
      events.accept(log);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
