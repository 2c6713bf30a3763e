package dev.braid.worker.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.torch.TorchNetwork;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks on the jvm engine as a whole: what runs through them, and what they are asked for. */
class JvmNetworkTest {
  private static final Shape FEATURES = Shape.of(7);

  private static NetworkPlan plan(Shape input, String... layers) {
    return Networks.of(layers).plan(Map.of("input", input), List.of());
  }

  private static NetworkPlan plan(Map<String, Shape> inputs, String... layers) {
    return Networks.of(layers).plan(inputs, List.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "identity",
        "relu",
        "leakyRelu",
        "relu6",
        "elu",
        "selu",
        "gelu",
        "sigmoid",
        "hardSigmoid",
        "hardSigmoid5",
        "tanh",
        "hardTanh",
        "softmax",
        "softplus",
        "softsign",
        "swish",
        "mish",
        "exponential"
      })
  void dense_isAsOnTorch_underEachActivation(String activation) {
    Oracle.check(
        Oracle.around(FEATURES, "dense: {units: 5, activation: '" + activation + "'}"), 6, 3);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "17, 31, 1", "64, 10, 13", "3, 16, 16", "100, 1, 33"})
  void dense_isAsOnTorch_onAwkwardSizes(int features, int units, int size) {
    Oracle.check(
        plan(
            Shape.of(features),
            "dense: {units: 8, activation: 'relu', bias: false}",
            "dense: {units: " + units + "}",
            "output: {loss: 'crossEntropy', units: 7, bias: false}"),
        size,
        5);
  }

  @ParameterizedTest
  @CsvSource({
    "crossEntropy, identity",
    "binaryCrossEntropy, identity",
    "meanSquared, identity",
    "meanSquared, softmax",
    "meanAbsolute, tanh",
    "huber, sigmoid",
    "hinge, tanh",
    "squaredHinge, identity",
    "poisson, exponential",
    "cosine, identity",
    "klDivergence, softmax"
  })
  void output_isAsOnTorch_underEachLoss(String loss, String activation) {
    String written =
        activation.equals("identity")
            ? "output: {loss: '%s', units: 4}".formatted(loss)
            : "output: {loss: '%s', units: 4, activation: '%s'}".formatted(loss, activation);
    Oracle.check(plan(FEATURES, "dense: {units: 5, activation: 'tanh'}", written), 6, 7);
  }

  @Test
  void output_withoutProjection_isOfWhatIsRead() {
    Oracle.check(
        plan(
            FEATURES,
            "dense: {units: 3}",
            "output: {loss: 'meanSquared', projection: false, activation: 'softmax'}"),
        5,
        2);
  }

  @Test
  void severalInputsAndOutputs_areAsOnTorch_alsoOfOneLayer() {
    Map<String, Shape> inputs = new LinkedHashMap<>();
    inputs.put("left", Shape.of(4));
    inputs.put("right", Shape.of(2, 3));
    Oracle.check(
        plan(
            inputs,
            "dense: {name: 'a', units: 6, activation: 'relu', from: 'left'}",
            "flatten: {name: 'b', from: 'right'}",
            "dense: {name: 'c', units: 6, from: 'b'}",
            "output: {name: 'one', loss: 'crossEntropy', units: 3, from: 'a', weight: 0.5}",
            "output: {name: 'two', loss: 'meanSquared', units: 2, from: 'a'}",
            "output: {name: 'three', loss: 'meanSquared', projection: false, from: 'c'}",
            "output: {name: 'four', loss: 'huber', projection: false, from: 'c', weight: 3}"),
        5,
        4);
  }

  @Test
  void missingLabels_countNothing() {
    NetworkPlan plan =
        plan(FEATURES, "dense: {units: 3}", "output: {loss: 'crossEntropy', units: 4}");
    MiniBatch batch = Oracle.batch(plan, 6, 8);
    batch.labels()[0][1] = Float.NaN;
    batch.labels()[0][4] = Float.NaN;
    Oracle.check(plan, batch, 8);
  }

  @Test
  void weightsOfLabels_weigh() {
    NetworkPlan plan =
        plan(FEATURES, "dense: {units: 3}", "output: {loss: 'crossEntropy', units: 4}");
    MiniBatch plain = Oracle.batch(plan, 3, 8);
    MiniBatch batch = new MiniBatch(3, plain.inputs(), plain.labels(), new float[] {0.5f, 3, 1});
    Oracle.check(plan, batch, 8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "a b", "a b c", "last"})
  void frozenLayers_getNoGradient_andOthersDo(String frozen) {
    NetworkPlan plan =
        plan(
            FEATURES,
            "dense: {name: 'a', units: 5, activation: 'gelu'}",
            "dense: {name: 'b', units: 5, activation: 'relu'}",
            "dense: {name: 'c', units: 5, activation: 'tanh'}",
            "output: {name: 'last', loss: 'crossEntropy', units: 3}");
    Oracle.check(plan, Oracle.batch(plan, 5, 6), 6, Set.of(frozen.split(" ")));
  }

  @Test
  void sharedWeights_sumTheirGradients() {
    Oracle.check(
        plan(
            FEATURES,
            "dense: {name: 'a', units: 7, activation: 'tanh'}",
            "dense: {units: 7, activation: 'relu', weights: {of: 'a'}}",
            "dense: {units: 7, weights: {of: 'a'}}",
            "output: {loss: 'meanSquared', units: 2}"),
        5,
        6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", padding: true"})
  void embeddings_areAsOnTorch(String padding) {
    for (Shape shape : List.of(Shape.of(5), Shape.ragged())) {
      Oracle.check(
          plan(
              shape,
              "embedding: {size: 9, dimension: 3, pool: 'mean'" + padding + "}",
              "output: {loss: 'meanSquared', units: 2}"),
          4,
          3);
      Oracle.check(
          plan(
              shape,
              "embedding: {size: 9, dimension: 3" + padding + "}",
              "dense: {units: 4, activation: 'tanh'}",
              "output: {loss: 'crossEntropy', units: 3}"),
          4,
          3);
    }
  }

  @Test
  void sequencesOfAnyLength_goThroughLayersOfEachStep() {
    Oracle.check(
        plan(
            Shape.ragged(3),
            "dense: {units: 6, activation: 'softmax'}",
            "output: {loss: 'crossEntropy', units: 3}"),
        5,
        2);
  }

  @Test
  void reshapedNumbers_areTheSameNumbers() {
    Oracle.check(
        plan(
            Shape.of(4, 3),
            "flatten: {}",
            "dense: {name: 'a', units: 6}",
            "reshape: {name: 'b', shape: [2, 3]}",
            "dense: {name: 'c', units: 2, activation: 'relu', from: 'b'}",
            "flatten: {name: 'd'}",
            "output: {loss: 'meanSquared', units: 2, from: 'd'}",
            "output: {name: 'two', loss: 'meanSquared', units: 1, from: 'a'}"),
        3,
        9);
  }

  @ParameterizedTest
  @ValueSource(floats = {9, -1, 2.5f, Float.NaN})
  void indexThatIsNone_isRefusedInTheSameWords(float index) {
    NetworkPlan plan =
        plan(
            Shape.of(2),
            "embedding: {name: 'words', size: 9, dimension: 3, pool: 'mean'}",
            "output: {loss: 'meanSquared', units: 1}");
    MiniBatch batch = MiniBatch.unlabelled(1, new float[] {3, index});
    JvmNetwork jvm = new JvmNetwork(plan);
    jvm.loadParams(plan.initialParams(1));
    try (TorchNetwork torch = new TorchNetwork(plan)) {
      torch.loadParams(plan.initialParams(1));
      assertEquals(
          assertThrows(IllegalArgumentException.class, () -> torch.output(batch)).getMessage(),
          assertThrows(IllegalArgumentException.class, () -> jvm.output(batch)).getMessage());
    }
  }

  @Test
  void networkThatSharesWeights_answersAlike_andSeesThemChange() {
    NetworkPlan plan =
        plan(FEATURES, "dense: {units: 3}", "output: {loss: 'crossEntropy', units: 4}");
    JvmNetwork one = new JvmNetwork(plan);
    one.loadParams(plan.initialParams(1));
    JvmNetwork other = one.sharingWeights();
    MiniBatch batch = Oracle.batch(plan, 3, 1);

    float[] before = other.output(batch)[0];
    one.loadParams(plan.initialParams(2));

    assertEquals(one.output(batch)[0][0], other.output(batch)[0][0]);
    assertTrue(before[0] != other.output(batch)[0][0]);
  }

  @Test
  void tensorThatLiesInTwoBlocks_isLearnedLikeOthers() {
    NetworkPlan plan =
        plan(
            Shape.of(3),
            "embedding: {size: 8388600, dimension: 2, pool: 'mean'}",
            "dense: {units: 9, activation: 'tanh'}",
            "output: {loss: 'meanSquared', units: 1}");
    Blocks params = Blocks.zeros(plan.layout().numParams());
    long end = params.size();
    for (long i = end - 60; i < end; i++) {
      params.set(i, (float) Math.sin((double) i));
    }
    MiniBatch batch = new MiniBatch(1, new float[][] {{8388599, 3, 8388598}}, new float[][] {{2}});
    JvmNetwork network = new JvmNetwork(plan);
    network.computesIn(params, Blocks.zeros(0));
    Blocks gradients = Blocks.zeros(end);
    double loss = network.gradient(batch, 1, gradients);
    float step = 1e-2f;
    long index = end - 1 - 9 - 1 - 9 - 1; // in the dense layer's weight, behind the first block
    for (long i = Blocks.BLOCK_SIZE - 2; i < Blocks.BLOCK_SIZE + 2; i++) {
      params.set(i, params.get(i) + step);
      double above = network.score(batch).loss();
      params.set(i, params.get(i) - step);
      assertEquals(
          (above - loss) / step, gradients.get(i), 0.05 * Math.abs(above - loss) / step + 1e-3);
    }
    assertTrue(gradients.get(index) != 0);
  }
}
