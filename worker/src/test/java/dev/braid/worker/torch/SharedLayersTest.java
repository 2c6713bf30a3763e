package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.GradientCheck;
import dev.braid.worker.engine.OptimizedReplica;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.LayerRates;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.rule.Regularisation;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One set of parameters in several places of a network. */
class SharedLayersTest {
  private static final Target THREE = Target.ofClasses(3);

  /** Two towers, the second of which has the weights of the first where {@code shares}. */
  private static NetworkPlan towers(boolean shares) {
    Map<String, Shape> inputs = new LinkedHashMap<>();
    inputs.put("left", Shape.of(6, 4));
    inputs.put("right", Shape.of(6, 4));
    return Networks.of(
            tower("left", 1, false),
            tower("left", 2, false),
            tower("left", 3, false),
            tower("left", 4, false),
            tower("right", 1, shares),
            tower("right", 2, shares),
            tower("right", 3, shares),
            tower("right", 4, shares),
            "multiply: {from: ['left4', 'right4']}",
            "output: {loss: 'crossEntropy'}")
        .plan(inputs, List.of(THREE));
  }

  private static String tower(String side, int part, boolean shares) {
    String of = shares ? ", weights: {of: 'left" + part + "'}" : "";
    String from = part == 1 ? side : side + (part - 1);
    String settings = ", name: '" + side + part + "', from: '" + from + "'" + of + "}";
    return switch (part) {
      case 1 -> "convolution: {filters: 5, kernel: 3, activation: 'tanh'" + settings;
      case 2 -> "layerNorm: {epsilon: 0.001" + settings;
      case 3 -> "bidirectional: {layer: {gru: {units: 3}}, merge: 'sum'" + settings;
      default -> "gru: {units: 2, returnSequences: false" + settings;
    };
  }

  private static Map<String, float[]> tensors(NetworkPlan plan, Blocks vector) {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    for (Segment segment : plan.layout().params()) {
      float[] values = new float[(int) segment.size()];
      vector.read(segment.offset(), values, values.length);
      tensors.put(segment.name(), values);
    }
    return tensors;
  }

  private static Blocks gradient(NetworkPlan plan, Blocks params, MiniBatch batch) {
    Blocks gradient = Blocks.zeros(plan.layout().numParams());
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(params);
      network.loadStatistics(plan.initialStatistics());
      network.gradient(batch, 1, gradient);
    }
    return gradient;
  }

  @Test
  void gradient_ofSharedWeights_isTheSumOfThePlaces() {
    NetworkPlan one = towers(true);
    NetworkPlan two = towers(false);
    MiniBatch batch = GradientsTest.batch(one, 5, 3);
    Blocks params = one.initialParams(7);
    Map<String, float[]> values = tensors(one, params);
    Blocks doubled = Blocks.zeros(two.layout().numParams());
    for (Segment segment : two.layout().params()) {
      float[] same = values.get(segment.name().replace("right", "left"));
      doubled.write(segment.offset(), same, same.length);
    }

    Map<String, float[]> shared = tensors(one, gradient(one, params, batch));
    Map<String, float[]> apart = tensors(two, gradient(two, doubled, batch));

    shared.forEach(
        (name, gradient) -> {
          float[] left = apart.get(name);
          float[] right = apart.getOrDefault(name.replace("left", "right"), left);
          for (int i = 0; i < gradient.length; i++) {
            float sum = name.startsWith("left") ? left[i] + right[i] : left[i];
            assertEquals(sum, gradient[i], 1e-6, name);
          }
        });
    assertTrue(Math.abs(apart.get("right1.weight")[0]) > 1e-4, "the second place counts");
  }

  @Test
  void gradient_ofSharedWeights_agreesWithFiniteDifferences() {
    NetworkPlan plan = towers(true);

    GradientCheck.Report report = TorchLoss.check(plan, GradientsTest.batch(plan, 3, 1), 5);

    assertTrue(report.passed(), () -> "" + report);
  }

  @Test
  void gradient_ofATableThatIsTheOutputsWeightToo_agreesWithFiniteDifferences() {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(4),
            new Target(4, 7),
            "embedding: {size: 7, dimension: 5, name: 'words'}",
            "gru: {units: 5}",
            "output: {loss: 'crossEntropy', weights: {of: 'words'}}");
    SplitMix random = SplitMix.stream(3);
    float[][] rows = new float[2][8];
    for (float[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = random.nextInt(7);
      }
    }
    MiniBatch batch = new MiniBatch(2, new float[][] {rows[0]}, new float[][] {rows[1]});

    assertEquals(
        List.of("words.weight", "output1.bias"),
        plan.layout().params().stream()
            .map(Segment::name)
            .filter(name -> !name.startsWith("gru"))
            .toList());
    GradientCheck.Report report = TorchLoss.check(plan, batch, 5);
    assertTrue(report.passed(), () -> "" + report);
  }

  @Test
  void step_decaysSharedWeightsOnce() {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(4),
            THREE,
            "dense: {units: 4, name: 'a', activation: 'tanh'}",
            "dense: {units: 4, weights: {of: 'a'}}",
            "output: {loss: 'crossEntropy'}");
    MiniBatch batch = GradientsTest.batch(plan, 3, 2);
    Blocks params = plan.initialParams(3);
    Blocks gradient = gradient(plan, params, batch);
    UpdateRule rule =
        new UpdateRule(
            new Sgd(0.5), null, new Regularisation(null, 0.1), null, LayerRates.ALL_ALIKE);

    State state;
    try (OptimizedReplica replica = new OptimizedReplica(new TorchNetwork(plan), rule)) {
      state = replica.newState();
      state.params().copyFrom(params);
      replica.load(state);
      replica.step(batch, new StepContext(0, 0, 0, 1));
      replica.read(state);
    }

    for (int i = 0; i < 16; i++) {
      double expected = params.get(i) - 0.5 * (gradient.get(i) + 0.1 * params.get(i));
      assertEquals(expected, state.params().get(i), 1e-6);
    }
  }

  @Test
  void frozenLayer_isFrozenInAllItsPlaces() {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(4),
            THREE,
            "batchNorm: {name: 'a'}",
            "dense: {units: 4}",
            "batchNorm: {weights: {of: 'a'}}",
            "output: {loss: 'crossEntropy'}");
    LayerRates rates = new LayerRates(Map.of("a", new LayerRates.Rate(1, LayerRates.Rate.NEVER)));
    UpdateRule rule = new UpdateRule(new Sgd(0.5), null, null, null, rates);
    try (OptimizedReplica replica = new OptimizedReplica(new TorchNetwork(plan), rule)) {
      State state = replica.newState();
      State first = plan.initialState(1);
      state.params().copyFrom(first.params());
      state.statistics().copyFrom(first.statistics());
      replica.load(state);
      replica.step(GradientsTest.batch(plan, 5, 1), new StepContext(0, 0, 0, 1));
      replica.read(state);

      assertEquals(first.statistics(), state.statistics());
      assertEquals(
          List.of(1f, 1f, 1f, 1f),
          List.of(0L, 1L, 2L, 3L).stream().map(state.params()::get).toList());
      assertNotEquals(first.params(), state.params());
    }
  }
}
