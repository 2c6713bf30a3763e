package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.layer.AlongTime;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.torch.runtime.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences of any length: what stands behind the end of one is of no account. */
public class RaggedLayersTest {
  private static final float ROUNDING = 1e-6f;
  private static final int FEATURES = 4;
  private static final int INDICES = 9;
  private static final int LETTERS = 6;
  private static final int[] LENGTHS = {5, 3, 7, 4};
  private static final String LAST = "output: {loss: 'meanSquared', projection: false}";

  /** Every layer that may read or give a sequence of any length. */
  public static Stream<String> layers() {
    return Stream.of(
        "dense: {units: 3, activation: 'softmax'}",
        "activation: {function: 'softmax'}",
        "dropout: {rate: 0.5}",
        "layerNorm: {}",
        "batchNorm: {}",
        "simpleRnn: {units: 3}",
        "simpleRnn: {units: 3, activation: 'relu', returnSequences: false}",
        "gru: {units: 3}",
        "gru: {units: 3, returnSequences: false}",
        "lstm: {units: 3}",
        "lstm: {units: 3, returnSequences: false}",
        "lstm: {units: 3, gates: 'hardSigmoid', returnSequences: false}",
        "lstm: {units: 3, peepholes: true}",
        "bidirectional: {layer: {lstm: {units: 3, peepholes: true, returnSequences: false}}}",
        "bidirectional: {layer: {simpleRnn: {units: 3}}}",
        "bidirectional: {layer: {gru: {units: 3}}, merge: 'sum'}",
        "bidirectional: {layer: {gru: {units: 3, returnSequences: false}}}",
        "bidirectional: {layer: {lstm: {units: 3}}}",
        "bidirectional: {layer: {lstm: {units: 3, returnSequences: false}}}",
        "convolution: {filters: 3, kernel: 3}",
        "convolution: {filters: 3, kernel: 4, padding: 'same'}",
        "convolution: {filters: 3, kernel: 3, padding: 'same', stride: 2}",
        "convolution: {filters: 3, kernel: 2, padding: 'causal', dilation: 2}",
        "convolution: {filters: 3, kernel: 2, padding: 1, dilation: 2, stride: 3}",
        "convolution: {filters: 3, kernel: 3, padding: 'same'}}, {bidirectional: {layer: {gru:"
            + " {units: 2}}}",
        "zeroPadding: {padding: 2}",
        "zeroPadding: {padding: 2}}, {bidirectional: {layer: {lstm: {units: 2}}}",
        "lastStep: {}",
        "attentionPooling: {units: 3}",
        "attention: {score: 'scaledDot'}",
        "attention: {score: 'dot', causal: true}",
        "attention: {score: 'additive', units: 3}",
        "attention: {score: 'general', from: ['first', 'input', 'first']}",
        "lstm: {name: 'a', units: 3, returnSequences: false}}, {attention: {score: 'additive',"
            + " units: 2, from: ['a', 'first', 'input']}",
        "convolution: {name: 'a', filters: 4, kernel: 2, stride: 2, padding: 'same'}}, {attention:"
            + " {from: ['a', 'first']}",
        "multiHeadAttention: {heads: 2}",
        "multiHeadAttention: {heads: 4, causal: true, bias: false}",
        "dense: {name: 'a', units: 3}}, {multiHeadAttention: {heads: 2, from: ['first', 'a']}",
        "positionalEncoding: {}",
        "gru: {name: 'a', units: 3, returnSequences: false}}, {repeatVector: {from: ['a',"
            + " 'first']}",
        "timeDistributed: {layers: [{dense: {units: 3, activation: 'relu'}}, {layerNorm: {}}]}",
        "upsampling: {factor: 2}}, {gru: {units: 2, returnSequences: false}",
        "maxPooling: {kernel: 2}",
        "maxPooling: {kernel: 3, stride: 1, padding: 'same'}",
        "averagePooling: {kernel: 2}",
        "averagePooling: {kernel: 3, stride: 2, padding: 'same'}",
        "averagePooling: {kernel: 3, stride: 2, padding: 2}",
        "globalMaxPooling: {}",
        "globalAveragePooling: {}",
        "gru: {name: 'a', units: 4}}, {add: {from: ['a', 'first']}",
        "gru: {name: 'a', units: 4}}, {multiply: {from: ['a', 'first']}",
        "gru: {name: 'a', units: 4}}, {subtract: {from: ['a', 'first']}}, {absolute: {}",
        "gru: {name: 'a', units: 4}}, {average: {from: ['a', 'first']}",
        "gru: {name: 'a', units: 4}}, {maximum: {from: ['a', 'first']}",
        "l2Normalise: {}",
        "gru: {name: 'a', units: 3}}, {concatenate: {from: ['a', 'first']}");
  }

