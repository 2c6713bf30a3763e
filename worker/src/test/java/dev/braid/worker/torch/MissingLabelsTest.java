package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.Checkout;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Scores;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two outputs on one trunk, of which examples of MNIST have one label, both or none. */
class MissingLabelsTest {
  private static final int SIZE = 40;
  private static final String TRUNK = "dense: {name: 'trunk', units: 12, activation: 'tanh'}";
  private static final String DIGIT =
      "output: {name: 'digit', from: 'trunk', loss: 'crossEntropy'}";
  private static final String HIGH =
      "output: {name: 'high', from: 'trunk', loss: 'binaryCrossEntropy', weight: 0.5}";

  private static MiniBatch complete;
  private static MiniBatch half;

  @BeforeAll
  static void read() throws IOException {
    Path mnist = Checkout.shared("data/mnist");
    float[] pixels = numbers(mnist.resolve("t10k-images-idx3-ubyte.gz"), 16, SIZE * 784);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] /= 255;
    }
    float[] digits = numbers(mnist.resolve("t10k-labels-idx1-ubyte.gz"), 8, SIZE);
    float[] high = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      high[i] = digits[i] >= 5 ? 1 : 0;
    }
    complete = new MiniBatch(SIZE, new float[][] {pixels}, new float[][] {digits, high});
    half =
        new MiniBatch(
            SIZE, complete.inputs(), new float[][] {withoutHalf(digits, 1), withoutHalf(high, 2)});
  }

  /** Bytes of an IDX file behind its header. */
  private static float[] numbers(Path file, int header, int count) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      in.skipNBytes(header);
      byte[] bytes = in.readNBytes(count);
      float[] numbers = new float[count];
      for (int i = 0; i < count; i++) {
        numbers[i] = bytes[i] & 0xFF;
      }
      return numbers;
    }
  }

  private static float[] withoutHalf(float[] labels, long key) {
    SplitMix random = SplitMix.stream(key);
    float[] half = labels.clone();
    for (int i = 0; i < half.length; i++) {
      half[i] = random.nextInt(2) == 0 ? Float.NaN : half[i];
    }
    return half;
  }

  private static NetworkPlan plan(String... outputs) {
    String[] layers = new String[outputs.length + 1];
    layers[0] = TRUNK;
    System.arraycopy(outputs, 0, layers, 1, outputs.length);
    List<Target> targets =
        Arrays.stream(outputs)
            .map(output -> output.equals(DIGIT) ? Target.ofClasses(10) : Target.ofClasses(2))
            .toList();
    Network network = Networks.of(layers);
    return network.plan(Map.of("input", Shape.of(784)), targets);
  }

  private static float[] gradient(NetworkPlan plan, MiniBatch batch) {
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(plan.initialParams(3));
      network.loadStatistics(plan.initialStatistics());
      Blocks gradients = Blocks.zeros(plan.layout().numParams());
      network.gradient(batch, 0, gradients);
      return gradients.block(0);
    }
  }

  private static double[] exact(NetworkPlan plan, MiniBatch batch) {
    try (TorchLoss loss = new TorchLoss(plan, plan.initialParams(3), batch)) {
      return loss.gradient();
    }
  }

  private static MiniBatch with(float[]... labels) {
    return new MiniBatch(SIZE, complete.inputs(), labels);
  }

  private static float[] all(float value) {
    float[] labels = new float[SIZE];
    Arrays.fill(labels, value);
    return labels;
  }

  /** The examples that have label {@code output}, and it alone. */
  private static MiniBatch present(MiniBatch batch, int output) {
    float[] labels = batch.labels()[output];
    int[] rows = IntStream.range(0, batch.size()).filter(i -> !Float.isNaN(labels[i])).toArray();
    float[] pixels = new float[rows.length * 784];
    float[] own = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(batch.inputs()[0], rows[i] * 784, pixels, i * 784, 784);
      own[i] = labels[rows[i]];
    }
    return new MiniBatch(rows.length, new float[][] {pixels}, new float[][] {own});
  }

  @Test
  void gradient_ofAnOutputWithoutLabels_isExactlyZero_andTheOthersAsIfItWereNotThere() {
    float[] digitAlone = gradient(plan(DIGIT), with(half.labels()[0]));
    float[] both = gradient(plan(DIGIT, HIGH), with(half.labels()[0], all(Float.NaN)));

    assertArrayEquals(digitAlone, Arrays.copyOf(both, digitAlone.length), 0);
    for (int i = digitAlone.length; i < both.length; i++) {
      assertEquals(0, both[i], "parameter " + i);
    }
    float[] none = gradient(plan(DIGIT, HIGH), with(all(Float.NaN), all(Float.NaN)));
    assertArrayEquals(new float[none.length], none, 0);
  }

  @Test
  void gradient_isTheSameBits_whateverKindOfNaNStandsForMissing() {
    float[] other = half.labels()[1].clone();
    float[] classes = half.labels()[0].clone();
    for (int i = 0; i < SIZE; i++) {
      other[i] = Float.isNaN(other[i]) ? Float.intBitsToFloat(0xffc12345) : other[i];
      classes[i] = Float.isNaN(classes[i]) ? Float.intBitsToFloat(0x7f800001) : classes[i];
    }
    NetworkPlan plan = plan(DIGIT, HIGH);

    float[] expected = gradient(plan, half);
    assertArrayEquals(expected, gradient(plan, with(classes, other)), 0);
    assertNotEquals(Arrays.hashCode(expected), Arrays.hashCode(gradient(plan, complete)));
  }

  @Test
  void gradient_equalsThatOfEachOutputOnTheExamplesThatHaveItsLabel() {
    NetworkPlan plan = plan(DIGIT, HIGH);
    double[] together = exact(plan, half);
    double[] digit = exact(plan(DIGIT), present(half, 0));
    double[] high = exact(plan(HIGH), present(half, 1));

    int trunk = 784 * 12 + 12;
    for (int i = 0; i < together.length; i++) {
      double expected =
          i < trunk
              ? digit[i] + high[i]
              : i < digit.length ? digit[i] : high[i - digit.length + trunk];
      assertEquals(expected, together[i], 1e-12, "parameter " + i); // sums in another order
    }
  }

  @Test
  void gradient_agreesWithFiniteDifferences() {
    assertTrue(TorchLoss.check(plan(DIGIT, HIGH), half, 5).passed());
  }

  @Test
  void scores_countTheLabelsPresent() {
    NetworkPlan plan = plan(DIGIT, HIGH);
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(plan.initialParams(3));
      network.loadStatistics(plan.initialStatistics());
      Scores scores = network.score(half);

      assertArrayEquals(
          new long[] {present(half, 0).size(), present(half, 1).size()}, scores.counts());
      assertEquals(scores.losses()[0] + scores.losses()[1], scores.loss(), 0);
      assertArrayEquals(
          new long[] {0, SIZE}, network.score(with(all(Float.NaN), complete.labels()[1])).counts());
      assertEquals(0, network.score(with(all(Float.NaN), all(Float.NaN))).loss(), 0);
    }
  }
}
