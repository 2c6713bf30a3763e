package dev.braid.worker.optimizer.rule;

import static dev.braid.worker.optimizer.OptimizerTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.worker.optimizer.rule.LearningRateSchedule.ByHand;
import dev.braid.worker.optimizer.rule.LearningRateSchedule.Constant;
import dev.braid.worker.optimizer.rule.LearningRateSchedule.Cosine;
import dev.braid.worker.optimizer.rule.LearningRateSchedule.Exponential;
import dev.braid.worker.optimizer.rule.LearningRateSchedule.Inverse;
import dev.braid.worker.optimizer.rule.LearningRateSchedule.InverseSqrt;
import dev.braid.worker.optimizer.rule.LearningRateSchedule.Per;
import dev.braid.worker.optimizer.rule.LearningRateSchedule.Polynomial;
import dev.braid.worker.optimizer.rule.LearningRateSchedule.Staircase;
import dev.braid.worker.optimizer.rule.LearningRateSchedule.WarmUp;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LearningRateScheduleTest {

  /** A schedule and its factors at t = 0 .. 4. */
  private record Case(LearningRateSchedule schedule, List<Double> factors) {
    @Override
    public String toString() {
      return schedule.toString();
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(new Constant(), List.of(1.0, 1.0, 1.0, 1.0, 1.0)),
        new Case(new Inverse(0.5, null), List.of(1.0, 1 / 1.5, 0.5, 0.4, 1 / 3.0)),
        new Case(new Exponential(0.9, null), List.of(1.0, 0.9, 0.81, 0.729, 0.6561)),
        new Case(
            new InverseSqrt(2.0, null),
            List.of(2.0, 1.414213562373095, 1.154700538379252, 1.0, 0.894427190999916)),
        new Case(new Staircase(0.5, 2L, null), List.of(1.0, 1.0, 0.5, 0.5, 0.25)),
        new Case(new Polynomial(4L, 2.0, 0.2, null), List.of(1.0, 0.65, 0.4, 0.25, 0.2)),
        new Case(new Polynomial(2L, null, null, null), List.of(1.0, 0.5, 0.0, 0.0, 0.0)),
        new Case(
            new Cosine(4L, 0.1, null),
            List.of(1.0, 0.868198051533946, 0.55, 0.231801948466054, 0.1)),
        new Case(new ByHand(Map.of(1L, 0.1, 3L, 0.01), null), List.of(1.0, 0.1, 0.1, 0.01, 0.01)),
        new Case(new WarmUp(4L, null, null, null), List.of(0.25, 0.5, 0.75, 1.0, 1.0)),
        new Case(
            new WarmUp(2L, 0.5, new Exponential(0.5, null), null),
            List.of(0.75, 0.5, 0.25, 0.125, 0.0625)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void factor_isTheFormulas_atFiveEpochs(Case c) {
    for (int epoch = 0; epoch < 5; epoch++) {
      assertEquals(c.factors().get(epoch), c.schedule().factor(epoch, 1000), 1e-15, "t = " + epoch);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void settings_areTheSame_writtenAndRead(Case c) throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    String text = json.writerFor(LearningRateSchedule.class).writeValueAsString(c.schedule());
    assertEquals(c.schedule(), json.readValue(text, LearningRateSchedule.class));
  }

  @Test
  void factor_perStep_countsSteps() throws JsonProcessingException {
    String text =
        "{\"warmUp\": {\"duration\": 10, \"per\": \"step\","
            + " \"then\": {\"staircase\": {\"factor\": 0.5, \"every\": 3}}}}";
    LearningRateSchedule schedule = new ObjectMapper().readValue(text, LearningRateSchedule.class);
    assertEquals(new WarmUp(10L, 0.0, new Staircase(0.5, 3L, Per.EPOCH), Per.STEP), schedule);
    assertEquals(0.2, schedule.factor(0, 1));
    assertEquals(0.5, schedule.factor(3, 9));
    assertEquals(1, new Exponential(0.5, Per.STEP).factor(7, 0));
  }

  @Test
  void settings_outOfRange_areRefusedByName() {
    assertRefused("factor must be at least 0, got null", () -> new Exponential(null, null));
    assertRefused("every must be at least 1, got 0", () -> new Staircase(0.5, 0L, null));
    assertRefused("duration must be at least 1, got -3", () -> new Cosine(-3L, null, null));
    assertRefused("decay must be at least 0, got -1.0", () -> new Inverse(-1.0, null));
    assertRefused("byHand needs factors", () -> new ByHand(Map.of(), null));
    assertRefused("start must be between 0 and 1", () -> new WarmUp(1L, 2.0, null, null));
    ObjectMapper json = new ObjectMapper();
    assertThrows(
        JsonProcessingException.class,
        () -> json.readValue("{\"constant\": {\"per\": \"step\"}}", LearningRateSchedule.class));
  }
}
