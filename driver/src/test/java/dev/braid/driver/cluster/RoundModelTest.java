package dev.braid.driver.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.cluster.RoundModel.Measured;
import org.junit.jupiter.api.Test;

class RoundModelTest {
  /** Exact but for the last bits of a double. */
  private static final double ROUNDING = 1e-12;

  /** Rounds of 20 ms and 4 ms a worker, steps of 10 ms alone and 12 ms on both cores. */
  private static final RoundModel MODEL =
      RoundModel.of(
          new Measured(1, 2, 5, 0.010, 0.020 + 0.004 + 5 * 0.010),
          new Measured(2, 2, 5, 0.012, 0.020 + 2 * 0.004 + 5 * 0.012));

  @Test
  void of_findsWhatTheRoundsWereMadeOf() {
    assertEquals(0.024, MODEL.oneWorkerSeconds(), ROUNDING);
    assertEquals(0.004, MODEL.furtherWorkerSeconds(), ROUNDING);
  }

  @Test
  void secondWorkerThatCostsMoreThanTheFirst_leavesTheFirstAsItWas() {
    RoundModel model =
        RoundModel.of(
            new Measured(1, 2, 5, 0.010, 0.010 + 5 * 0.010),
            new Measured(2, 2, 5, 0.010, 0.050 + 5 * 0.010));
    assertEquals(0.060, model.roundSeconds(1, 1, 5), ROUNDING);
    assertEquals(0.100, model.roundSeconds(2, 2, 5), ROUNDING);
  }

  @Test
  void roundSeconds_givesBackWhatWasMeasured() {
    assertEquals(0.074, MODEL.roundSeconds(1, 2, 5), ROUNDING);
    assertEquals(0.088, MODEL.roundSeconds(2, 2, 5), ROUNDING);
  }

  @Test
  void workersBeyondTheCores_takeTurns() {
    // 5 workers on 2 cores: three turns of 5 steps of 12 ms
    assertEquals(0.020 + 5 * 0.004 + 3 * 5 * 0.012, MODEL.roundSeconds(5, 2, 5), ROUNDING);
    // 2 workers on 1 core: two turns, and nobody else computes
    assertEquals(0.020 + 2 * 0.004 + 2 * 5 * 0.010, MODEL.roundSeconds(2, 1, 5), ROUNDING);
  }

  @Test
  void speedUp_isAgainstOneCoreWithoutRounds() {
    assertEquals(2 * 5 * 0.010 / 0.088, MODEL.speedUp(2, 2, 5), ROUNDING);
    assertTrue(MODEL.speedUp(2, 2, 1) < 1);
  }

  @Test
  void localStepsFor_makesStepsTheShareThatIsAskedFor() {
    // 28 ms beyond the steps are a fifth of 140 ms; 112 ms are 9.33 steps of 12 ms
    assertEquals(10, MODEL.localStepsFor(2, 2, 0.8));
    assertEquals(1, MODEL.localStepsFor(2, 2, 0.01));
  }

  @Test
  void of_withoutASingleWorker_isRefused() {
    Measured two = new Measured(2, 2, 5, 0.01, 0.1);
    assertThrows(IllegalArgumentException.class, () -> RoundModel.of(two, two));
  }
}
