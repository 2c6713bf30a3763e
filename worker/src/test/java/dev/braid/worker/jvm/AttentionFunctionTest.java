package dev.braid.worker.jvm;

import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.shape.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers that weigh the steps of a sequence, against libtorch in double precision. */
class AttentionFunctionTest {
  private static final int FEATURES = 5;

  static Stream<String> layers() {
    return Stream.of(
        "attention: {}",
        "attention: {score: 'dot', causal: true}",
        "attention: {score: 'general'}",
        "attention: {score: 'general', causal: true, from: ['first', 'input', 'first']}",
        "attention: {score: 'additive', units: 17}",
        "attention: {score: 'additive', units: 3, from: ['input', 'first', 'input']}",
        "dense: {name: 'a', units: 4}}, {attention: {from: ['a', 'first', 'input']}",
        "lstm: {name: 'a', units: 3, returnSequences: false}}, {attention: {score: 'additive',"
            + " units: 2, from: ['a', 'first', 'input']}",
        "lstm: {name: 'a', units: 4, returnSequences: false}}, {attention: {from: ['a', 'first']}",
        "multiHeadAttention: {heads: 2}",
        "multiHeadAttention: {heads: 4, causal: true, bias: false}",
        "multiHeadAttention: {heads: 1}}, {multiHeadAttention: {heads: 2, causal: true}",
        "dense: {name: 'a', units: 3}}, {multiHeadAttention: {heads: 2, from: ['first', 'a']}",
        "lstm: {name: 'a', units: 4, returnSequences: false}}, {multiHeadAttention: {heads: 2,"
            + " from: ['a', 'first', 'input']}",
        "attentionPooling: {units: 3}",
        "positionalEncoding: {}}, {attentionPooling: {units: 18}",
        "positionalEncoding: {}");
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
  @MethodSource("layers")
  void example_alone_equalsTheSameInABatch_bitForBit(String layer) {
    Oracle.checkAlone(FEATURES, layer);
  }

  /** Queries of one length, keys of another. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "attention: {from: ['short', 'long']}",
        "attention: {score: 'additive', units: 3, from: ['short', 'long']}",
        "multiHeadAttention: {heads: 2, from: ['short', 'long']}"
      })
  void queriesAndKeys_ofDifferentInputs_areAsOnTorch(String layer) {
    Map<String, Shape> inputs = new LinkedHashMap<>();
    inputs.put("words", Shape.of(3, FEATURES));
    inputs.put("others", Shape.ragged(2));
    NetworkPlan plan =
        Networks.of(
                "dense: {name: 'short', units: 4, from: 'words'}",
                "dense: {name: 'long', units: 4, from: 'others'}",
                layer,
                "output: {loss: 'meanSquared', units: 2}")
            .plan(inputs, List.of());

    Oracle.check(plan, 5, 6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "attention: {score: 'additive', units: 3}",
        "attention: {score: 'general'}",
        "multiHeadAttention: {heads: 2}",
        "attentionPooling: {units: 3}"
      })
  void frozenLayer_passesGradientsOn(String layer) {
    NetworkPlan plan = Oracle.around(Shape.ragged(FEATURES), layer);
    String name = plan.layers().get(1).node().name();

    Oracle.check(plan, Oracle.batch(plan, 4, 5), 5, Set.of(name));
  }

  @Test
  void attention_withManyHeadsAndSteps_isAsOnTorch() {
    NetworkPlan plan =
        Networks.of(
                "dense: {units: 48, activation: 'tanh'}",
                "multiHeadAttention: {heads: 3, causal: true}",
                "attentionPooling: {units: 19}",
                "output: {loss: 'meanSquared', units: 1}")
            .plan(Map.of("input", Shape.of(67, 3)), List.of());

    Oracle.check(plan, 3, 2);
  }
}