  private static Map<String, Shape> input(Shape shape) {
    return Map.of("input", shape);
  }

  private static NetworkPlan plan(Shape shape, String... layers) {
    return Networks.of(layers).plan(input(shape), List.of());
  }

  /** The layer between a dense one and a bare output. */
  private static NetworkPlan around(String layer, Shape shape) {
    return plan(shape, "dense: {name: 'first', units: 4, activation: 'tanh'}", layer, LAST);
  }

  private static float[][] examples(int numFeatures) {
    SplitMix random = SplitMix.stream(5);
    return Arrays.stream(LENGTHS)
        .mapToObj(steps -> GradientsTest.gaussians(steps * numFeatures, random))
        .toArray(float[][]::new);
  }

  private static float[][] rowsOfIndices() {
    SplitMix random = SplitMix.stream(6);
    float[][] rows = new float[LENGTHS.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[LENGTHS[i]];
      for (int t = 0; t < rows[i].length; t++) {
        rows[i][t] = random.nextInt(INDICES);
      }
    }
    return rows;
  }

  /** Examples padded to {@code time} steps with {@code padding}. */
  private static MiniBatch padded(float[][] examples, int width, int time, float padding) {
    float[] all = new float[examples.length * time * width];
    Arrays.fill(all, padding);
    int[] lengths = new int[examples.length];
    for (int i = 0; i < examples.length; i++) {
      System.arraycopy(examples[i], 0, all, i * time * width, examples[i].length);
      lengths[i] = examples[i].length / width;
    }
    return new MiniBatch(examples.length, new float[][] {all}, new int[][] {lengths}, null, null);
  }

  private static MiniBatch alone(float[] example, int width) {
    return padded(new float[][] {example}, width, example.length / width, 0);
  }

  private static TorchNetwork network(NetworkPlan plan, Precision precision) {
    TorchNetwork network = new TorchNetwork(plan, precision);
    network.loadParams(plan.initialParams(4));
    network.loadStatistics(plan.initialStatistics());
    return network;
  }

  private static float[] output(NetworkPlan plan, MiniBatch batch) {
    try (TorchNetwork network = network(plan, Precision.FLOAT)) {
      return network.output(batch)[0];
    }
  }

