package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Means of word vectors, and what fills up. */
class EmbeddingPoolTest {
  private static final Blocks TABLE = Blocks.copyOf(9, 9, 1, 2, 3, 4, 5, 6);
  private static final float[] TEXTS = {0, 0, 1, 3, 2, 2, 0, 0};

  private static NetworkPlan plan(String settings) {
    return Networks.plan(
        Shape.of(4),
        Target.ofNumbers(settings.contains("mean") ? 2 : 8),
        "embedding: {size: 4, dimension: 2, " + settings + "}",
        "output: {loss: 'meanSquared', projection: false}");
  }

  private static float[] output(NetworkPlan plan) {
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(TABLE);
      return network.output(new MiniBatch(2, new float[][] {TEXTS}, new float[0][]))[0];
    }
  }

  @Test
  void mean_runsOverAllIndices_orOverThoseThatAreNoPadding() {
    assertArrayEquals(
        new float[] {(9 + 9 + 1 + 5) / 4f, (9 + 9 + 2 + 6) / 4f, 6, 6.5f},
        output(plan("pool: 'mean'")));
    assertArrayEquals(new float[] {3, 4, 3, 4}, output(plan("pool: 'mean', padding: true")));
  }

  @Test
  void padding_givesZeros_andItsVectorLearnsNothing() {
    NetworkPlan plan = plan("padding: true");
    assertArrayEquals(new float[] {0, 0, 0, 0, 1, 2, 5, 6, 3, 4, 3, 4, 0, 0, 0, 0}, output(plan));
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(TABLE);
      Blocks gradients = Blocks.zeros(8);
      network.gradient(
          new MiniBatch(2, new float[][] {TEXTS}, new float[][] {new float[16]}), 1, gradients);
      assertEquals(0, gradients.get(0));
      assertEquals(0, gradients.get(1));
      assertEquals(1 * 2 / 16.0, gradients.get(2), 1e-6);
    }
  }

  @Test
  void padding_isZeroInTheFirstWeights_andInThoseFromElsewhere() {
    NetworkPlan plan = plan("padding: true");
    Blocks first = plan.initialParams(7);
    Blocks without = plan("pool: 'none'").initialParams(7);
    for (int i = 0; i < 8; i++) {
      assertEquals(i < 2 ? 0 : without.get(i), first.get(i));
    }
    Blocks learned = TABLE.copy();
    plan.clearPadding(learned);
    assertEquals(Blocks.copyOf(0, 0, 1, 2, 3, 4, 5, 6), learned);
  }

  @Test
  void indexInputs_areThoseThatAnEmbeddingReads() {
    assertEquals(Map.of("input", 4), plan("padding: true").indexInputs());
    assertEquals(
        Map.of(),
        Networks.plan(
                Shape.of(4),
                Target.ofNumbers(2),
                "dense: {units: 3}",
                "output: {loss: 'meanSquared'}")
            .indexInputs());
  }

  @Test
  void textOfPaddingAlone_givesZeros() {
    NetworkPlan plan = plan("pool: 'mean', padding: true");
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(TABLE);
      float[] outputs =
          network.output(new MiniBatch(1, new float[][] {new float[4]}, new float[0][]))[0];
      assertArrayEquals(new float[] {0, 0}, outputs);
    }
  }
}
