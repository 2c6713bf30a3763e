package dev.braid.worker.jvm;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.States;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers along time and steps of sequences, against libtorch in double precision. */
class RecurrentFunctionTest {
  private static final int FEATURES = 5;

  static Stream<String> layers() {
    return Stream.of(
        "simpleRnn: {units: 3}",
        "simpleRnn: {units: 17, activation: 'relu', returnSequences: false}",
        "gru: {units: 1}",
        "gru: {units: 18}",
        "gru: {units: 16, returnSequences: false}",
        "lstm: {units: 1}",
        "lstm: {units: 17}",
        "lstm: {units: 33, returnSequences: false}",
        "lstm: {units: 7, gates: 'hardSigmoid', returnSequences: false}",
        "lstm: {units: 18, gates: 'hardSigmoid5', peepholes: true}",
        "lstm: {units: 5, peepholes: true}",
        "bidirectional: {layer: {lstm: {units: 3, peepholes: true, returnSequences: false}}}",
        "bidirectional: {layer: {simpleRnn: {units: 3}}}",
        "bidirectional: {layer: {gru: {units: 3}}, merge: 'sum'}",
        "bidirectional: {layer: {gru: {units: 3, returnSequences: false}}}",
        "bidirectional: {layer: {lstm: {units: 19}}}",
        "bidirectional: {layer: {lstm: {units: 3, returnSequences: false}}, merge: 'sum'}",
        "lastStep: {}",
        "gru: {name: 'a', units: 3, returnSequences: false}}, {repeatVector: {from: ['a',"
            + " 'first']}",
        "lastStep: {}}, {repeatVector: {times: 4}",
        "timeDistributed: {layers: [{dense: {units: 3, activation: 'relu'}}, {dense: {units:"
            + " 2}}]}");
  }

  private static NetworkPlan plan(Shape shape, String... layers) {
    return Networks.of(layers).plan(Map.of("input", shape), List.of());
  }

  @ParameterizedTest
  @MethodSource("layers")
  void layer_onSequencesOfAnyLength_isAsOnTorch(String layer) {
    Oracle.check(Oracle.around(Shape.ragged(FEATURES), layer), 7, 3);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void layer_onSequencesOfOneLength_isAsOnTorch(String layer) {
    Oracle.check(Oracle.around(Shape.of(6, FEATURES), layer), 3, 4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "simpleRnn: {units: 4}",
        "gru: {units: 4}",
        "lstm: {units: 17}",
        "lstm: {units: 4, peepholes: true, returnSequences: false}"
      })
  void layer_beginsWithCarriedStates_andLeavesItsLast(String layer) {
    NetworkPlan plan = Oracle.around(Shape.ragged(FEATURES), layer);
    MiniBatch batch = Oracle.batch(plan, 5, 8);
    States states = States.zeros(batch.size(), plan.stateWidths());
    SplitMix random = SplitMix.stream(9);
    for (float[] state : states.values()) {
      for (int i = 0; i < state.length; i++) {
        state[i] = (float) random.nextGaussian() / 2;
      }
    }

    Oracle.check(plan, batch.from(states), 8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"lstm: {units: 3, peepholes: true}", "bidirectional: {layer: {gru: {units: 3}}}"})
  void frozenLayer_passesGradientsOn(String layer) {
    NetworkPlan plan = Oracle.around(Shape.ragged(FEATURES), layer);
    String name = plan.layers().get(1).node().name();

    Oracle.check(plan, Oracle.batch(plan, 4, 5), 5, Set.of(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{lstm: {units: 2, returnSequences: false}}",
        "{bidirectional: {layer: {gru: {units: 2, returnSequences: false}}}}"
      })
  void lettersOfEachWord_areAsOnTorch(String inner) {
    NetworkPlan plan =
        plan(
            Shape.ragged(6),
            "timeDistributed: {layers: [{embedding: {size: 9, dimension: 3}}, " + inner + "]}",
            "bidirectional: {layer: {lstm: {units: 2, returnSequences: false}}}",
            "output: {loss: 'meanSquared', units: 2}");

    Oracle.check(plan, Oracle.batch(plan, 4, 6), 6);
  }

  @Test
  void sequences_ofManyRows_areAsOnTorch() {
    NetworkPlan plan =
        plan(Shape.of(40, 3), "gru: {units: 6}", "output: {loss: 'meanSquared', units: 1}");

    Oracle.check(plan, 20, 2); // more rows than are begun by one product
  }

  @ParameterizedTest
  @MethodSource("layers")
  void example_alone_equalsTheSameInABatch_bitForBit(String layer) {
    Oracle.checkAlone(FEATURES, layer);
  }
}