  /** What {@code plan} answers to each example in a padded batch, without the padding. */
  private static void assertSameAlone(
      NetworkPlan plan, float[][] examples, int width, float padding) {
    int size = examples.length;
    float[] together = output(plan, padded(examples, width, 9, padding));
    for (int i = 0; i < size; i++) {
      float[] expected = output(plan, alone(examples[i], width));
      int from = i * (together.length / size);
      assertArrayEquals(
          expected,
          Arrays.copyOfRange(together, from, from + expected.length),
          ROUNDING,
          "example " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void example_alone_equalsTheSameInABatch(String layer) {
    NetworkPlan plan = around(layer, Shape.ragged(FEATURES));

    assertSameAlone(plan, examples(FEATURES), FEATURES, 3);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void example_equalsTheSameOfAFixedLength(String layer) {
    if (layer.contains("same', stride: 2") || layer.contains("stride: 2, padding: 'same'")) {
      return; // where lengths are fixed, same begins so that both ends are padded alike
    }
    NetworkPlan ragged = around(layer, Shape.ragged(FEATURES));
    for (float[] example : examples(FEATURES)) {
      NetworkPlan fixed = around(layer, Shape.of(example.length / FEATURES, FEATURES));
      assertArrayEquals(
          output(fixed, new MiniBatch(1, new float[][] {example}, null)),
          output(ragged, alone(example, FEATURES)),
          ROUNDING);
    }
  }

  /** Layers that read indices. */
  private static final List<String> OF_INDICES =
      List.of(
          "embedding: {size: 9, dimension: 3}",
          "embedding: {size: 9, dimension: 3, padding: true}",
          "embedding: {size: 9, dimension: 3, pool: 'mean'}",
          "embedding: {size: 9, dimension: 3, pool: 'mean', padding: true}",
          "oneHot: {size: 9}}, {dense: {units: 3}");

  static List<String> ofIndices() {
    return OF_INDICES;
  }

  @ParameterizedTest
  @MethodSource("ofIndices")
  void indices_alone_equalTheSameInABatch(String layer) {
    assertSameAlone(plan(Shape.ragged(), layer, LAST), rowsOfIndices(), 1, 0);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradient_ofAPaddedBatch_isTheMeanOfSingleOnes(String layer) {
    if (layer.startsWith("batchNorm")) {
      return; // its statistics are those of the batch: batchNorm_countsNoPadding
    }
    boolean isSequence = around(layer, Shape.ragged(FEATURES)).outputs().get(0).shape().isRagged();
    String[] end =
        isSequence
            ? new String[] {layer, "gru: {units: 2, returnSequences: false}"}
            : new String[] {layer};
    NetworkPlan plan =
        plan(
            Shape.ragged(FEATURES),
            Stream.of(
                    Stream.of("dense: {name: 'first', units: 4, activation: 'tanh'}"),
                    Arrays.stream(end),
                    Stream.of("output: {loss: 'meanSquared', units: 1}"))
                .flatMap(part -> part)
                .toArray(String[]::new));

    assertMeanOfSingleOnes(plan, examples(FEATURES), FEATURES);
  }

  private static void assertMeanOfSingleOnes(NetworkPlan plan, float[][] examples, int width) {
    float[] labels = {0.5f, -1, 2, 0.25f};
    try (TorchNetwork network = network(plan, Precision.DOUBLE)) {
      double[] mean = new double[(int) plan.layout().numParams()];
      for (int i = 0; i < examples.length; i++) {
        double[] single =
            network.checkedGradient(labelled(alone(examples[i], width), new float[] {labels[i]}));
        for (int k = 0; k < mean.length; k++) {
          mean[k] += single[k] / examples.length;
        }
      }
      double[] gradient =
          network.checkedGradient(labelled(padded(examples, width, 9, width == 1 ? 0 : 3), labels));

      assertArrayEquals(mean, gradient, 1e-12);
      assertTrue(Arrays.stream(gradient).anyMatch(value -> Math.abs(value) > 1e-4));
    }
  }

  private static MiniBatch labelled(MiniBatch batch, float[] labels) {
    return new MiniBatch(
        batch.size(), batch.inputs(), batch.lengths(), new float[][] {labels}, null);
  }

  @Test
  void gradient_ofEmbeddings_isTheMeanOfSingleOnes() {
    for (String pool : List.of("mean", "none")) {
      String next =
          pool.equals("mean") ? "dense: {units: 2}" : "lstm: {units: 2, returnSequences: false}";
      NetworkPlan plan =
          plan(
              Shape.ragged(),
              "embedding: {size: 9, dimension: 3, pool: '" + pool + "'}",
              next,
              "output: {loss: 'meanSquared', units: 1}");
      assertMeanOfSingleOnes(plan, rowsOfIndices(), 1);
    }
  }

  /** Words of letters, [time, 6], of which 0s fill up the shorter ones. */
  private static float[][] words() {
    SplitMix random = SplitMix.stream(7);
    float[][] texts = new float[LENGTHS.length][];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = new float[LENGTHS[i] * LETTERS];
      for (int t = 0; t < LENGTHS[i]; t++) {
        for (int k = 0; k <= random.nextInt(LETTERS); k++) {
          texts[i][t * LETTERS + k] = 1 + random.nextInt(INDICES - 1);
        }
      }
    }
    return texts;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{lstm: {units: 2, returnSequences: false}}",
        "{bidirectional: {layer: {gru: {units: 2, returnSequences: false}}}}",
        "{convolution: {filters: 3, kernel: 3, padding: 'same'}}, {globalMaxPooling: {}}"
      })
  void lettersOfEachWord_aloneAndInABatch_areTheSame(String inner) {
    String words =
        "timeDistributed: {layers: [{embedding: {size: 9, dimension: 3}}, " + inner + "]}";
    assertSameAlone(plan(Shape.ragged(LETTERS), words, LAST), words(), LETTERS, 0);
    assertMeanOfSingleOnes(
        plan(
            Shape.ragged(LETTERS),
            words,
            "bidirectional: {layer: {lstm: {units: 2, returnSequences: false}}}",
            "output: {loss: 'meanSquared', units: 1}"),
        words(),
        LETTERS);
  }

  @Test
  void lettersOfAWord_areThoseOfASequenceOfItsOwn() {
    String[] layers = {
      "embedding: {size: 9, dimension: 3}", "gru: {units: 4, returnSequences: false}"
    };
    NetworkPlan words =
        plan(
            Shape.ragged(LETTERS),
            "timeDistributed: {layers: [{" + layers[0] + "}, {" + layers[1] + "}]}",
            LAST);
    NetworkPlan letters = plan(Shape.ragged(), layers[0], layers[1], LAST);
    Blocks params = letters.initialParams(8);
    float[] text = {3, 1, 0, 0, 0, 0, 7, 7, 2, 5, 0, 0};
    try (TorchNetwork each = new TorchNetwork(words);
        TorchNetwork one = new TorchNetwork(letters)) {
      each.loadParams(params);
      one.loadParams(params);
      float[] vectors = each.output(alone(text, LETTERS))[0];

      assertArrayEquals(
          one.output(alone(new float[] {3, 1}, 1))[0], Arrays.copyOf(vectors, 4), ROUNDING);
      assertArrayEquals(
          one.output(alone(new float[] {7, 7, 2, 5}, 1))[0],
          Arrays.copyOfRange(vectors, 4, 8),
          ROUNDING);
      assertEquals(Map.of("input", 9), words.indexInputs());
    }
  }

  @Test
  void layersOfEachStep_thatGiveNoVector_areRefusedByName() {
    assertRefused(
        "the layers of layer 'timeDistributed1' (timeDistributed) must give a vector for each step,"
            + " not [time, 3]: let them end with a pooling layer, with returnSequences: false or"
            + " flatten",
        () ->
            plan(
                Shape.ragged(LETTERS),
                "timeDistributed: {layers: [{embedding: {size: 9, dimension: 3}}]}",
                LAST));
  }

  @Test
  void gradientAlongTime_ofAPaddedBatch_isTheMeanOverTheSteps() {
    NetworkPlan plan =
        plan(
            Shape.ragged(FEATURES),
            "bidirectional: {layer: {lstm: {units: 3}}}",
            "output: {loss: 'crossEntropy', units: 3}");
    float[][] examples = examples(FEATURES);
    float[] labels = new float[LENGTHS.length * 9];
    Arrays.fill(labels, Float.NaN);
    double[] mean = new double[(int) plan.layout().numParams()];
    try (TorchNetwork network = network(plan, Precision.DOUBLE)) {
      int numSteps = Arrays.stream(LENGTHS).sum();
      for (int i = 0; i < LENGTHS.length; i++) {
        float[] own = new float[LENGTHS[i]];
        for (int t = 0; t < LENGTHS[i]; t++) {
          own[t] = (i + t) % 3;
          labels[i * 9 + t] = own[t];
        }
        double[] single = network.checkedGradient(labelled(alone(examples[i], FEATURES), own));
        for (int k = 0; k < mean.length; k++) {
          mean[k] += single[k] * LENGTHS[i] / numSteps;
        }
      }

      assertArrayEquals(
          mean, network.checkedGradient(labelled(padded(examples, FEATURES, 9, 3), labels)), 1e-12);
    }
  }

  @Test
  void batches_ofAsManyNumbersInOtherShapes_areNotTakenForOneAnother() {
    NetworkPlan plan = around("gru: {units: 3, returnSequences: false}", Shape.ragged(1));
    float[] numbers = {1, 2, 3, 4, 5, 6};
    try (TorchNetwork network = network(plan, Precision.FLOAT)) {
      float[] two = network.output(batch(2, numbers))[0];
      float[] three = network.output(batch(3, numbers))[0];

      assertEquals(2 * 3, two.length);
      assertEquals(3 * 3, three.length);
      assertArrayEquals(output(plan, batch(3, numbers)), three, ROUNDING);
    }
  }

  private static MiniBatch batch(int size, float[] numbers) {
    int[] lengths = new int[size];
    Arrays.fill(lengths, numbers.length / size);
    return new MiniBatch(size, new float[][] {numbers}, new int[][] {lengths}, null, null);
  }

  @Test
  void batchNorm_countsNoPadding() {
    String[] layers = {"batchNorm: {momentum: 1}", "globalAveragePooling: {}", LAST};
    NetworkPlan ragged = plan(Shape.ragged(2), layers);
    float[][] examples = {{1, 2, 3, 4, 5, 6}, {7, -8}};
    try (TorchNetwork network = network(ragged, Precision.FLOAT)) {
      MiniBatch batch = labelled(padded(examples, 2, 5, 99), new float[4]);
      network.gradient(batch, 1, Blocks.zeros(ragged.layout().numParams()));
      Blocks statistics = ragged.initialStatistics();
      network.readStatistics(statistics);

      double[] means = {(1 + 3 + 5 + 7) / 4.0, (2 + 4 + 6 - 8) / 4.0};
      assertEquals(means[0], statistics.get(0), 1e-6);
      assertEquals(means[1], statistics.get(1), 1e-6);
      assertEquals((9 + 1 + 1 + 9) / 3.0, statistics.get(2), 1e-5);
      assertEquals((1 + 9 + 25 + 81) / 3.0, statistics.get(3), 1e-4);
    }
  }

  @Test
  void dropout_ofAnExample_doesNotDependOnThePadding() {
    NetworkPlan plan =
        plan(
            Shape.ragged(FEATURES),
            "dropout: {rate: 0.5}",
            "globalAveragePooling: {}",
            "output: {loss: 'meanSquared', units: 1}");
    float[][] examples = examples(FEATURES);
    float[][] first = {examples[0]};
    Blocks alone = Blocks.zeros(plan.layout().numParams());
    Blocks together = Blocks.zeros(plan.layout().numParams());
    try (TorchNetwork network = network(plan, Precision.FLOAT)) {
      network.gradient(labelled(padded(first, FEATURES, 5, 0), new float[] {1}), 8, alone);
      float[] onlyFirst = {1, Float.NaN, Float.NaN, Float.NaN};
      network.gradient(labelled(padded(examples, FEATURES, 9, 0), onlyFirst), 8, together);
    }

    for (long i = 0; i < alone.size(); i++) {
      assertEquals(alone.get(i), together.get(i), ROUNDING);
    }
  }

  @Test
  void layers_areOfEveryKind_butThoseForOneLength() {
    Set<String> tested =
        Stream.concat(layers(), Stream.concat(OF_INDICES.stream(), Stream.of(LAST)))
            .flatMap(layer -> Networks.of(layer).layers().stream())
            .map(Layer::kind)
            .collect(Collectors.toSet());
    for (String layer : List.of("flatten: {}", "reshape: {shape: [4]}")) {
      Layer fixed = Networks.of(layer).layers().get(0);
      assertEquals(AlongTime.FIXED, fixed.alongTime());
      assertTrue(tested.add(fixed.kind()));
    }
    Set<String> all =
        Arrays.stream(Layer.class.getAnnotation(JsonSubTypes.class).value())
            .map(type -> type.value().getAnnotation(JsonTypeName.class).value())
            .collect(Collectors.toSet());

    assertEquals(all, tested);
  }

  @Test
  void layer_thatCannotBeRagged_isRefusedByName() {
    assertRefused(
        "layer 'flatten1' (flatten) needs as many numbers from each example, but reads 'first'"
            + " [time, 4]; pool over the steps before it (globalMaxPooling, globalAveragePooling,"
            + " returnSequences: false), or give all examples one length",
        () -> around("flatten: {}", Shape.ragged(FEATURES)));
    assertRefused(
        "layer 'dense1' (dense) reads 'input' [time], one index at each step; put an embedding"
            + " layer in between, or write the input's shape as [time, 1] where these are plain"
            + " numbers",
        () -> plan(Shape.ragged(), "dense: {units: 2}", LAST));
  }

  private static void assertRefused(
      String message, org.junit.jupiter.api.function.Executable plan) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, plan).getMessage());
  }

