package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.States;
import dev.braid.worker.engine.DoubleLoss;
import dev.braid.worker.engine.GradientCheck;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.StateLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences taken window by window, each from the states that the one before has left. */
class CarriedStatesTest {
  private static final int SIZE = 2;
  private static final int FEATURES = 3;
  private static final int STEPS = 7;
  private static final int CUT = 4;

  private static NetworkPlan plan(String layer) {
    return Networks.of(
            layer,
            "dropout: {rate: 0.2}",
            "gru: {units: 4, returnSequences: false}",
            "output: {loss: 'meanSquared', units: 2}")
        .plan(Map.of("x", Shape.ragged(FEATURES)), List.of());
  }

  private static MiniBatch window(int from, int to) {
    float[] all = GradientsTest.gaussians(SIZE * STEPS * FEATURES, SplitMix.stream(4));
    float[] values = new float[SIZE * (to - from) * FEATURES];
    for (int i = 0; i < SIZE; i++) {
      System.arraycopy(
          all,
          (i * STEPS + from) * FEATURES,
          values,
          i * (to - from) * FEATURES,
          (to - from) * FEATURES);
    }
    int[] lengths = new int[SIZE];
    Arrays.fill(lengths, to - from);
    float[][] labels = {{1, 0, 0.5f, 2}};
    return new MiniBatch(SIZE, new float[][] {values}, new int[][] {lengths}, labels, null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "simpleRnn: {units: 4}",
        "convolution: {filters: 4, kernel: 3, padding: 'causal', dilation: 2, activation: 'tanh'}",
        "gru: {units: 4}",
        "lstm: {units: 4}",
        "lstm: {units: 4, peepholes: true}"
      })
  void windows_inTurns_equalTheWholeSequence(String layer) {
    NetworkPlan plan = plan(layer);
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(plan.initialParams(3));
      States whole = States.zeros(SIZE, plan.stateWidths());
      float[] expected = network.output(window(0, STEPS).from(whole))[0];
      States carried = States.zeros(SIZE, plan.stateWidths());
      network.output(window(0, CUT).from(carried));
      float[] found = network.output(window(CUT, STEPS).from(carried))[0];

      assertArrayEquals(expected, found, 1e-6f);
      for (int i = 0; i < whole.values().length; i++) {
        assertArrayEquals(whole.values()[i], carried.values()[i], 1e-6f);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "simpleRnn: {units: 4}",
        "convolution: {filters: 4, kernel: 3, padding: 'causal', dilation: 2, activation: 'tanh'}",
        "gru: {units: 4}",
        "lstm: {units: 4}",
        "lstm: {units: 4, peepholes: true}"
      })
  void gradientOfAWindow_takesItsFirstStateAsGiven(String layer) {
    NetworkPlan plan = plan(layer);
    Blocks params = plan.initialParams(3);
    States carried = States.zeros(SIZE, plan.stateWidths());
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(params);
      network.output(window(0, CUT).from(carried));
    }
    States given = carried.rows(0, 1);
    MiniBatch batch = window(CUT, STEPS).from(carried);
    try (DoubleLoss loss = new Begun(new TorchLoss(plan, params, batch), given, carried)) {
      GradientCheck.Report report = new GradientCheck(1e-7, 12, 1).run(loss);
      assertTrue(report.passed(), () -> "" + report);
    }
    assertNotEquals(0, given.values()[0][0]);
  }

  /** A loss that begins with the given states each time. */
  private record Begun(DoubleLoss network, States given, States states) implements DoubleLoss {
    private void begin() {
      for (int i = 0; i < given.values().length; i++) {
        float[] from = given.values()[i];
        System.arraycopy(from, 0, states.values()[i], 0, from.length);
      }
    }

    @Override
    public StateLayout layout() {
      return network.layout();
    }

    @Override
    public double param(long index) {
      return network.param(index);
    }

    @Override
    public void setParam(long index, double value) {
      network.setParam(index, value);
    }

    @Override
    public double[] gradient() {
      begin();
      return network.gradient();
    }

    @Override
    public void close() {
      network.close();
    }

    @Override
    public double loss() {
      begin();
      return network.loss();
    }
  }
}
