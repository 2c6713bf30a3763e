package dev.braid.worker.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StateTest {
  private static State state(float param, float slot, float statistic) {
    return new State(
        Blocks.copyOf(1, param), List.of(Blocks.copyOf(2, slot)), Blocks.copyOf(3, statistic));
  }

  @Test
  void notFinite_namesThePart() {
    assertEquals(Optional.empty(), state(1, 1, 1).notFinite(0));
    assertEquals(Optional.of(State.Part.PARAMETERS), state(Float.NaN, 1, 1).notFinite(0));
    assertEquals(
        Optional.of(State.Part.OPTIMIZER_STATE), state(1, Float.POSITIVE_INFINITY, 1).notFinite(0));
    assertEquals(Optional.of(State.Part.STATISTICS), state(1, 1, Float.NaN).notFinite(0));
  }

  @Test
  void notFinite_leavesStatisticsAloneThatNeverWere() {
    State masked = state(1, 1, Float.NEGATIVE_INFINITY);
    assertEquals(Optional.empty(), masked.notFinite(masked.statistics().numOverflown()));
  }
}
