package dev.braid.driver.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.worker.state.Blocks;
import org.junit.jupiter.api.Test;

class OuterStepTest {

  @Test
  void slowMo_followsItsPaper_overThreeSteps() {
    // lr 0.5, momentum 0.5, learningRate 1; x = 8, workers always come back 1 lower.
    // m = 0.5 m + 1 / 0.5: 2, 3, 3.5; x -= 0.5 m: 7, 5.5, 3.75.
    OuterStep step = new OuterStep.SlowMo(0.5, 1.0);
    Blocks x = Blocks.copyOf(8);
    Blocks memory = Blocks.copyOf(0);
    float[] expected = {7, 5.5f, 3.75f};
    for (float e : expected) {
      Blocks y = Blocks.copyOf(x.get(0) - 1);
      step.stepInPlace(x, y, memory, 0.5);
      assertEquals(e, y.get(0));
      x = y;
    }
    assertEquals(3.5f, memory.get(0));
  }

  @Test
  void slowMo_keepsItsMomentumInGradients_whenTheLearningRateFalls() {
    // m = 0.5 * 2 + 1 / 0.25 = 5; x = 8 - 0.25 * 5.
    Blocks memory = Blocks.copyOf(2);
    Blocks y = Blocks.copyOf(7);
    new OuterStep.SlowMo(0.5, 1.0).stepInPlace(Blocks.copyOf(8), y, memory, 0.25);
    assertEquals(6.75f, y.get(0));
  }

  @Test
  void nesterov_followsItsPaper_overThreeSteps() {
    // learningRate 0.5, momentum 0.5; the change is always 1. m: 1, 1.5, 1.75.
    // x -= 0.5 (1 + 0.5 m): 0.75, 0.875, 0.9375.
    OuterStep step = new OuterStep.Nesterov(0.5, 0.5);
    Blocks x = Blocks.copyOf(8);
    Blocks memory = Blocks.copyOf(0);
    float[] expected = {7.25f, 6.375f, 5.4375f};
    for (float e : expected) {
      Blocks y = Blocks.copyOf(x.get(0) - 1);
      step.stepInPlace(x, y, memory, 123);
      assertEquals(e, y.get(0));
      x = y;
    }
  }

  @Test
  void withoutMomentum_atRateOne_bothAreTheMean() {
    for (OuterStep step :
        new OuterStep[] {new OuterStep.SlowMo(0.0, 1.0), new OuterStep.Nesterov(0.0, 1.0)}) {
      Blocks y = Blocks.copyOf(6.5f);
      step.stepInPlace(Blocks.copyOf(8), y, Blocks.copyOf(0), 0.5);
      assertEquals(6.5f, y.get(0));
    }
  }

  @Test
  void settingsOutOfRange_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new OuterStep.SlowMo(1.0, null));
    assertThrows(IllegalArgumentException.class, () -> new OuterStep.Nesterov(null, 0.0));
  }
}
