package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.DoubleLoss;
import dev.braid.worker.engine.GradientCheck;
import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.loss.CrossEntropy;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.Losses;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer, activation and loss against two-sided finite differences in double precision. */
class GradientsTest {
  private static final Shape IMAGE = Shape.of(4, 7, 9);
  private static final Shape SEQUENCE = Shape.of(6, 4);
  private static final Shape VOLUME = Shape.of(2, 5, 4, 6);
  private static final Target THREE = Target.ofClasses(3);
  private static final String SOFTMAX = "output: {loss: 'crossEntropy'}";

  /** A network for a check: its layers and what it reads. */
  @SuppressWarnings("ArrayRecordComponent")
  record Case(Shape input, String... layers) {
    @Override
    public String toString() {
      return input + " " + String.join(", ", layers);
    }

    Network network() {
      return Networks.of(layers);
    }

    /** More layers before the flatten and the output at the end. */
    Case then(String... more) {
      List<String> all = new ArrayList<>(List.of(layers));
      all.addAll(layers.length - 2, List.of(more));
      return new Case(input, all.toArray(new String[0]));
    }
  }

  private static Case image(String layer) {
    return new Case(IMAGE, layer, "flatten: {}", SOFTMAX);
  }

  private static Case sequence(String layer) {
    return new Case(SEQUENCE, layer, "flatten: {}", SOFTMAX);
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(Shape.of(5), "dense: {units: 4, activation: 'tanh'}", SOFTMAX),
        new Case(Shape.of(5), "dense: {units: 4, bias: false, activation: 'relu'}", SOFTMAX),
        sequence("dense: {units: 3}"),
        image("convolution: {filters: 3, kernel: 3, activation: 'relu'}"),
        image("convolution: {filters: 3, kernel: [2, 4], stride: [2, 1], bias: false}"),
        image("convolution: {filters: 3, kernel: 3, padding: 'same', stride: 2}"),
        image("convolution: {filters: 3, kernel: [2, 3], padding: 'same'}"),
        image("convolution: {filters: 3, kernel: 2, dilation: [3, 2], padding: 1}"),
        image("convolution: {filters: 6, kernel: 3, groups: 2, activation: 'softmax'}"),
        sequence("convolution: {filters: 3, kernel: 3, activation: 'relu'}"),
        sequence("convolution: {filters: 3, kernel: 2, padding: 'same', activation: 'softmax'}"),
        new Case(
            VOLUME,
            "convolution: {filters: 3, kernel: 2, activation: 'elu'}",
            "flatten: {}",
            SOFTMAX),
        new Case(
            VOLUME,
            "convolution: {filters: 2, kernel: [2, 3, 2], padding: 'same', stride: 2}",
            "flatten: {}",
            SOFTMAX),
        image("convolution: {filters: 3, kernel: 1}").then("maxPooling: {kernel: 2}"),
        image("convolution: {filters: 3, kernel: 1}")
            .then("maxPooling: {kernel: 2, stride: 1, padding: 'same'}"),
        image("convolution: {filters: 3, kernel: 1}")
            .then("maxPooling: {kernel: 3, stride: 2, padding: 1}"),
        image("convolution: {filters: 3, kernel: 1}").then("maxPooling: {kernel: 3, padding: 2}"),
        sequence("dense: {units: 3}").then("maxPooling: {kernel: 2}"),
        new Case(
            VOLUME,
            "convolution: {filters: 2, kernel: 1}",
            "maxPooling: {kernel: 2}",
            "flatten: {}",
            SOFTMAX),
        image("convolution: {filters: 3, kernel: 1}").then("averagePooling: {kernel: 2}"),
        image("convolution: {filters: 3, kernel: 1}")
            .then("averagePooling: {kernel: 2, stride: 1, padding: 'same'}"),
        image("convolution: {filters: 3, kernel: 1}")
            .then("averagePooling: {kernel: 3, padding: 1}"),
        sequence("dense: {units: 3}").then("averagePooling: {kernel: 3, stride: 1}"),
        new Case(
            VOLUME,
            "convolution: {filters: 2, kernel: 1}",
            "averagePooling: {kernel: 2, padding: 'same'}",
            "flatten: {}",
            SOFTMAX),
        image("convolution: {filters: 3, kernel: 1}").then("globalMaxPooling: {}"),
        image("convolution: {filters: 3, kernel: 1}").then("globalAveragePooling: {}"),
        sequence("dense: {units: 3}").then("globalMaxPooling: {}"),
        sequence("dense: {units: 3}").then("globalAveragePooling: {}"),
        image("convolution: {filters: 3, kernel: 2}").then("batchNorm: {}"),
        image("convolution: {filters: 3, kernel: 2, bias: false}")
            .then("batchNorm: {epsilon: 0.01}", "activation: {function: 'relu'}"),
        sequence("dense: {units: 3}").then("batchNorm: {}"),
        new Case(Shape.of(5), "dense: {units: 4}", "batchNorm: {}", SOFTMAX),
        sequence("dense: {units: 3}").then("layerNorm: {}"),
        new Case(Shape.of(5), "dense: {units: 4}", "layerNorm: {}", SOFTMAX),
        new Case(Shape.of(5), "dense: {units: 4}", "dropout: {rate: 0.5}", SOFTMAX),
        sequence("simpleRnn: {units: 5}"),
        sequence("simpleRnn: {units: 5, activation: 'relu', returnSequences: false}"),
        sequence("gru: {units: 5}"),
        sequence("gru: {units: 5, returnSequences: false}"),
        sequence("lstm: {units: 5}"),
        sequence("lstm: {units: 5, returnSequences: false}"),
        sequence("lstm: {units: 5, peepholes: true}"),
        sequence("lstm: {units: 3}").then("lstm: {units: 2}"),
        sequence("bidirectional: {layer: {simpleRnn: {units: 3}}}"),
        sequence("bidirectional: {layer: {gru: {units: 3}}, merge: 'sum'}"),
        sequence("bidirectional: {layer: {lstm: {units: 3}}}"),
        sequence("bidirectional: {layer: {lstm: {units: 3, returnSequences: false}}}"),
        sequence("bidirectional: {merge: 'sum', layer: {gru: {units: 3, returnSequences: false}}}"),
        sequence("dense: {units: 3}").then("lastStep: {}"),
        sequence("dense: {units: 3}").then("attentionPooling: {units: 4}"),
        sequence("dense: {units: 3}").then("attention: {score: 'additive', units: 4}"),
        sequence("dense: {units: 3}")
            .then("attention: {score: 'general', causal: true, from: ['dense1', 'input']}"),
        sequence("dense: {units: 3}").then("attention: {score: 'dot'}", "positionalEncoding: {}"),
        sequence("multiHeadAttention: {heads: 2, causal: true}"),
        sequence("dense: {name: 'a', units: 3}")
            .then("multiHeadAttention: {heads: 2, from: ['input', 'a']}"),
        sequence("gru: {units: 3, returnSequences: false}").then("repeatVector: {times: 3}"),
        sequence("timeDistributed: {layers: [{dense: {units: 3}}, {layerNorm: {}}]}"),
        new Case(
            Shape.of(3, 2, 5, 5),
            "timeDistributed: {layers: [{convolution: {filters: 2, kernel: 3}}, {flatten: {}}]}",
            "flatten: {}",
            SOFTMAX),
        image("convolution: {filters: 3, kernel: 1}").then("reshape: {shape: [9, 21]}"),
        image("convolution: {filters: 3, kernel: 1}").then("zeroPadding: {padding: [1, 2]}"),
        sequence("dense: {units: 3}").then("zeroPadding: {padding: 2}", "gru: {units: 2}"),
        image("convolution: {filters: 2, kernel: 1}").then("upsampling: {factor: 2}"),
        sequence("dense: {units: 3}").then("upsampling: {factor: 2}"),
        // A residual block, a branching block with groups of its own, a gate.
        image("convolution: {name: 'a', filters: 3, kernel: 1}")
            .then(
                "convolution: {filters: 3, kernel: 3, padding: 'same', activation: 'relu'}",
                "batchNorm: {name: 'b'}",
                "add: {from: ['a', 'b']}"),
        image("convolution: {name: 'a', filters: 3, kernel: 1}")
            .then(
                "convolution: {name: 'b', from: 'input', filters: 2, kernel: 3, padding: 'same'}",
                "maxPooling: {name: 'c', from: 'input', kernel: 3, stride: 1, padding: 'same'}",
                "concatenate: {from: ['a', 'b', 'c']}"),
        sequence("dense: {name: 'a', units: 3}")
            .then(
                "dense: {name: 'b', from: 'input', units: 3, activation: 'sigmoid'}",
                "multiply: {from: ['a', 'b', 'a']}",
                "concatenate: {from: ['multiply1', 'input']}"),
        // Joins and what is done with single numbers or vectors.
        sequence("dense: {name: 'a', units: 3}")
            .then(
                "dense: {name: 'b', from: 'input', units: 3}",
                "subtract: {from: ['a', 'b']}",
                "absolute: {}",
                "average: {from: ['absolute1', 'a', 'b']}",
                "maximum: {from: ['average1', 'b']}",
                "l2Normalise: {}"),
        image("convolution: {filters: 3, kernel: 1}").then("l2Normalise: {}"),
        // Layers with a gradient of their own, behind and beside each other.
        sequence("dense: {name: 'a', units: 3}")
            .then(
                "gru: {name: 'b', units: 3}",
                "gru: {name: 'c', from: 'a', units: 3}",
                "add: {name: 'd', from: ['a', 'b', 'c']}",
                "bidirectional: {name: 'e', layer: {gru: {units: 2}}}",
                "gru: {name: 'f', from: 'b', units: 2}",
                "concatenate: {from: ['e', 'f', 'a']}"));
  }

  /** A fixed pseudo-random mini-batch that fits the plan. */
  static MiniBatch batch(NetworkPlan plan, int size, long seed) {
    SplitMix random = SplitMix.stream(seed);
    float[][] inputs =
        plan.inputs().values().stream()
            .map(shape -> gaussians(size * shape.size(), random))
            .toArray(float[][]::new);
    float[][] labels =
        plan.outputs().stream().map(output -> labels(output, size, random)).toArray(float[][]::new);
    return new MiniBatch(size, inputs, labels);
  }

  static float[] gaussians(int length, SplitMix random) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] labels(OutputPlan output, int size, SplitMix random) {
    float[] labels = new float[size * output.labelWidth()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] =
          switch (output.loss().name()) {
            case "binaryCrossEntropy", "hinge", "squaredHinge" -> random.nextInt(2);
            case "poisson" -> random.nextInt(5);
            case "klDivergence" -> (float) random.nextDouble();
            default ->
                output.labels() == OutputPlan.Labels.NUMBERS
                    ? (float) random.nextGaussian()
                    : random.nextInt(output.numUnits());
          };
    }
    return labels;
  }

  private static void assertAgrees(NetworkPlan plan, MiniBatch batch) {
    GradientCheck.Report report = TorchLoss.check(plan, batch, 5);
    assertTrue(report.passed(), () -> "" + report);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void layer_agreesWithFiniteDifferences(Case example) {
    NetworkPlan plan = example.network().plan(Map.of("input", example.input), List.of(THREE));

    assertAgrees(plan, batch(plan, 3, 1));
  }

  @Test
  void cases_haveEveryLayer() {
    Set<String> seen =
        cases()
            .flatMap(example -> example.network().layers().stream())
            .map(Layer::kind)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    seen.addAll(Set.of("embedding", "oneHot")); // have tests of their own: they read indices

    Set<String> all =
        Stream.of(Layer.class.getPermittedSubclasses())
            .flatMap(
                type ->
                    type.isInterface() ? Stream.of(type.getPermittedSubclasses()) : Stream.of(type))
            .map(type -> type.getAnnotation(JsonTypeName.class).value())
            .collect(Collectors.toSet());
    assertTrue(seen.containsAll(all), () -> all + " but only " + seen);
  }

  /** Else a block would share all its weights but those of this layer. */
  @Test
  void everyLayerWithParameters_canShareThem() {
    cases()
        .flatMap(
            example ->
                example
                    .network()
                    .plan(Map.of("input", example.input), List.of(THREE))
                    .layers()
                    .stream())
        .filter(plan -> !plan.parameters().isEmpty())
        .forEach(plan -> assertNotNull(plan.layer().weights(), plan.node().kind()));
  }

  @Test
  void embedding_agreesWithFiniteDifferences() {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(5),
            THREE,
            "embedding: {size: 9, dimension: 4}",
            "gru: {units: 3, returnSequences: false}",
            SOFTMAX);

    assertAgrees(
        plan,
        new MiniBatch(2, new float[][] {{0, 3, 3, 8, 1, 2, 0, 0, 7, 5}}, new float[][] {{2, 0}}));
  }

  @Test
  void oneHot_isTheEmbeddingWhoseTableIsTheIdentity() {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(3),
            THREE,
            "oneHot: {size: 4}",
            "gru: {units: 3, returnSequences: false}",
            SOFTMAX);
    MiniBatch batch = new MiniBatch(2, new float[][] {{0, 3, 3, 1, 2, 0}}, new float[][] {{2, 0}});

    assertEquals(Shape.of(3, 4), plan.layers().get(0).shape());
    assertEquals(Map.of("input", 4), plan.indexInputs());
    assertAgrees(plan, batch);
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void activation_agreesWithFiniteDifferences(Activation activation) {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(3, 2, 2),
            THREE,
            "convolution: {filters: 3, kernel: 1}",
            "activation: {function: '" + Networks.nameOf(activation) + "'}",
            "flatten: {}",
            SOFTMAX);

    assertAgrees(plan, batch(plan, 4, 2));
  }

  /** Losses of each position by itself. */
  static List<Loss> losses() {
    return Losses.all().stream()
        .filter(loss -> loss.parameters(2).isEmpty() && !loss.isOfObjects())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("losses")
  void loss_agreesWithFiniteDifferences(Loss loss) {
    Target target = loss.equals(new CrossEntropy()) ? THREE : Target.ofNumbers(3);
    NetworkPlan plan = Networks.plan(Shape.of(5), target, "output: {loss: '" + loss.name() + "'}");

    assertAgrees(plan, batch(plan, 4, 3));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void loss_withMissingLabelsAtEveryTimeStep_agreesWithFiniteDifferences(Loss loss) {
    Target target = loss.equals(new CrossEntropy()) ? new Target(6, 3) : Target.ofNumbers(18);
    NetworkPlan plan =
        Networks.plan(SEQUENCE, target, "output: {loss: '" + loss.name() + "', units: 3}");
    MiniBatch batch = batch(plan, 3, 4);
    for (int i = 0; i < batch.labels()[0].length; i += 4) {
      batch.labels()[0][i] = Float.NaN;
    }

    assertAgrees(plan, batch);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void loss_ofImagesWithoutProjection_agreesWithFiniteDifferences(Loss loss) {
    Target target = loss.equals(new CrossEntropy()) ? new Target(6, 3) : Target.ofNumbers(18);
    NetworkPlan plan =
        Networks.plan(
            Shape.of(2, 2, 3),
            target,
            "convolution: {filters: 3, kernel: 1}",
            "output: {loss: '" + loss.name() + "', projection: false}");
    MiniBatch batch = batch(plan, 2, 6);
    batch.labels()[0][1] = Float.NaN;

    assertAgrees(plan, batch);
  }

  @Test
  void severalInputsAndOutputs_agreeWithFiniteDifferences() {
    Map<String, Shape> inputs = new LinkedHashMap<>();
    inputs.put("image", Shape.of(2, 5, 5));
    inputs.put("table", Shape.of(3));
    NetworkPlan plan =
        Networks.of(
                "convolution: {from: 'image', filters: 2, kernel: 3, activation: 'tanh'}",
                "flatten: {}",
                "concatenate: {from: ['flatten1', 'table']}",
                "output: {loss: 'crossEntropy'}",
                "output: {from: 'concatenate1', loss: 'meanSquared', weight: 0.3, activation:"
                    + " 'sigmoid'}")
            .plan(inputs, List.of(THREE, Target.ofNumbers(2)));

    assertAgrees(plan, batch(plan, 3, 7));
  }

  @Test
  void severalOutputsWithMissingLabels_agreeWithFiniteDifferences() {
    NetworkPlan plan =
        Networks.of(
                "dense: {name: 'trunk', units: 4, activation: 'tanh'}",
                "output: {loss: 'crossEntropy'}",
                "output: {from: 'trunk', loss: 'binaryCrossEntropy', weight: 0.5}",
                "output: {from: 'trunk', loss: 'poisson'}")
            .plan(
                Map.of("input", Shape.of(5)),
                List.of(THREE, Target.ofNumbers(2), Target.ofNumbers(1)));
    MiniBatch batch = batch(plan, 5, 9);
    batch.labels()[0][1] = Float.NaN;
    batch.labels()[0][4] = Float.NaN;
    batch.labels()[1][3] = Float.NaN;
    Arrays.fill(batch.labels()[2], Float.NaN);

    assertAgrees(plan, batch);
  }

  @Test
  void oneHotLabels_agreeWithFiniteDifferences() {
    NetworkPlan plan = Networks.plan(Shape.of(4), THREE, "output: {loss: 'squaredHinge'}");

    assertAgrees(plan, batch(plan, 4, 8));
  }

  @Test
  void wrongGradient_isCaught() {
    NetworkPlan plan = Networks.plan(Shape.of(5), THREE, "dense: {units: 4}", SOFTMAX);
    MiniBatch batch = batch(plan, 3, 1);
    try (DoubleLoss right = new TorchLoss(plan, plan.initialParams(1), batch)) {
      DoubleLoss wrong = new WrongInOnePlace(right, 6);

      assertTrue(new GradientCheck(1e-7, 100, 1).run(right).passed());
      GradientCheck.Report report = new GradientCheck(1e-7, 100, 1).run(wrong);
      assertFalse(report.passed());
      assertFalse(report.tensors().get(0).passed());
      assertTrue(report.tensors().get(1).passed());
    }
  }

  /** The loss of another, with one derivative off by a thousandth. */
  private record WrongInOnePlace(DoubleLoss right, int index) implements DoubleLoss {
    @Override
    public StateLayout layout() {
      return right.layout();
    }

    @Override
    public double param(long i) {
      return right.param(i);
    }

    @Override
    public void setParam(long i, double value) {
      right.setParam(i, value);
    }

    @Override
    public double loss() {
      return right.loss();
    }

    @Override
    public double[] gradient() {
      double[] gradient = right.gradient();
      gradient[index] *= 1.001;
      return gradient;
    }

    @Override
    public void close() {}
  }
}