  @Test
  void example_shorterThanAKernel_isRefusedByName() {
    NetworkPlan plan = around("convolution: {filters: 2, kernel: 4}", Shape.ragged(FEATURES));
    assertRefused(
        "layer 'convolution1' (convolution): a kernel of 4 with dilation 1 does not fit into the 3"
            + " steps of an example; use padding same, a smaller kernel, or leave out examples that"
            + " short",
        () -> output(plan, padded(examples(FEATURES), FEATURES, 7, 0)));
  }

  @Test
  void joinedSequences_ofDifferentLengths_areRefusedByName() {
    NetworkPlan plan =
        Networks.of(
                "dense: {name: 'a', from: 'x', units: 2}",
                "dense: {name: 'b', from: 'y', units: 2}",
                "add: {from: ['a', 'b']}",
                LAST)
            .plan(
                new java.util.TreeMap<>(Map.of("x", Shape.ragged(1), "y", Shape.ragged(1))),
                List.of());
    MiniBatch batch =
        new MiniBatch(
            2,
            new float[][] {new float[6], new float[6]},
            new int[][] {{3, 2}, {3, 3}},
            null,
            null);
    assertRefused(
        "layer 'add1' (add) joins 'a' [time, 2] and 'b' [time, 2], whose examples must have the"
            + " same numbers of steps: got [3, 2] and [3, 3]",
        () -> output(plan, batch));
  }

  @Test
  void lengths_ofTheExamples_areAtLeastOne() {
    NetworkPlan plan = around("gru: {units: 2}", Shape.ragged(FEATURES));
    MiniBatch batch =
        new MiniBatch(2, new float[][] {new float[8]}, new int[][] {{1, 0}}, null, null);
    assertRefused(
        "example 2 of the mini-batch has 0 steps; there must be 1 to 1", () -> output(plan, batch));
    assertTrue(IntStream.of(LENGTHS).allMatch(steps -> steps > 0));
  }
}
