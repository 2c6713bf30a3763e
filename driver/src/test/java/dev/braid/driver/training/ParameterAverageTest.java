package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.plan.MovingAverage;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterAverageTest {
  private static State state(float param, float statistic) {
    return new State(Blocks.copyOf(param), List.of(Blocks.copyOf(7)), Blocks.copyOf(statistic));
  }

  @Test
  void decay_countsARoundAsItsSteps_withoutBiasTowardsZero() {
    ParameterAverage average = new ParameterAverage(new MovingAverage(0.5, null));

    average.add(state(8, 1), 0, 2); // v = 8 (1 - 1/4)
    assertEquals(8, average.or(state(0, 0)).params().get(0));
    average.add(state(4, 3), 1, 1); // v = (8 (1 - 1/4)) / 2 + 4 / 2, divided by 1 - 1/8

    State averaged = average.or(state(4, 3));
    assertEquals((8 * 0.75 / 2 + 2) / 0.875, averaged.params().get(0), 1e-6);
    assertEquals((0.75 / 2 + 1.5) / 0.875, averaged.statistics().get(0), 1e-6);
    assertEquals(List.of(Blocks.copyOf(7)), averaged.slots());
  }

  @Test
  void mean_beginsAtItsEpoch_andUntilThenIsTheLast() {
    ParameterAverage average = new ParameterAverage(new MovingAverage(null, 2));
    State first = state(100, 100);

    average.add(first, 0, 5);
    assertSame(first, average.or(first));
    assertTrue(average.describe().isEmpty());
    average.add(state(1, 0), 1, 3);
    average.add(state(5, 0), 1, 1);

    assertEquals(2, average.or(first).params().get(0), 1e-6);
  }

  @Test
  void numbersThatAreNotFiniteByDesign_stayWhatTheyAre() {
    ParameterAverage average = new ParameterAverage(new MovingAverage(0.9, null));
    average.add(state(1, Float.NEGATIVE_INFINITY), 0, 1);
    average.add(state(1, Float.NEGATIVE_INFINITY), 0, 1);

    assertEquals(Float.NEGATIVE_INFINITY, average.or(state(0, 0)).statistics().get(0));
  }

  @Test
  void restored_goesOnAsIfItHadNotBeenBrokenOff() {
    ParameterAverage unbroken = new ParameterAverage(new MovingAverage(0.99, null));
    unbroken.add(state(0.1f, 0.2f), 0, 3);
    unbroken.add(state(0.3f, 0.1f), 0, 3);
    ParameterAverage resumed = new ParameterAverage(new MovingAverage(0.99, null));
    resumed.restore(unbroken.state().orElseThrow().copy(), unbroken.steps());

    unbroken.add(state(0.7f, 0.9f), 1, 2);
    resumed.add(state(0.7f, 0.9f), 1, 2);

    assertEquals(unbroken.state(), resumed.state());
  }

  @Test
  void withoutRule_isTheLast() {
    ParameterAverage none = new ParameterAverage(null);
    State last = state(1, 2);
    none.add(last, 0, 1);

    assertSame(last, none.or(last));
    assertFalse(none.state().isPresent());
  }

  @ParameterizedTest
  @CsvSource({
    "1, , movingAverage.decay must be above 0 and below 1",
    "0, , movingAverage.decay must be above 0 and below 1",
    ", 0, movingAverage.meanFromEpoch must be at least 1",
    ", , movingAverage needs either decay",
    "0.9, 2, movingAverage needs either decay"
  })
  void settings_thatMeanNothing_areRefused(Double decay, Integer from, String message) {
    String refusal =
        assertThrows(WrongSettings.class, () -> new MovingAverage(decay, from)).getMessage();

    assertTrue(refusal.startsWith(message), refusal);
  }
}
