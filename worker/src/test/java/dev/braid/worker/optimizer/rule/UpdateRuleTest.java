package dev.braid.worker.optimizer.rule;

import static dev.braid.worker.optimizer.OptimizerTest.assertRefused;
import static dev.braid.worker.optimizer.OptimizerTest.gaussians;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.optimizer.LayerRates;
import dev.braid.worker.optimizer.Momentum;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.Slice;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.Segment.Penalty;
import dev.braid.worker.state.Segment.Role;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UpdateRuleTest {
  private static final StateLayout LAYOUT =
      new StateLayout(
          List.of(
              new Segment("dense.weight", List.of(1, 3), 0, Role.WEIGHT),
              new Segment("dense.bias", List.of(1), 3, Role.BIAS)),
          List.of());

  private final State state = State.zeros(LAYOUT, 0);
  private final Blocks gradients = Blocks.copyOf(1, 2, 4, 10);
  private final List<Slice> slices = all(LAYOUT, state, gradients);

  UpdateRuleTest() {
    state.params().copyFrom(Blocks.copyOf(3, -2, 0, 5));
  }

  @Test
  void regularisation_actsOnWeightsOnly() {
    Regularisation both = new Regularisation(0.1, 0.01);
    // 0.1 (3 + 2 + 0) + 0.01/2 (9 + 4 + 0)
    assertEquals(0.565, both.penalty(slices), 1e-15);

    both.addGradientInPlace(slices);
    // g + 0.1 sign(w) + 0.01 w; the bias keeps its own
    assertArrayEquals(new float[] {1.13f, 1.88f, 4, 10}, gradients.block(0), 1e-6f);
  }

  @Test
  void regularisation_aTensorsOwnPenalty_replacesTheTrainings() {
    StateLayout layout =
        new StateLayout(
            List.of(new Segment("a.weight", List.of(2), 0, Role.WEIGHT, new Penalty(null, 0.0))),
            List.of());
    State own = State.zeros(layout, 0);
    own.params().copyFrom(Blocks.copyOf(3, -2));
    List<Slice> ownSlices = all(layout, own, Blocks.zeros(2));

    // L1 as in the training, no L2: 0.1 (3 + 2).
    assertEquals(0.5, new Regularisation(0.1, 0.01).penalty(ownSlices), 1e-15);
  }

  @Test
  void byValue_cutsEachGradient() {
    gradients.copyFrom(Blocks.copyOf(1, -20, 4, 10));
    new Clipping.ByValue(3.0).clipInPlace(slices);
    assertEquals(Blocks.copyOf(1, -3, 3, 3), gradients);
  }

  @Test
  void byNorm_keepsTheDirection() {
    // norm of (1, 2, 4, 10) is 11
    new Clipping.ByNorm(11.0).clipInPlace(slices);
    assertEquals(Blocks.copyOf(1, 2, 4, 10), gradients);

    new Clipping.ByNorm(5.5).clipInPlace(slices);
    assertEquals(Blocks.copyOf(0.5f, 1, 2, 5), gradients);
  }

  @Test
  void step_regularises_thenClips_thenMoves() {
    UpdateRule rule =
        new UpdateRule(
            new Sgd(0.5),
            new LearningRateSchedule.Exponential(0.5, null),
            new Regularisation(null, 1.0),
            new Clipping.ByValue(3.5));
    double learningRate = rule.learningRate(1, 0);
    assertEquals(0.25, learningRate);

    rule.stepInPlace(slices, learningRate, 0);
    // gradients with L2: (4, 0, 4, 10), clipped: (3.5, 0, 3.5, 3.5)
    assertArrayEquals(new float[] {2.125f, -2, -0.875f, 4.125f}, state.params().block(0), 1e-6f);
  }

  @Test
  void step_acrossABlockBoundary_equalsOneBlock() {
    float[] params = gaussians(9, 1);
    float[] changes = gaussians(9, 2);
    long lead = Blocks.BLOCK_SIZE - 5L;
    float[] split = momentumStep(lead, params, changes);
    float[] whole = momentumStep(3, params, changes);
    assertArrayEquals(whole, split);
  }

  /** Parameters after a step, where they lie in a longer vector from {@code offset} on. */
  private static float[] momentumStep(long offset, float[] params, float[] changes) {
    StateLayout layout =
        new StateLayout(
            List.of(
                new Segment("a.weight", List.of((int) offset), 0, Role.WEIGHT),
                new Segment("b.bias", List.of(params.length), offset, Role.BIAS)),
            List.of());
    State state = State.zeros(layout, 1);
    Blocks gradients = Blocks.zeros(layout.numParams());
    state.params().write(offset, params, params.length);
    gradients.write(offset, changes, changes.length);
    List<Slice> slices = all(layout, state, gradients);
    assertTrue(slices.get(0).tensor().isWeight());
    assertFalse(slices.get(1).tensor().isWeight());

    UpdateRule rule = new UpdateRule(new Momentum(0.1, 0.9));
    rule.stepInPlace(slices, 0.1, 0);
    rule.stepInPlace(slices, 0.1, 1);
    float[] result = new float[params.length];
    state.params().read(offset, result, result.length);
    return result;
  }

  @Test
  void sums_countEveryElementOnce_atAnyLength() {
    for (int size = 0; size < 20; size++) {
      float[] values = new float[size + 2];
      double squares = 0;
      double absolutes = 0;
      for (int i = 1; i <= size; i++) {
        values[i] = i % 2 == 0 ? i : -i;
        squares += i * (double) i;
        absolutes += i;
      }
      values[0] = 1000;
      values[size + 1] = 1000;
      assertEquals(squares, Sum.squares(values, 1, size + 1));
      assertEquals(absolutes, Sum.absolutes(values, 1, size + 1));
    }
  }

  @Test
  void settings_outOfRange_areRefusedByName() {
    assertRefused("an optimizer must be given", () -> new UpdateRule(null));
    assertRefused("l1 must be at least 0, got -1.0", () -> new Regularisation(-1.0, null));
    assertRefused("limit must be above 0, got 0.0", () -> new Clipping.ByNorm(0.0));
  }

  private static List<Slice> all(StateLayout layout, State state, Blocks gradients) {
    return Slice.learning(layout, state, gradients, LayerRates.ALL_ALIKE, 0, Set.of());
  }
}
