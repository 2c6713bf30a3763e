package dev.braid.worker.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.Column;
import dev.braid.worker.data.LabelWeights;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.Shard;
import dev.braid.worker.data.States;
import dev.braid.worker.data.Windows;
import dev.braid.worker.engine.LocalPass.PassResult;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import dev.braid.worker.torch.TorchReplicaSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long sequences are learned from window by window, each from the state the one before left. */
class TruncatedPassTest {
  private static final int SIZE = 6;
  private static final int BATCH_SIZE = 3;
  private static final int NUM_WORDS = 5;
  private static final int[] LENGTHS = {11, 11, 10, 6, 4, 11};

  private static NetworkPlan plan(String layer) {
    return Networks.of(
            "embedding: {size: 5, dimension: 4}",
            layer,
            "output: {loss: 'crossEntropy', units: " + NUM_WORDS + "}")
        .plan(Map.of("words", Shape.ragged()), List.of());
  }

  private static Shard shard() {
    float[][] inputs = new float[SIZE][];
    float[][] labels = new float[SIZE][];
    SplitMix random = SplitMix.stream(3);
    for (int i = 0; i < SIZE; i++) {
      inputs[i] = new float[LENGTHS[i]];
      labels[i] = new float[LENGTHS[i]];
      for (int t = 0; t < LENGTHS[i]; t++) {
        inputs[i][t] = random.nextInt(NUM_WORDS);
        labels[i][t] = random.nextInt(NUM_WORDS);
      }
    }
    return new Shard(
        SIZE,
        new Column[] {Column.ofSequences(1, inputs)},
        new Column[] {Column.ofSequences(1, labels)});
  }

  private static RunSpec spec(NetworkPlan plan, Optimizer optimizer, Integer truncate) {
    return new RunSpec(
        new TorchReplicaSource(plan, new UpdateRule(optimizer)),
        List.of(Normaliser.NONE),
        BATCH_SIZE,
        7,
        LabelWeights.NONE,
        truncate == null ? null : new Windows(truncate, plan.stateWidths()));
  }

  private static LocalPass pass(int cursor, int localSteps, LocalPass.Counts counts) {
    return new LocalPass(0, 0, cursor, localSteps, counts, 1);
  }

  private static final LocalPass.Counts FIRST = new LocalPass.Counts(0, 1, 0);

  @ParameterizedTest
  @ValueSource(strings = {"simpleRnn: {units: 6}", "gru: {units: 6}", "lstm: {units: 6}"})
  void windows_thatLearnNothing_haveTheLossOfTheWholeSequences(String layer) {
    NetworkPlan plan = plan(layer);
    double whole = lossPerLabel(plan, null, shard());
    for (int truncate : new int[] {1, 3, 4, 11, 50}) {
      assertEquals(whole, lossPerLabel(plan, truncate, shard()), 1e-6, "windows of " + truncate);
    }
  }

  @Test
  void windowWithoutLabels_isRememberedAllTheSame() {
    NetworkPlan plan = plan("gru: {units: 6}");
    Shard shard = shard();
    float[][] labels = new float[SIZE][];
    for (int i = 0; i < SIZE; i++) {
      labels[i] = shard.label(0).row(i);
      Arrays.fill(labels[i], 3, Math.min(6, LENGTHS[i]), Float.NaN);
    }
    Shard missing =
        new Shard(
            SIZE, new Column[] {shard.input(0)}, new Column[] {Column.ofSequences(1, labels)});

    assertEquals(lossPerLabel(plan, null, missing), lossPerLabel(plan, 3, missing), 1e-6);
  }

  /** Mean loss over all labels at the first parameters. */
  private static double lossPerLabel(NetworkPlan plan, Integer truncate, Shard shard) {
    RunSpec spec = spec(plan, new Sgd(1e-30), truncate);
    double[] sums = new double[2];
    try (Replica replica = spec.source().create()) {
      replica.load(initial(plan, replica));
      Replica counting =
          new ForwardingReplica(replica) {
            @Override
            public double step(MiniBatch batch, StepContext context) {
              double loss = super.step(batch, context);
              long labels =
                  IntStream.range(0, batch.labels()[0].length)
                      .filter(i -> !Float.isNaN(batch.labels()[0][i]))
                      .count();
              sums[0] += loss * labels;
              sums[1] += labels;
              return loss;
            }
          };
      pass(0, 100, FIRST).run(counting, spec, shard);
    }
    assertEquals((double) numLabels(shard), sums[1]);
    return sums[0] / sums[1];
  }

