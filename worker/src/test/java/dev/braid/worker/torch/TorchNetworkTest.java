package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchNetworkTest {
  private static final Target THREE = Target.ofClasses(3);

  /** A little of everything that could depend on more than its inputs. */
  private static NetworkPlan everything() {
    return Networks.plan(
        Shape.of(2, 12, 12),
        THREE,
        "convolution: {filters: 6, kernel: 3, activation: 'relu'}",
        "batchNorm: {}",
        "maxPooling: {kernel: 2}",
        "dropout: {rate: 0.4}",
        "reshape: {shape: [15, 10]}",
        "gru: {units: 8}",
        "bidirectional: {layer: {lstm: {units: 6, returnSequences: false}}}",
        "dense: {units: 20, activation: 'gelu'}",
        "dropout: {rate: 0.5}",
        "output: {loss: 'crossEntropy'}");
  }

  private static TorchNetwork loaded(NetworkPlan plan) {
    TorchNetwork network = new TorchNetwork(plan);
    network.loadParams(plan.initialParams(3));
    network.loadStatistics(plan.initialStatistics());
    return network;
  }

  /** Gradients and statistics of {@code numSteps} steps with a plain update in between. */
  private static List<Blocks> train(NetworkPlan plan, int numSteps) {
    List<Blocks> trace = new ArrayList<>();
    try (TorchNetwork network = loaded(plan)) {
      Blocks params = plan.initialParams(3);
      for (int step = 0; step < numSteps; step++) {
        Blocks gradients = Blocks.zeros(params.size());
        network.gradient(GradientsTest.batch(plan, 5 + step % 3, step), step, gradients);
        for (int i = 0; i < params.size(); i++) {
          params.set(i, params.get(i) - 0.1f * gradients.get(i));
        }
        network.loadParams(params);
        trace.add(gradients);
      }
      Blocks statistics = plan.initialStatistics();
      network.readStatistics(statistics);
      trace.add(statistics);
    }
    return trace;
  }

  @Test
  void dense_softmax_matchesHandComputation() {
    NetworkPlan plan =
        Networks.plan(Shape.of(2), Target.ofClasses(2), "output: {loss: 'crossEntropy'}");
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(Blocks.copyOf(1, 2, 3, 4, 0.5f, -0.5f));
      MiniBatch batch = new MiniBatch(1, new float[][] {{1, -1}}, new float[][] {{1}});

      // Logits 1 - 2 + 0.5 and 3 - 4 - 0.5: -0.5 and -1.5, so p = (0.731059, 0.268941).
      assertArrayEquals(new float[] {0.731059f, 0.268941f}, network.output(batch)[0], 1e-6f);
      assertEquals(-Math.log(0.268941), network.score(batch).loss(), 1e-5);

      Blocks gradients = Blocks.zeros(6);
      assertEquals(-Math.log(0.268941), network.gradient(batch, 0, gradients), 1e-5);
      // dLoss/dlogits = p - y = (0.731059, -0.731059), times the inputs.
      float d = 0.731059f;
      assertArrayEquals(new float[] {d, -d, -d, d, d, -d}, gradients.block(0), 1e-6f);
    }
  }

  /** exp(200) is infinite in single precision, and infinity times 0 is not a number. */
  @Test
  void answerThatOverflows_whereTheLabelIsMissing_touchesNeitherLossNorGradient() {
    NetworkPlan plan =
        Networks.plan(Shape.of(1), Target.ofNumbers(1), "output: {loss: 'poisson', bias: false}");
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(Blocks.copyOf(1));
      MiniBatch batch =
          new MiniBatch(2, new float[][] {{0.5f, 200}}, new float[][] {{1, Float.NaN}});
      Blocks gradients = Blocks.zeros(1);

      // exp(wx) - wx at w = 1 and x = 0.5, and x exp(wx) - x.
      assertEquals(Math.exp(0.5) - 0.5, network.gradient(batch, 0, gradients), 1e-6);
      assertEquals(0.5 * Math.exp(0.5) - 0.5, gradients.get(0), 1e-6);
    }
  }

  @Test
  void batchNorm_matchesHandComputation() {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(1),
            Target.ofNumbers(1),
            "batchNorm: {momentum: 0.1, epsilon: 0.25}",
            "output: {loss: 'meanSquared', projection: false}");
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(Blocks.copyOf(2, 1));
      network.loadStatistics(plan.initialStatistics());
      MiniBatch batch =
          new MiniBatch(4, new float[][] {{1, 2, 3, 6}}, new float[][] {{0, 0, 0, 0}});

      // Mean 3, variance 14 / 4 = 3.5; 2 (x - 3) / sqrt(3.75) + 1 = -1.0656, -0.0328, 1, 4.0984.
      double s = Math.sqrt(3.75);
      double expected = 0;
      for (double x : new double[] {1, 2, 3, 6}) {
        expected += Math.pow(2 * (x - 3) / s + 1, 2) / 4;
      }
      assertEquals(expected, network.gradient(batch, 0, Blocks.zeros(2)), 1e-5);

      Blocks statistics = Blocks.zeros(2);
      network.readStatistics(statistics);
      // 0.9 * 0 + 0.1 * 3, and 0.9 * 1 + 0.1 * 14 / 3 (the unbiased variance).
      assertEquals(0.3f, statistics.get(0), 1e-6);
      assertEquals(1.366667f, statistics.get(1), 1e-6);

      float y = (float) (2 * (6 - 0.3) / Math.sqrt(1.366667 + 0.25) + 1);
      assertEquals(y, network.output(batch)[0][3], 1e-5);
    }
  }

  @Test
  void batchNorm_oneExample_usesRunningStatisticsAndLeavesThem() {
    NetworkPlan plan =
        Networks.plan(Shape.of(2), THREE, "batchNorm: {}", "output: {loss: 'crossEntropy'}");
    try (TorchNetwork network = loaded(plan)) {
      network.loadStatistics(Blocks.copyOf(1, 2, 3, 4));
      MiniBatch one = new MiniBatch(1, new float[][] {{5, 6}}, new float[][] {{1}});

      double loss = network.gradient(one, 0, Blocks.zeros(plan.layout().numParams()));

      assertEquals(network.score(one).loss(), loss, 1e-6);
      Blocks statistics = Blocks.zeros(4);
      network.readStatistics(statistics);
      assertEquals(Blocks.copyOf(1, 2, 3, 4), statistics);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // p = sigmoid(x) = 0.880797, 0.268941: -log p[0] - log(1 - p[1]), halved.
    "binaryCrossEntropy, 2, -1, 1, 0, 0.220095",
    "meanSquared, 2, -1, 1, 0, 1",
    "meanAbsolute, 2, -1, 1, 3, 2.5",
    // Errors 0.5 and 4: 0.125 and 3.5.
    "huber, 2, -1, 1.5, 3, 1.8125",
    // 1 - 2 < 0; 1 - 1 (-1 for label 0) = 0; so only the second counts when its sign is wrong.
    "hinge, 2, -1, 1, 1, 1",
    "squaredHinge, 2, -1, 1, 1, 2",
    "squaredHinge, 2, 0.5, -1, 0, 5.625",
    // exp(2) - 3 * 2 and exp(-1) - 0.
    "poisson, 2, -1, 3, 0, 0.878468",
    // softmax(2, -1) = (0.952574, 0.047426); 0.5 log(0.5 / 0.952574) + 0.5 log(0.5 / 0.047426).
    "klDivergence, 2, -1, 0.5, 0.5, 0.855440",
    // 1 - (2 * 1 - 1 * 1) / (sqrt(5) sqrt(2)).
    "cosine, 2, -1, 1, 1, 0.683772"
  })
  void loss_matchesHandComputation(
      String loss, float x0, float x1, float y0, float y1, double expected) {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(2),
            Target.ofNumbers(2),
            "batchNorm: {epsilon: 0.00000000001}",
            "output: {loss: '" + loss + "', projection: false}");
    try (TorchNetwork network = loaded(plan)) {
      MiniBatch batch = new MiniBatch(1, new float[][] {{x0, x1}}, new float[][] {{y0, y1}});

      assertEquals(expected, network.score(batch).loss(), 2e-6);
    }
  }

  @Test
  void missingLabels_countNeitherInTheLossNorInItsGradient() {
    NetworkPlan classes = Networks.plan(Shape.of(2), THREE, "output: {loss: 'crossEntropy'}");
    NetworkPlan numbers =
        Networks.plan(Shape.of(2), Target.ofNumbers(2), "output: {loss: 'meanSquared'}");
    NetworkPlan vectors =
        Networks.plan(Shape.of(2), Target.ofNumbers(2), "output: {loss: 'cosine'}");
    float[][] inputs = {{1, 2, 3, 4, 5, 6}};
    float nan = Float.NaN;

    assertSame(
        classes,
        new MiniBatch(3, inputs, new float[][] {{1, nan, 2}}),
        new MiniBatch(2, new float[][] {{1, 2, 5, 6}}, new float[][] {{1, 2}}));
    assertSame(
        numbers,
        new MiniBatch(3, inputs, new float[][] {{1, 0, nan, nan, 2, 3}}),
        new MiniBatch(2, new float[][] {{1, 2, 5, 6}}, new float[][] {{1, 0, 2, 3}}));
    assertSame(
        vectors,
        new MiniBatch(3, inputs, new float[][] {{1, 0, 1, nan, 2, 3}}),
        new MiniBatch(2, new float[][] {{1, 2, 5, 6}}, new float[][] {{1, 0, 2, 3}}));
  }

  private static void assertSame(NetworkPlan plan, MiniBatch masked, MiniBatch without) {
    try (TorchNetwork network = loaded(plan)) {
      Blocks one = Blocks.zeros(plan.layout().numParams());
      Blocks other = one.copy();
      assertEquals(network.gradient(without, 0, other), network.gradient(masked, 0, one), 1e-6);
      assertArrayEquals(other.block(0), one.block(0), 1e-6f);
    }
  }

  @Test
  void allLabelsMissing_lossAndGradientAreZero() {
    for (String loss : List.of("crossEntropy", "hinge", "klDivergence")) {
      NetworkPlan plan =
          Networks.plan(Shape.of(2), THREE, "output: {loss: '" + loss + "', units: 3}");
      try (TorchNetwork network = loaded(plan)) {
        Blocks gradients = Blocks.zeros(9);
        gradients.set(2, 7);
        MiniBatch batch =
            new MiniBatch(2, new float[][] {{1, 2, 3, 4}}, new float[][] {{Float.NaN, Float.NaN}});

        assertEquals(0, network.gradient(batch, 0, gradients));
        assertArrayEquals(new float[9], gradients.block(0));
      }
    }
  }

  @Test
  void sameStateBatchAndKey_giveTheSameBits() {
    assertEquals(train(everything(), 6), train(everything(), 6));
  }

  @Test
  void dropout_dependsOnTheKeyAlone() {
    NetworkPlan plan = everything();
    try (TorchNetwork network = loaded(plan)) {
      MiniBatch batch = GradientsTest.batch(plan, 8, 1);
      Blocks first = Blocks.zeros(plan.layout().numParams());
      Blocks again = first.copy();
      Blocks other = first.copy();
      network.gradient(batch, 11, first);
      network.gradient(batch, 12, other);
      network.gradient(batch, 11, again);

      assertEquals(first, again);
      assertNotEquals(first, other);
    }
  }

  @Test
  void twoNetworksOnTwoThreads_giveTheSameBitsAsAlone() throws Exception {
    List<Blocks> alone = train(everything(), 30);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<List<Blocks>> one = threads.submit(() -> train(everything(), 30));
      Future<List<Blocks>> other = threads.submit(() -> train(everything(), 30));

      assertEquals(alone, one.get());
      assertEquals(alone, other.get());
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void thousandsOfSteps_keepNativeMemoryFlat() {
    NetworkPlan plan = everything();
    try (TorchNetwork network = loaded(plan)) {
      MiniBatch[] batches = {
        GradientsTest.batch(plan, 32, 1), GradientsTest.batch(plan, 7, 2) // a ragged last one
      };
      Blocks gradients = Blocks.zeros(plan.layout().numParams());
      Blocks params = plan.initialParams(3);
      long before = 0;
      for (int step = 0; step < 900; step++) {
        if (step == 300) {
          before = Pointer.physicalBytes();
        }
        network.loadParams(params);
        network.gradient(batches[step % 2], step, gradients);
        network.score(batches[step % 2]);
      }
      long grown = Pointer.physicalBytes() - before;

      // One activation of 32 x 6 x 10 x 10 floats kept in each step would be 46 MB.
      assertTrue(grown < 25_000_000, "grown by " + grown + " bytes");
    }
  }

  @Test
  void badData_isRefusedWithTheOutputsOrLayersName() {
    NetworkPlan plan = Networks.plan(Shape.of(2), THREE, "output: {loss: 'crossEntropy'}");
    try (TorchNetwork network = loaded(plan)) {
      Blocks gradients = Blocks.zeros(9);
      assertEquals(
          "label 3.0 of output 'output1' is not a class: its 3 units stand for 0 to 2",
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      network.gradient(
                          new MiniBatch(1, new float[][] {{1, 2}}, new float[][] {{3}}),
                          0,
                          gradients))
              .getMessage());
      assertEquals(
          "input 1 needs [2], that is 2 numbers an example, got 3 for 1 examples",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> network.output(new MiniBatch(1, new float[][] {{1, 2, 3}}, null)))
              .getMessage());
    }
    NetworkPlan embedding =
        Networks.plan(
            Shape.of(2),
            THREE,
            "embedding: {size: 5, dimension: 2}",
            "flatten: {}",
            "output: {loss: 'crossEntropy'}");
    try (TorchNetwork network = loaded(embedding)) {
      assertEquals(
          "layer 'embedding1' has vectors for the indices 0 to 4, but its input has 5.0",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> network.output(new MiniBatch(1, new float[][] {{1, 5}}, null)))
              .getMessage());
    }
  }

  @Test
  void tooLittleMemory_saysWhereAndWhatToChange() {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(1, 1, 1),
            Target.ofClasses(2),
            "zeroPadding: {padding: 23000}",
            "globalMaxPooling: {}",
            "output: {loss: 'crossEntropy'}");
    try (TorchNetwork network = loaded(plan)) {
      // 20,000 times 8 GB are more than a process can address.
      MiniBatch batch = new MiniBatch(20_000, new float[][] {new float[20_000]}, null);

      String message =
          assertThrows(IllegalStateException.class, () -> network.output(batch)).getMessage();

      assertTrue(
          message.startsWith(
              "not enough native memory in layer 'zeroPadding1' for a mini-batch of 20000"
                  + " examples; use a smaller batchSize"),
          message);
    }
  }
}
