package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.braid.worker.engine.OptimizedReplica;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.optimizer.LayerRates;
import dev.braid.worker.optimizer.LayerRates.Rate;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.rule.Clipping;
import dev.braid.worker.optimizer.rule.Regularisation;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FrozenLayersTest {
  private static final NetworkPlan PLAN =
      Networks.plan(
          Shape.of(2, 6, 6),
          Target.ofClasses(3),
          "convolution: {filters: 4, kernel: 3, activation: 'relu'}",
          "batchNorm: {}",
          "dropout: {rate: 0.5}",
          "flatten: {}",
          "dense: {units: 8, activation: 'tanh'}",
          "output: {loss: 'crossEntropy'}");
  private static final Rate STAYS = new Rate(1, Rate.NEVER);
  private static final Map<String, Rate> TRUNK =
      Map.of("convolution1", STAYS, "batchNorm1", STAYS, "dropout1", STAYS);

  private static State trained(LayerRates rates, int epochs) {
    UpdateRule rule =
        new UpdateRule(
            new Adam(0.01, null, null, null),
            null,
            new Regularisation(0.01, 0.1),
            new Clipping.ByNorm(0.5),
            rates);
    try (OptimizedReplica replica = new OptimizedReplica(new TorchNetwork(PLAN), rule)) {
      replica.load(first(replica.newState()));
      for (int epoch = 0; epoch < epochs; epoch++) {
        for (int i = 0; i < 3; i++) {
          int step = 3 * epoch + i;
          replica.step(
              GradientsTest.batch(PLAN, 5, step), new StepContext(epoch, step, step, 17L * step));
        }
      }
      State state = replica.newState();
      replica.read(state);
      return state;
    }
  }

  private static State first(State state) {
    state.params().copyFrom(PLAN.initialParams(3));
    state.statistics().copyFrom(PLAN.initialStatistics());
    return state;
  }

  private static Blocks part(State state, String layer) {
    long size =
        PLAN.layout().params().stream()
            .filter(segment -> segment.layer().equals(layer))
            .mapToLong(Segment::size)
            .sum();
    Blocks part = Blocks.zeros(size);
    int at = 0;
    for (Segment segment : PLAN.layout().params()) {
      for (long i = 0; segment.layer().equals(layer) && i < segment.size(); i++) {
        part.set(at++, state.params().get(segment.offset() + i));
      }
    }
    return part;
  }

  @Test
  void frozenLayers_keepTheirBits_andTheirStatistics_whileTheOthersLearn() {
    State before = first(State.zeros(PLAN.layout(), 2));
    State after = trained(new LayerRates(TRUNK), 2);
    assertEquals(part(before, "convolution1"), part(after, "convolution1"));
    assertEquals(part(before, "batchNorm1"), part(after, "batchNorm1"));
    assertEquals(before.statistics(), after.statistics());
    assertNotEquals(part(before, "dense1"), part(after, "dense1"));
    assertNotEquals(part(before, "output1"), part(after, "output1"));
    long numFrozen = part(before, "convolution1").size() + part(before, "batchNorm1").size();
    for (Blocks slot : after.slots()) {
      for (long i = 0; i < numFrozen; i++) {
        assertEquals(0, slot.get(i));
      }
    }
  }

  @Test
  void unfrozenLayers_learnFromTheirEpochOn() {
    LayerRates rates =
        new LayerRates(
            Map.of("convolution1", STAYS, "batchNorm1", new Rate(1, 1), "dropout1", STAYS));
    State before = first(State.zeros(PLAN.layout(), 2));
    State one = trained(rates, 1);
    State two = trained(rates, 2);
    assertEquals(part(before, "batchNorm1"), part(one, "batchNorm1"));
    assertEquals(before.statistics(), one.statistics());
    assertNotEquals(part(before, "batchNorm1"), part(two, "batchNorm1"));
    assertNotEquals(before.statistics(), two.statistics());
    assertEquals(part(before, "convolution1"), part(two, "convolution1"));
  }

  @Test
  void rates_multiplyTheStep() {
    State before = first(State.zeros(PLAN.layout(), 0));
    State plain = step(LayerRates.ALL_ALIKE);
    State slow = step(new LayerRates(Map.of("dense1", new Rate(0.25, 0))));
    assertEquals(part(plain, "output1"), part(slow, "output1"));
    Blocks from = part(before, "dense1");
    Blocks full = part(plain, "dense1");
    Blocks quarter = part(slow, "dense1");
    for (int i = 0; i < from.size(); i++) {
      // Differences of floats near 1: their rounding is about 1e-7.
      assertEquals(0.25 * (full.get(i) - from.get(i)), quarter.get(i) - from.get(i), 3e-7);
    }
  }

  private static State step(LayerRates rates) {
    UpdateRule rule = new UpdateRule(new Sgd(0.5), null, null, null, rates);
    try (OptimizedReplica replica = new OptimizedReplica(new TorchNetwork(PLAN), rule)) {
      State state = first(replica.newState());
      replica.load(state);
      replica.step(GradientsTest.batch(PLAN, 5, 1), new StepContext(0, 0, 0, 9));
      replica.read(state);
      return state;
    }
  }

  @Test
  void gradients_ofTheOthers_areAsIfNothingWereFrozen() {
    assertOthersLearnAsBefore(
        Set.of("convolution1", "dense1"),
        Shape.of(2, 6, 6),
        "convolution: {filters: 4, kernel: 3, activation: 'relu'}",
        "flatten: {}",
        "dense: {units: 8, activation: 'tanh'}",
        "output: {loss: 'crossEntropy'}");
  }

  @Test
  void gradients_throughAFrozenLayerWithOneOfItsOwn_areAsIfNothingWereFrozen() {
    assertOthersLearnAsBefore(
        Set.of("gru2"),
        Shape.of(5, 3),
        "gru: {units: 4}",
        "gru: {units: 3}",
        "gru: {units: 2, returnSequences: false}",
        "output: {loss: 'crossEntropy'}");
  }

  private static void assertOthersLearnAsBefore(Set<String> frozen, Shape shape, String... layers) {
    NetworkPlan plan = Networks.plan(shape, Target.ofClasses(3), layers);
    Blocks all = Blocks.zeros(plan.layout().numParams());
    Blocks some = Blocks.zeros(plan.layout().numParams());
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(plan.initialParams(3));
      network.gradient(GradientsTest.batch(plan, 5, 1), 0, all);
      network.freeze(frozen);
      network.gradient(GradientsTest.batch(plan, 5, 1), 0, some);
      for (Segment segment : plan.layout().params()) {
        boolean learns = !frozen.contains(segment.layer());
        for (long i = segment.offset(); i < segment.offset() + segment.size(); i++) {
          assertEquals(learns ? all.get(i) : 0, some.get(i));
        }
      }
      network.freeze(Set.of());
      network.gradient(GradientsTest.batch(plan, 5, 1), 0, some);
      assertEquals(all, some);
    }
  }
}
