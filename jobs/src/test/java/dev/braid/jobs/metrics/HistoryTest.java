package dev.braid.jobs.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.jobs.chart.Curve;
import dev.braid.jobs.chart.Curve.Bucket;
import dev.braid.jobs.report.Runs;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private static final List<Double> EPOCHS = List.of(0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0);

  @Test
  void rounds_lieEvenlyInTheirEpochs() {
    History history = new History(2, "accuracy", List.of());
    history.round(Runs.round(0, 0, 5));
    history.epoch(Runs.epoch(0));
    for (int round = 1; round < 5; round++) {
      history.round(Runs.round(1, round, 5));
    }
    history.epoch(Runs.epoch(1));

    assertEquals(List.of(1.0, 1.25, 1.5, 1.75, 2.0), places(history.loss));
    assertEquals(List.of(1.0, 2.0), places(history.metric));
    assertEquals(OptionalInt.of(2), history.best());
  }

  @Test
  void resumedWithMoreEpochs_keepsThePlacesOfTheRoundsBefore() {
    List<String> earlier = log(2, 4);
    History history = new History(2, "accuracy", earlier);
    history.resumed(4, "a checkpoint", List.of());
    for (int round = 4; round < 8; round++) {
      history.round(Runs.round(round / 2, round, 8));
      if (round % 2 == 1) {
        history.epoch(Runs.epoch(round / 2));
      }
    }

    assertEquals(EPOCHS, places(history.loss));
    assertEquals(List.of(1.0, 2.0, 3.0, 4.0), places(history.validationLoss));
  }

  @Test
  void resumedWithinAnEpoch_joinsItsHalves() {
    List<String> earlier = log(4, 8);
    History history = new History(2, "accuracy", earlier);
    history.resumed(3, "a checkpoint", List.of()); // the epoch's second round comes anew
    for (int round = 3; round < 8; round++) {
      history.round(Runs.round(round / 2, round, 8));
      if (round % 2 == 1) {
        history.epoch(Runs.epoch(round / 2));
      }
    }

    assertEquals(EPOCHS, places(history.loss));
  }

  /** What a run of two rounds an epoch writes down. */
  private static List<String> log(int epochs, int rounds) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (MetricsLog log = new MetricsLog(new MetricsFile(() -> file, List.of()))) {
      for (int round = 0; round < rounds; round++) {
        log.round(Runs.round(round * epochs / rounds, round, rounds));
        if (round % 2 == 1) {
          log.epoch(Runs.epoch(round / 2));
        }
      }
    }
    return file.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static List<Double> places(Curve curve) {
    return curve.buckets().stream().map(Bucket::x).toList();
  }
}