  private static long numLabels(Shard shard) {
    long labels = 0;
    for (int i = 0; i < SIZE; i++) {
      for (float label : shard.label(0).row(i)) {
        labels += Float.isNaN(label) ? 0 : 1;
      }
    }
    return labels;
  }

  private static State initial(NetworkPlan plan, Replica replica) {
    State state = replica.newState();
    State first = plan.initialState(5);
    state.params().copyFrom(first.params());
    return state;
  }

  @Test
  void window_longerThanAllSequences_isTheStepOfTheWholeMiniBatch() {
    NetworkPlan plan = plan("lstm: {units: 6}");
    assertArrayEquals(
        trained(plan, new Adam(0.01, null, null, null), null, 100),
        trained(plan, new Adam(0.01, null, null, null), 11, 100),
        1e-6f);
  }

  @Test
  void windows_areSteps_fromTheStatesBeforeThem() {
    NetworkPlan plan = plan("gru: {units: 6}");
    RunSpec spec = spec(plan, new Sgd(0.5), 4);
    try (Replica replica = spec.source().create()) {
      replica.load(initial(plan, replica));
      MiniBatch batch = LocalPass.miniBatches(spec, shard(), 0, 0).get(0);
      List<Windows.Window> windows = spec.windows().of(batch);
      States states = States.zeros(batch.size(), plan.stateWidths());
      int[] rows = windows.get(0).rows();
      int step = 0;
      for (Windows.Window window : windows) {
        if (window.rows().length < rows.length) {
          int[] before = rows;
          states =
              states.rows(
                  IntStream.range(0, before.length)
                      .filter(i -> IntStream.of(window.rows()).anyMatch(r -> r == before[i]))
                      .toArray());
          rows = window.rows();
        }
        replica.step(window.batch().from(states), pass(0, 1, FIRST).context(0, step++));
      }
      State byHand = replica.newState();
      replica.read(byHand);
      assertArrayEquals(byHand.params().block(0).clone(), trained(plan, new Sgd(0.5), 4, 1));
    }
  }

  private static float[] trained(
      NetworkPlan plan, Optimizer optimizer, Integer truncate, int miniBatches) {
    RunSpec spec = spec(plan, optimizer, truncate);
    try (Replica replica = spec.source().create()) {
      replica.load(initial(plan, replica));
      pass(0, miniBatches, FIRST).run(replica, spec, shard());
      State state = replica.newState();
      replica.read(state);
      return state.params().block(0).clone();
    }
  }

  @Test
  void everyWindow_countsAsAStep_withItsOwnRandomNumbers() {
    NetworkPlan plan = plan("gru: {units: 6}");
    RunSpec spec = spec(plan, new Adam(0.01, null, null, null), 4);
    List<StepContext> contexts = new ArrayList<>();
    try (Replica replica = spec.source().create()) {
      replica.load(initial(plan, replica));
      Replica recording =
          new ForwardingReplica(replica) {
            @Override
            public double step(MiniBatch batch, StepContext context) {
              contexts.add(context);
              return super.step(batch, context);
            }
          };
      PassResult result =
          pass(0, 100, new LocalPass.Counts(40, 2, 20)).run(recording, spec, shard());
      assertEquals(contexts.size(), result.numSteps());
      assertEquals(SIZE, result.numExamples());
    }
    // Two mini-batches, at least one of which is as long as 11 steps: 3 windows.
    assertTrue(contexts.size() >= 5, "windows: " + contexts.size());
    for (int i = 0; i < contexts.size(); i++) {
      assertEquals(40 + 2 * i, contexts.get(i).step());
      assertEquals(20 + i, contexts.get(i).update());
    }
    assertEquals(
        contexts.size(), new HashSet<>(contexts.stream().map(StepContext::key).toList()).size());
  }

  @Test
  void pass_inTwoRounds_isThePassInOne() {
    NetworkPlan plan = plan("lstm: {units: 6}");
    RunSpec spec = spec(plan, new Adam(0.01, null, null, null), 4);
    MiniBatches miniBatches = LocalPass.miniBatches(spec, shard(), 0, 0);
    try (Replica replica = spec.source().create();
        Replica other = spec.source().create()) {
      replica.load(initial(plan, replica));
      PassResult first = pass(0, 1, FIRST).run(replica, spec, miniBatches);
      State between = replica.newState();
      replica.read(between);
      other.load(between); // as after a resume, on another machine
      pass(1, 1, new LocalPass.Counts(first.numSteps(), 1, first.numSteps()))
          .run(other, spec, miniBatches);
      State last = other.newState();
      other.read(last);
      assertArrayEquals(
          trained(plan, new Adam(0.01, null, null, null), 4, 2), last.params().block(0).clone());
    }
  }
}
