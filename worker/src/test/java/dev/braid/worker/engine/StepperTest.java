package dev.braid.worker.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.States;
import dev.braid.worker.jvm.JvmNetwork;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.torch.TorchNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Step by step is the same as all steps at once. */
class StepperTest {
  private static final double ROUNDING = 1e-6;
  private static final int STEPS = 7;
  private static final int SIZE = 3;
  private static final int UNITS = 5;

  /** Words 0 to 6 of three rows. */
  private static final float[] WORDS = {
    3, 1, 4, 1, 5, 0, 2, 6, 5, 3, 5, 2, 6, 1, 2, 2, 0, 4, 6, 1, 3
  };

  private static NetworkPlan plan(String... layers) {
    String[] all = new String[layers.length + 2];
    all[0] = "embedding: {size: 7, dimension: 4}";
    System.arraycopy(layers, 0, all, 1, layers.length);
    all[all.length - 1] = "output: {loss: 'crossEntropy', units: " + UNITS + "}";
    return Networks.of(all).plan(Map.of("words", Shape.ragged()), List.of());
  }

  private static TorchNetwork network(NetworkPlan plan) {
    TorchNetwork network = new TorchNetwork(plan);
    network.loadParams(plan.initialParams(3));
    network.loadStatistics(plan.initialStatistics());
    return network;
  }

  private static MiniBatch batch(int from, int to) {
    float[] words = new float[SIZE * (to - from)];
    for (int i = 0; i < SIZE; i++) {
      System.arraycopy(WORDS, i * STEPS + from, words, i * (to - from), to - from);
    }
    int[] lengths = new int[SIZE];
    Arrays.fill(lengths, to - from);
    return new MiniBatch(SIZE, new float[][] {words}, new int[][] {lengths}, null, null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "simpleRnn: {units: 6}",
        "simpleRnn: {units: 6, activation: 'relu'}",
        "convolution: {filters: 6, kernel: 3, padding: 'causal', activation: 'relu'}},"
            + " {convolution: {filters: 4, kernel: 2, padding: 'causal', dilation: 2}",
        "gru: {units: 6}",
        "lstm: {units: 6}",
        "lstm: {units: 6, gates: 'hardSigmoid'}",
        "lstm: {units: 6, peepholes: true}",
        "lstm: {units: 6}}, {dropout: {rate: 0.5}}, {layerNorm: {}}, {gru: {units: 5}",
        "dense: {units: 6}}, {lstm: {units: 4}}, {batchNorm: {}}, {lstm: {units: 5}",
        "gru: {name: 'a', units: 4}}, {simpleRnn: {name: 'b', units: 4}}, {add: {from: ['a', 'b']}"
      })
  void steps_oneByOne_equalAllAtOnce(String layers) {
    NetworkPlan plan = plan(layers);
    try (TorchNetwork network = network(plan)) {
      float[] all = network.output(batch(0, STEPS))[0];
      assertArrayEquals(all, stepByStep(plan, network(plan)), (float) ROUNDING);
      JvmNetwork jvm = jvm(plan);
      float[] ofJvm = jvm.output(batch(0, STEPS))[0];
      assertArrayEquals(ofJvm, stepByStep(plan, jvm(plan)), "to the bit on engine jvm");
      assertArrayEquals(all, ofJvm, (float) ROUNDING);
    }
  }

  private static JvmNetwork jvm(NetworkPlan plan) {
    JvmNetwork network = new JvmNetwork(plan);
    network.loadParams(plan.initialParams(3));
    network.loadStatistics(plan.initialStatistics());
    return network;
  }

  /** Laid out as the answer to all steps at once. */
  private static float[] stepByStep(NetworkPlan plan, Evaluator network) {
    float[] all = new float[SIZE * STEPS * UNITS];
    try (Stepper stepper = new Stepper(plan, network)) {
      States states = stepper.begin(SIZE);
      for (int t = 0; t < STEPS; t++) {
        float[] step = stepper.step(batch(t, t + 1).inputs(), states)[0];
        for (int i = 0; i < SIZE; i++) {
          System.arraycopy(step, i * UNITS, all, (i * STEPS + t) * UNITS, UNITS);
        }
      }
    }
    return all;
  }

