package dev.braid.driver.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.Segment.Role;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightedMeanTest {
  private static final StateLayout LAYOUT =
      new StateLayout(
          List.of(new Segment("dense.weight", List.of(2), 0, Role.WEIGHT)),
          List.of(
              new Segment("norm.mean", List.of(1), 0, Role.MEAN),
              new Segment("norm.variance", List.of(1), 1, Role.VARIANCE)));

  private static State state(float p0, float p1, float slot, float mean, float variance) {
    return new State(
        Blocks.copyOf(p0, p1), List.of(Blocks.copyOf(slot, slot)), Blocks.copyOf(mean, variance));
  }

  @Test
  void write_countsEachWorkerByItsExamples() {
    State mean = State.zeros(LAYOUT, 1);
    WeightedMean.write(
        List.of(state(1, 10, 4, 0, 1), state(5, 20, 8, 0, 1)), new long[] {3, 1}, LAYOUT, mean);

    assertEquals(Blocks.copyOf(2, 12.5f), mean.params());
    assertEquals(Blocks.copyOf(5, 5), mean.slots().get(0));
  }

  @Test
  void write_poolsRunningVariancesExactly() {
    // Means 1 and 5 weighted 3:1 have mean 2 and variance (3 * 1 + 1 * 9) / 4 = 3.
    State mean = State.zeros(LAYOUT, 1);
    WeightedMean.write(
        List.of(state(0, 0, 0, 1, 2), state(0, 0, 0, 5, 6)), new long[] {3, 1}, LAYOUT, mean);

    assertEquals(Blocks.copyOf(2, 3 + 3), mean.statistics());
  }

  @Test
  void write_ignoresWorkersWithoutExamples() {
    State mean = State.zeros(LAYOUT, 1);
    State untrained = state(Float.NaN, Float.NaN, Float.NaN, 7, 7);
    WeightedMean.write(List.of(untrained, state(1, 2, 3, 4, 5)), new long[] {0, 9}, LAYOUT, mean);

    assertEquals(Blocks.copyOf(1, 2), mean.params());
    assertThrows(
        IllegalArgumentException.class,
        () -> WeightedMean.write(List.of(untrained), new long[] {0}, LAYOUT, mean));
  }

  @Test
  void write_ofOneWorker_givesItsOwnBitsBack() {
    SplitMix random = SplitMix.stream(5);
    StateLayout layout =
        new StateLayout(
            List.of(new Segment("w", List.of(5000), 0, Role.WEIGHT)),
            List.of(
                new Segment("mean", List.of(50), 0, Role.MEAN),
                new Segment("variance", List.of(50), 50, Role.VARIANCE)));
    State one = State.zeros(layout, 0);
    for (int i = 0; i < 5000; i++) {
      one.params().set(i, (float) (random.nextGaussian() * Math.exp(random.nextGaussian() * 20)));
    }
    for (int i = 0; i < 100; i++) {
      one.statistics().set(i, (float) random.nextDouble());
    }
    State mean = State.zeros(layout, 0);
    WeightedMean.write(List.of(one), new long[] {479_001_599}, layout, mean);

    assertEquals(one, mean);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void write_sumsInWorkerOrder_inDoublePrecision(int workers) {
    int size = 4099; // two stretches and a remainder
    StateLayout layout =
        new StateLayout(List.of(new Segment("w", List.of(size), 0, Role.WEIGHT)), List.of());
    SplitMix random = SplitMix.stream(6);
    List<State> states = new ArrayList<>();
    long[] weights = new long[workers];
    for (int w = 0; w < workers; w++) {
      State state = State.zeros(layout, 0);
      for (int i = 0; i < size; i++) {
        state.params().set(i, (float) random.nextGaussian());
      }
      states.add(state);
      weights[w] = 64 + 7L * w;
    }
    long total = Arrays.stream(weights).sum();
    State mean = State.zeros(layout, 0);
    WeightedMean.write(states, weights, layout, mean);

    for (int i = 0; i < size; i++) {
      double sum = 0;
      for (int w = 0; w < workers; w++) {
        sum += (double) weights[w] / total * states.get(w).params().get(i);
      }
      assertEquals((float) sum, mean.params().get(i), "float " + i);
    }
  }
}
