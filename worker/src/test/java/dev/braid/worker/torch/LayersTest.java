package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.layer.Convolution;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.shape.Window;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What layers compute, against plain loops written from their formulas. */
class LayersTest {
  private static final String LAST = "output: {loss: 'meanSquared', projection: false}";
  private static final float ROUNDING = 1e-5f;

  private static NetworkPlan plan(Shape input, String... layers) {
    String[] all = Arrays.copyOf(layers, layers.length + 1);
    all[layers.length] = LAST;
    return Networks.of(all).plan(Map.of("input", input), List.of());
  }

  /** The network's answer to {@code input}, one example after the other. */
  private static float[] answer(NetworkPlan plan, Blocks params, int size, float[] input) {
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(params);
      network.loadStatistics(plan.initialStatistics());
      return network.output(new MiniBatch(size, new float[][] {input}, null))[0];
    }
  }

  private static float[] tensor(NetworkPlan plan, Blocks params, int index) {
    Segment segment = plan.layout().params().get(index);
    float[] values = new float[(int) segment.size()];
    params.read(segment.offset(), values, values.length);
    return values;
  }

  private static float[] input(int size, Shape shape) {
    return GradientsTest.gaussians(size * shape.size(), SplitMix.stream(9));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kernel: 3",
        "kernel: [2, 3], stride: [1, 2]",
        "kernel: 3, padding: 'same'",
        "kernel: [4, 2], stride: 2, padding: 'same'",
        "kernel: 2, dilation: [3, 2], padding: [2, 0]",
        "kernel: 3, groups: 2, bias: false"
      })
  void convolution_matchesPlainLoops(String settings) {
    Shape shape = Shape.of(4, 7, 6);
    NetworkPlan plan = plan(shape, "convolution: {filters: 6, " + settings + "}");
    Convolution layer = (Convolution) plan.layers().get(0).layer();
    Window[] windows = layer.windows(plan.layers().get(0).node()).toArray(new Window[0]);
    Blocks params = plan.initialParams(4);
    float[] weight = tensor(plan, params, 0);
    float[] x = input(2, shape);
    Shape out = plan.layers().get(0).shape();
    float[] expected = new float[2 * out.size()];
    int perGroup = 4 / layer.groups();
    int at = 0;
    for (int n = 0; n < 2; n++) {
      for (int f = 0; f < 6; f++) {
        for (int oy = 0; oy < out.sizes().get(1); oy++) {
          for (int ox = 0; ox < out.sizes().get(2); ox++) {
            double sum = 0;
            for (int c = 0; c < perGroup; c++) {
              int channel = f / (6 / layer.groups()) * perGroup + c;
              for (int ky = 0; ky < windows[0].kernel(); ky++) {
                for (int kx = 0; kx < windows[1].kernel(); kx++) {
                  int iy = position(windows[0], oy, ky);
                  int ix = position(windows[1], ox, kx);
                  if (iy >= 0 && iy < 7 && ix >= 0 && ix < 6) {
                    int w =
                        ((f * perGroup + c) * windows[0].kernel() + ky) * windows[1].kernel() + kx;
                    sum += x[((n * 4 + channel) * 7 + iy) * 6 + ix] * weight[w];
                  }
                }
              }
            }
            expected[at++] = (float) sum;
          }
        }
      }
    }

    assertArrayEquals(expected, answer(plan, params, 2, x), ROUNDING);
  }

  private static int position(Window window, int place, int tap) {
    return place * window.stride() - window.before() + tap * window.dilation();
  }

  @Test
  void convolution_ofASequence_isThatOfAnImageOneWide() {
    Shape sequence = Shape.of(8, 3);
    NetworkPlan plan =
        plan(sequence, "convolution: {filters: 2, kernel: 3, padding: 'same', stride: 2}");
    NetworkPlan asImage =
        plan(
            Shape.of(3, 8, 1),
            "convolution: {filters: 2, kernel: [3, 1], padding: 'same', stride: [2, 1]}");
    Blocks params = plan.initialParams(4);
    float[] x = input(1, sequence);
    float[] image = transpose(x, 8, 3);

    assertArrayEquals(
        answer(plan, params, 1, x), transpose(answer(asImage, params, 1, image), 2, 4), ROUNDING);
  }

  private static float[] transpose(float[] x, int rows, int columns) {
    float[] result = new float[x.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        result[j * rows + i] = x[i * columns + j];
      }
    }
    return result;
  }

  @Test
  void pooling_countsOnlyDataUnderItsWindows() {
    float[] x = {-1, -2, -3, -4, -5, -6, -7, -8, -9};

    // Windows over rows 0-1, 2 and columns 0-1, 2: the odd padding is at the end.
    assertArrayEquals(
        new float[] {-3, -4.5f, -7.5f, -9}, pooled("averagePooling: {kernel: 2, ", x), ROUNDING);
    assertArrayEquals(new float[] {-1, -3, -7, -9}, pooled("maxPooling: {kernel: 2, ", x));
    // Windows of 3 around every second position.
    assertArrayEquals(
        new float[] {-3, -4, -6, -7},
        pooled("averagePooling: {kernel: 3, stride: 2, ", x),
        ROUNDING);
    assertArrayEquals(
        new float[] {-1, -2, -4, -5}, pooled("maxPooling: {kernel: 3, stride: 2, ", x));
  }

  private static float[] pooled(String layer, float[] x) {
    NetworkPlan plan = trainable(Shape.of(1, 3, 3), layer + "padding: 'same'}");
    return answer(plan, Blocks.copyOf(1, 0), 1, x);
  }

  /** A layer without weights behind a convolution that hands its input on. */
  private static NetworkPlan trainable(Shape shape, String layer) {
    return plan(shape, "convolution: {filters: 1, kernel: 1}", layer);
  }

  @Test
  void upsamplingAndZeroPadding_putNumbersWhereTheyBelong() {
    float[] x = {1, 2, 3, 4};
    assertArrayEquals(
        new float[] {1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4},
        answer(trainable(Shape.of(1, 2, 2), "upsampling: {factor: 2}"), Blocks.copyOf(1, 0), 1, x));
    assertArrayEquals(
        new float[] {0, 1, 2, 0, 0, 3, 4, 0},
        answer(
            trainable(Shape.of(1, 2, 2), "zeroPadding: {padding: [0, 1]}"),
            Blocks.copyOf(1, 0),
            1,
            x));
  }

  @Test
  void lstm_matchesItsFormula() {
    NetworkPlan plan = plan(Shape.of(5, 3), "lstm: {units: 4}");
    Blocks params = plan.initialParams(4);
    float[] x = input(1, Shape.of(5, 3));
    float[] expected = new float[20];
    double[] h = new double[4];
    double[] c = new double[4];
    for (int t = 0; t < 5; t++) {
      double[] gates = gates(plan, params, 16, x, t, h, true);
      for (int k = 0; k < 4; k++) {
        c[k] = sigmoid(gates[4 + k]) * c[k] + sigmoid(gates[k]) * Math.tanh(gates[8 + k]);
      }
      for (int k = 0; k < 4; k++) {
        h[k] = sigmoid(gates[12 + k]) * Math.tanh(c[k]);
        expected[t * 4 + k] = (float) h[k];
      }
    }

    assertArrayEquals(expected, answer(plan, params, 1, x), ROUNDING);
  }

  @Test
  void gru_matchesItsFormula() {
    NetworkPlan plan = plan(Shape.of(5, 3), "gru: {units: 4, returnSequences: false}");
    Blocks params = noisy(plan);
    float[] x = input(1, Shape.of(5, 3));
    double[] h = new double[4];
    for (int t = 0; t < 5; t++) {
      double[] ofInput = gates(plan, params, 12, x, t, h, false);
      double[] all = gates(plan, params, 12, x, t, h, true);
      double[] next = new double[4];
      for (int k = 0; k < 4; k++) {
        double reset = sigmoid(all[k]);
        double update = sigmoid(all[4 + k]);
        double ofState = all[8 + k] - ofInput[8 + k];
        double fresh = Math.tanh(ofInput[8 + k] + reset * ofState);
        next[k] = (1 - update) * fresh + update * h[k];
      }
      h = next;
    }

    float[] expected = {(float) h[0], (float) h[1], (float) h[2], (float) h[3]};
    assertArrayEquals(expected, answer(plan, params, 1, x), ROUNDING);
  }

  /** First parameters with biases other than 0. */
  private static Blocks noisy(NetworkPlan plan) {
    Blocks params = plan.initialParams(4);
    SplitMix random = SplitMix.stream(2);
    for (long i = 0; i < params.size(); i++) {
      params.set(i, params.get(i) + (float) (0.3 * random.nextGaussian()));
    }
    return params;
  }

  /** W x + b of all gates at step t, plus U h + c when {@code withState}. */
  private static double[] gates(
      NetworkPlan plan, Blocks params, int size, float[] x, int t, double[] h, boolean withState) {
    float[] w = tensor(plan, params, 0);
    float[] u = tensor(plan, params, 1);
    float[] b = tensor(plan, params, 2);
    float[] c = tensor(plan, params, 3);
    double[] gates = new double[size];
    for (int g = 0; g < size; g++) {
      gates[g] = b[g];
      for (int j = 0; j < 3; j++) {
        gates[g] += w[g * 3 + j] * x[t * 3 + j];
      }
      if (withState) {
        gates[g] += c[g];
        for (int j = 0; j < 4; j++) {
          gates[g] += u[g * 4 + j] * h[j];
        }
      }
    }
    return gates;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Test
  void bidirectional_lastStep_isTheEndOfEachDirection() {
    Shape shape = Shape.of(6, 3);
    NetworkPlan all = plan(shape, "bidirectional: {layer: {gru: {units: 4}}}");
    NetworkPlan last =
        plan(shape, "bidirectional: {layer: {gru: {units: 4, returnSequences: false}}}");
    NetworkPlan sum =
        plan(
            shape,
            "bidirectional: {merge: 'sum', layer: {gru: {units: 4, returnSequences: false}}}");
    Blocks params = all.initialParams(4);
    float[] x = input(1, shape);
    float[] steps = answer(all, params, 1, x);
    float[] ends = answer(last, params, 1, x);
    float[] sums = answer(sum, params, 1, x);

    for (int k = 0; k < 4; k++) {
      assertEquals(steps[5 * 8 + k], ends[k], ROUNDING);
      assertEquals(steps[4 + k], ends[4 + k], ROUNDING);
      assertEquals(ends[k] + ends[4 + k], sums[k], ROUNDING);
    }
  }

  @Test
  void softmax_runsOverTheChannels() {
    float[] x = input(1, Shape.of(3, 2, 2));
    float[] image =
        answer(
            plan(
                Shape.of(3, 2, 2),
                "batchNorm: {epsilon: 0.0000000001}",
                "activation: {function: 'softmax'}"),
            Blocks.copyOf(1, 1, 1, 0, 0, 0),
            1,
            x);
    for (int pixel = 0; pixel < 4; pixel++) {
      assertEquals(1, image[pixel] + image[4 + pixel] + image[8 + pixel], ROUNDING);
    }
  }

  private static NetworkPlan joined(String... layers) {
    Map<String, Shape> inputs = new LinkedHashMap<>();
    inputs.put("a", Shape.of(2));
    inputs.put("b", Shape.of(2));
    String[] all = Arrays.copyOf(layers, layers.length + 2);
    all[layers.length] = LAST;
    all[layers.length + 1] = "output: {loss: 'meanSquared', from: 'a'}"; // has the weights
    return Networks.of(all).plan(inputs, List.of(Target.ofNumbers(2), Target.ofNumbers(1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "subtract: {from: ['a', 'b']} | 4 | 6",
        "subtract: {from: ['b', 'a']}}, {absolute: {} | 4 | 6",
        "average: {from: ['a', 'b', 'a']} | 1.6666666 | 2",
        "maximum: {from: ['b', 'a']} | 3 | 4",
        "subtract: {from: ['b', 'a']}}, {l2Normalise: {} | -0.5547002 | -0.8320503",
      })
  void join_ofThreeFourAndMinusOneMinusTwo_gives(String layer, float first, float second) {
    NetworkPlan plan =
        joined(
            "activation: {function: 'identity', from: 'b'}", layer.replace("'b'", "'activation1'"));
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(plan.initialParams(1));
      MiniBatch batch = new MiniBatch(1, new float[][] {{3, 4}, {-1, -2}}, null);

      assertArrayEquals(new float[] {first, second}, network.output(batch)[0], 1e-6f);
    }
  }

  @Test
  void l2Normalise_leavesZerosAsTheyAre() {
    NetworkPlan plan = joined("l2Normalise: {from: 'b'}");
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(plan.initialParams(1));
      MiniBatch batch = new MiniBatch(1, new float[][] {{3, 4}, {0, 0}}, null);

      assertArrayEquals(new float[] {0, 0}, network.output(batch)[0]);
    }
  }

  @Test
  void subtract_ofThree_isRefused() {
    String refusal =
        assertThrows(
                IllegalArgumentException.class, () -> joined("subtract: {from: ['a', 'b', 'a']}"))
            .getMessage();

    assertTrue(refusal.contains("needs two names in its 'from'"), refusal);
  }
}