  @Test
  void rows_selectedAndReordered_goOnFromTheirOwnStates() {
    NetworkPlan plan = plan("lstm: {units: 6}", "gru: {units: 3}");
    try (Stepper stepper = new Stepper(plan, network(plan))) {
      States states = stepper.begin(SIZE);
      stepper.step(batch(0, 1).inputs(), states);
      States chosen = states.rows(2, 0, 2, 1);
      float[] next = stepper.step(new float[][] {{1, 1, 4, 1}}, chosen)[0];
      States plain = states.rows(0, 1, 2);
      float[] expected = stepper.step(new float[][] {{1, 1, 1}}, plain)[0];

      assertArrayEquals(row(expected, 2), row(next, 0), (float) ROUNDING);
      assertArrayEquals(row(expected, 0), row(next, 1), (float) ROUNDING);
      assertArrayEquals(row(expected, 1), row(next, 3), (float) ROUNDING);
      assertTrue(Math.abs(row(expected, 2)[0] - row(next, 2)[0]) > 1e-4, "another word");
    }
  }

  private static float[] row(float[] rows, int i) {
    return Arrays.copyOfRange(rows, i * UNITS, (i + 1) * UNITS);
  }

  @Test
  void clearedRow_beginsAnew() {
    NetworkPlan plan = plan("lstm: {units: 6}");
    try (Stepper stepper = new Stepper(plan, network(plan))) {
      States states = stepper.begin(SIZE);
      float[] first = stepper.step(batch(0, 1).inputs(), states)[0];
      states.clear(1);
      float[] again = stepper.step(batch(0, 1).inputs(), states)[0];

      assertArrayEquals(row(first, 1), row(again, 1), (float) ROUNDING);
      assertTrue(Math.abs(row(first, 0)[0] - row(again, 0)[0]) > 1e-4);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "simpleRnn: {units: 6}",
        "gru: {units: 6}",
        "lstm: {units: 6}",
        "convolution: {filters: 6, kernel: 4, padding: 'causal'}"
      })
  void statesAfterAPaddedWindow_areThoseOfEachRowsEnd(String layer) {
    NetworkPlan plan = plan(layer);
    try (TorchNetwork network = network(plan)) {
      States padded = States.zeros(SIZE, plan.stateWidths());
      MiniBatch batch = batch(0, STEPS);
      int[][] lengths = {{2, STEPS, 4}};
      network.output(new MiniBatch(SIZE, batch.inputs(), lengths, null, null).from(padded));
      States two = States.zeros(SIZE, plan.stateWidths());
      network.output(batch(0, 2).from(two));
      States four = States.zeros(SIZE, plan.stateWidths());
      network.output(batch(0, 4).from(four));

      for (int k = 0; k < padded.values().length; k++) {
        assertArrayEquals(two.rows(0).values()[k], padded.rows(0).values()[k], (float) ROUNDING);
        assertArrayEquals(four.rows(2).values()[k], padded.rows(2).values()[k], (float) ROUNDING);
      }
    }
  }

  @Test
  void network_thatLooksAtLaterSteps_isRefusedByName() {
    for (String layer :
        List.of(
            "bidirectional: {name: 'both', layer: {gru: {units: 3}}}",
            "convolution: {name: 'both', filters: 3, kernel: 3, padding: 'same'}",
            "attention: {name: 'both', causal: true}",
            "globalMaxPooling: {name: 'both'}")) {
      NetworkPlan plan = plan(layer);
      try (TorchNetwork network = network(plan)) {
        IllegalArgumentException refused =
            assertThrows(IllegalArgumentException.class, () -> new Stepper(plan, network));
        assertTrue(refused.getMessage().startsWith("layer 'both' "), refused.getMessage());
      }
    }
    NetworkPlan fixed =
        Networks.of("lstm: {units: 3}", "output: {loss: 'crossEntropy', units: 2}")
            .plan(Map.of("x", Shape.of(4, 2)), List.of());
    assertEquals(
        "the network has no sequences of any length to go along, its inputs are {x=[4, 2]}; give"
            + " one the shape [time] or [time, features]",
        assertThrows(IllegalArgumentException.class, fixed::stateWidths).getMessage());
  }
}
