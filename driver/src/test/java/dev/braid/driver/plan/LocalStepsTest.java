package dev.braid.driver.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.plan.LocalSteps.Pace;
import org.junit.jupiter.api.Test;

class LocalStepsTest {

  private static LocalSteps read(String json) throws JsonProcessingException {
    return JsonMapper.builder()
        .build()
        .readValue(
            "{\"optimizer\": {\"sgd\": {\"learningRate\": 0.1}}, \"localSteps\": " + json + "}",
            TrainingPlan.class)
        .localSteps();
  }

  @Test
  void jobFile_takesANumberOrARule() throws JsonProcessingException {
    assertEquals(new LocalSteps.Fixed(7), read("7"));
    assertEquals(new LocalSteps.Growing(1, 32, 2, 1), read("{\"growing\": {\"to\": 32}}"));
    assertEquals(
        new LocalSteps.Adaptive(10, 1, 50, 5), read("{\"adaptive\": {\"to\": 50, \"every\": 5}}"));
    assertThrows(JsonProcessingException.class, () -> read("\"often\""));
    assertThrows(JsonProcessingException.class, () -> read("0"));
  }

  @Test
  void growing_growsWithTheEpochs_upToItsEnd() {
    LocalSteps.Growing growing = new LocalSteps.Growing(1, 10, 3, 2);
    int[] expected = {1, 1, 3, 3, 9, 9, 10, 10};
    Pace pace = growing.begin();
    for (int epoch = 0; epoch < expected.length; epoch++) {
      pace = growing.after(pace, epoch, 1, 0.1);
      assertEquals(expected[epoch], pace.localSteps(), "epoch " + epoch);
      assertEquals(epoch > 0 && expected[epoch] != expected[epoch - 1], !pace.reason().isEmpty());
    }
    assertEquals(10, growing.expected(pace, 1_000_000));
  }

  @Test
  void adaptive_followsTheSpreadThatTheLossAllows() {
    LocalSteps.Adaptive adaptive = new LocalSteps.Adaptive(12, 2, 40, 2);
    Pace pace = adaptive.begin();
    // The first window measures: spread 0.02 at loss 4.
    pace = adaptive.after(pace, 0, 5, 0.03);
    pace = adaptive.after(pace, 0, 3, 0.01);
    assertEquals(12, pace.localSteps());
    assertEquals("", pace.reason());
    // Loss 1 allows 0.02 sqrt(1/4) = 0.01; measured 0.015: 12 / 1.5 = 8.
    pace = adaptive.after(pace, 0, 1, 0.015);
    pace = adaptive.after(pace, 0, 1, 0.015);
    assertEquals(8, pace.localSteps());
    assertTrue(pace.reason().contains("12 -> 8"), pace.reason());
    // Far too much: at most by half. Then far too little: at most to the double.
    pace = adaptive.after(adaptive.after(pace, 0, 1, 9), 0, 1, 9);
    assertEquals(4, pace.localSteps());
    pace = adaptive.after(adaptive.after(pace, 0, 1, 1e-9), 0, 1, 1e-9);
    assertEquals(8, pace.localSteps());
  }

  @Test
  void settingsThatDoNotFit_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new LocalSteps.Fixed(0));
    assertThrows(IllegalArgumentException.class, () -> new LocalSteps.Growing(5, 4, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> new LocalSteps.Adaptive(5, 6, 9, 1));
  }

  @Test
  void reduceOnPlateau_lowersTheRate_afterPatience_andNotBelowItsEnd() {
    ReduceOnPlateau rule = new ReduceOnPlateau("loss", 0.5, 2, 0.1, 0.3);
    double[] losses = {1, 0.95, 0.95, 0.5, 0.5, 0.5, 0.5, 0.5};
    double[] factors = {1, 1, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3};
    ReduceOnPlateau.Level level = ReduceOnPlateau.Level.FIRST;
    for (int epoch = 0; epoch < losses.length; epoch++) {
      level = rule.after(level, losses[epoch], false);
      assertEquals(factors[epoch], level.rateFactor(), "epoch " + epoch);
    }
  }
}
