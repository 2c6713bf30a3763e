package dev.braid.worker.jvm;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.DoubleLoss;
import dev.braid.worker.engine.GradientCheck;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Gradients of the jvm engine, held to finite differences in double precision. */
class JvmGradientTest {
  private static NetworkPlan plan() {
    return Networks.of(
            "dense: {units: 6, activation: 'tanh'}",
            "batchNorm: {}",
            "dropout: {rate: 0.5}",
            "lstm: {units: 5}",
            "attentionPooling: {units: 4}",
            "output: {loss: 'crossEntropy', units: 3}")
        .plan(Map.of("input", Shape.ragged(4)), List.of());
  }

  @Test
  void check_ofRightGradients_passes() {
    NetworkPlan plan = plan();
    GradientCheck.Report report =
        NetworkEngine.named("jvm").checkGradients(plan, Oracle.batch(plan, 4, 1), 3);
    assertTrue(report.passed(), report.toString());
    assertTrue(report.largestError() > 1e-12, "computed in floats");
    report.tensors().forEach(t -> assertTrue(t.checked() >= Math.min(4, t.size()), t.toString()));
  }

  /** As if one engine computed another function than the other. */
  @Test
  void check_ofTheGradientOfAnotherMiniBatch_fails() {
    NetworkPlan plan = plan();
    MiniBatch batch = Oracle.batch(plan, 4, 1);
    MiniBatch other = Oracle.batch(plan, 4, 1);
    other.inputs()[0][0] += 0.01f;
    Blocks params = plan.initialParams(3);
    DoubleLoss exact = NetworkEngine.named("torch").doubleLoss(plan, params, batch).orElseThrow();
    try (JvmGradient gradient = new JvmGradient(exact, plan, other)) {
      assertFalse(GradientCheck.of(plan.layout(), 1e-5, 3).run(gradient).passed());
    }
  }
}
