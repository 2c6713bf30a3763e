package dev.braid.worker.jvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.States;
import dev.braid.worker.engine.Differentiable;
import dev.braid.worker.engine.Scores;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.torch.TorchNetwork;
import dev.braid.worker.torch.runtime.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What libtorch computes in double precision from a network's layers, which the jvm engine's floats
 * must come near: outputs and losses in inference; loss, gradients and statistics in training. And
 * what holds for the jvm engine alone, bit for bit.
 *
 * <p>A layer under test stands between others that learn, so that the gradient by what it reads is
 * checked by theirs: see {@link #around}, which makes such a network.
 */
public final class Oracle {
  /** Largest difference, in units of the largest number of a tensor. */
  public static final double TOLERANCE = 1e-5;

  private static final long KEY = 77;

  private Oracle() {}

  /** A network of dense layers with tanh, of these layers, and of an output. */
  public static NetworkPlan around(Shape input, String... layers) {
    List<String> all = new ArrayList<>(List.of(layers));
    all.add(0, "dense: {name: 'first', units: 4, activation: 'tanh'}");
    all.add("output: {loss: 'meanSquared', units: 2}");
    return Networks.of(all.toArray(String[]::new)).plan(Map.of("input", input), List.of());
  }

  /** Checks a network of random parameters on random examples, of random lengths if ragged. */
  public static void check(NetworkPlan plan, int size, long seed) {
    check(plan, batch(plan, size, seed), seed);
  }

  /** Checks a network of random parameters on a mini-batch, with and without vectors. */
  public static void check(NetworkPlan plan, MiniBatch batch, long seed) {
    check(plan, batch, seed, Set.of());
  }

  /**
   * The same.
   *
   * @param frozen layers that do not learn
   */
  public static void check(NetworkPlan plan, MiniBatch batch, long seed, Set<String> frozen) {
    Blocks params = params(plan, seed);
    Blocks statistics = statistics(plan, seed);
    try (TorchNetwork torch = new TorchNetwork(plan, Precision.DOUBLE)) {
      Answers expected = answers(plan, torch, params, statistics, batch, frozen);
      Answers plain = jvm(plan, KernelSet.plain(), params, statistics, batch, frozen);
      Answers best = jvm(plan, KernelSet.best(), params, statistics, batch, frozen);
      plain.assertNear(expected, plan);
      best.assertSame(plain);
    }
  }

  /** Checks that a layer says the same bits of an example alone and in a padded mini-batch. */
  public static void checkAlone(int features, String layer) {
    NetworkPlan plan =
        Networks.of(
                "dense: {name: 'first', units: 4, activation: 'tanh'}",
                layer,
                "output: {loss: 'meanSquared', projection: false}")
            .plan(Map.of("input", Shape.ragged(features)), List.of());
    MiniBatch batch = batch(plan, 6, 7);
    for (KernelSet kernels : List.of(KernelSet.plain(), KernelSet.best())) {
      try (JvmNetwork network = new JvmNetwork(plan, kernels)) {
        network.loadParams(params(plan, 1));
        float[] together = network.output(batch)[0];
        for (int i = 0; i < batch.size(); i++) {
          float[] alone = network.output(alone(batch, i, features))[0];
          int from = i * (together.length / batch.size());
          assertArrayEquals(alone, Arrays.copyOfRange(together, from, from + alone.length));
        }
      }
    }
  }

  private static MiniBatch alone(MiniBatch batch, int example, int features) {
    int from = example * (batch.inputs()[0].length / batch.size());
    int length = batch.lengths()[0][example];
    float[] input = Arrays.copyOfRange(batch.inputs()[0], from, from + length * features);
    return new MiniBatch(1, new float[][] {input}, new int[][] {{length}}, null, null);
  }

  /** Everything that a network says of a mini-batch. */
  private record Answers(
      Scores scores,
      double loss,
      Blocks gradients,
      Blocks statistics,
      List<float[]> states,
      List<float[]> outputs) {

    void assertNear(Answers expected, NetworkPlan plan) {
      for (int i = 0; i < plan.outputs().size(); i++) {
        String name = "output " + plan.outputs().get(i).name();
        assertClose(name, expected.outputs.get(i), outputs.get(i));
        assertEquals(expected.scores.counts()[i], scores.counts()[i], name);
        assertClose(name + "'s loss", expected.scores.losses()[i], scores.losses()[i]);
      }
      assertClose("loss", expected.loss, loss);
      plan.layout()
          .params()
          .forEach(s -> assertClose("gradient", s, expected.gradients, gradients));
      plan.layout()
          .statistics()
          .forEach(s -> assertClose("statistic", s, expected.statistics, statistics));
      for (int i = 0; i < states.size(); i++) {
        assertClose("state " + i, expected.states.get(i), states.get(i));
      }
    }

    void assertSame(Answers plain) {
      for (int i = 0; i < outputs.size(); i++) {
        assertArrayEquals(plain.outputs.get(i), outputs.get(i), "outputs with and without vectors");
      }
      assertEquals(plain.loss, loss, "loss with and without vectors");
      assertEquals(plain.gradients, gradients, "gradients with and without vectors");
      assertEquals(plain.statistics, statistics, "statistics with and without vectors");
    }
  }

  private static Answers jvm(
      NetworkPlan plan,
      KernelSet kernels,
      Blocks params,
      Blocks statistics,
      MiniBatch batch,
      Set<String> frozen) {
    return answers(plan, new JvmNetwork(plan, kernels), params, statistics, batch, frozen);
  }

  private static Answers answers(
      NetworkPlan plan,
      Differentiable network,
      Blocks params,
      Blocks statistics,
      MiniBatch batch,
      Set<String> frozen) {
    network.loadParams(params);
    network.loadStatistics(statistics);
    network.freeze(frozen);
    Scores scores = network.score(own(batch));
    MiniBatch stepped = own(batch);
    float[][] outputs = network.output(stepped);
    for (int i = 0; i < outputs.length; i++) {
      assertArrayEquals(scores.outputs()[i], outputs[i], "output() and score()");
      forgetPadding(outputs[i], plan.steps(i, batch.lengths()));
    }
    Blocks gradients = Blocks.zeros(network.layout().numParams());
    double loss = network.gradient(own(batch), KEY, gradients);
    Blocks moved = Blocks.zeros(network.layout().numStatistics());
    network.readStatistics(moved);
    List<float[]> states =
        stepped.states() == null ? List.of() : List.of(stepped.states().values());
    return new Answers(scores, loss, gradients, moved, states, List.of(outputs));
  }

  /** What an engine says of steps that are not there is of no account. */
  private static void forgetPadding(float[] output, int[] steps) {
    if (steps == null) {
      return;
    }
    int example = output.length / steps.length;
    int unit = example / Arrays.stream(steps).max().orElseThrow();
    for (int i = 0; i < steps.length; i++) {
      Arrays.fill(output, i * example + steps[i] * unit, (i + 1) * example, Float.NaN);
    }
  }

  /** The same examples with a copy of the states, which a pass overwrites. */
  private static MiniBatch own(MiniBatch batch) {
    States states = batch.states();
    return states == null
        ? batch
        : batch.from(
            new States(
                states.size(),
                Arrays.stream(states.values()).map(float[]::clone).toArray(float[][]::new)));
  }

  private static void assertClose(String what, Segment segment, Blocks expected, Blocks actual) {
    assertClose(what + " " + segment.name(), numbers(expected, segment), numbers(actual, segment));
  }

  private static float[] numbers(Blocks blocks, Segment segment) {
    float[] numbers = new float[(int) segment.size()];
    blocks.read(segment.offset(), numbers, numbers.length);
    return numbers;
  }

  private static void assertClose(String what, double expected, double actual) {
    assertClose(what, new float[] {(float) expected}, new float[] {(float) actual});
  }

  private static void assertClose(String what, float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, what);
    double largest = 1e-3; // what cancels out to less cannot be told from 0 in floats
    for (float number : expected) {
      largest = Float.isFinite(number) ? Math.max(largest, Math.abs(number)) : largest;
    }
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) expected[i] - actual[i]);
      boolean same = Float.compare(expected[i], actual[i]) == 0;
      int at = i;
      assertTrue(
          same || difference <= TOLERANCE * largest,
          () -> "%s [%d]: %s expected, got %s".formatted(what, at, expected[at], actual[at]));
    }
  }

  /** Random parameters near a network's first ones, none of them 0. */
  public static Blocks params(NetworkPlan plan, long seed) {
    Blocks params = plan.initialParams(seed);
    SplitMix random = SplitMix.stream(SplitMix.key(seed, 1));
    for (long i = 0; i < params.size(); i++) {
      params.set(i, params.get(i) + 0.1f * (float) random.nextGaussian());
    }
    plan.clearPadding(params);
    return params;
  }

  /** Running statistics that are not the first ones. */
  private static Blocks statistics(NetworkPlan plan, long seed) {
    Blocks statistics = plan.initialStatistics();
    SplitMix random = SplitMix.stream(SplitMix.key(seed, 2));
    for (long i = 0; i < statistics.size(); i++) {
      statistics.set(i, statistics.get(i) + (float) (0.5 * random.nextDouble()));
    }
    return statistics;
  }

  /** Random examples, of up to 9 steps where their inputs are ragged, with random labels. */
  public static MiniBatch batch(NetworkPlan plan, int size, long seed) {
    SplitMix random = SplitMix.stream(SplitMix.key(seed, 3));
    List<Shape> shapes = List.copyOf(plan.inputs().values());
    List<String> names = List.copyOf(plan.inputs().keySet());
    int[] steps = new int[size];
    int fewest = fewestSteps(plan);
    Arrays.setAll(steps, i -> i == 0 ? 9 : fewest + random.nextInt(10 - fewest));
    float[][] inputs = new float[shapes.size()][];
    int[][] lengths = new int[shapes.size()][];
    for (int i = 0; i < inputs.length; i++) {
      lengths[i] = shapes.get(i).isRagged() ? steps : null;
      int indices = plan.indexInputs().getOrDefault(names.get(i), 0);
      inputs[i] = numbers(shapes.get(i), steps, indices, random);
    }
    List<float[]> labels = new ArrayList<>();
    for (int i = 0; i < plan.outputs().size(); i++) {
      labels.add(labels(plan.outputs().get(i), size, plan.steps(i, lengths), random));
    }
    return new MiniBatch(size, inputs, lengths, labels.toArray(float[][]::new), null);
  }

  /** The shortest sequence that all layers can read, such as one that a kernel fits into. */
  private static int fewestSteps(NetworkPlan plan) {
    return IntStream.rangeClosed(1, 9)
        .filter(steps -> reads(plan, steps))
        .findFirst()
        .orElseThrow();
  }

  private static boolean reads(NetworkPlan plan, int steps) {
    int[][] lengths =
        plan.inputs().values().stream()
            .map(shape -> shape.isRagged() ? new int[] {steps} : null)
            .toArray(int[][]::new);
    try {
      plan.steps(0, lengths);
      return true;
    } catch (WrongSettings tooShort) {
      return false;
    }
  }

  private static float[] numbers(Shape shape, int[] steps, int indices, SplitMix random) {
    int longest = Arrays.stream(steps).max().orElseThrow();
    int time = shape.isRagged() ? longest : 1;
    int unit = shape.isRagged() ? shape.stepSize() : shape.size();
    float[] numbers = new float[steps.length * time * unit];
    for (int i = 0; i < numbers.length; i++) {
      boolean present = !shape.isRagged() || i / unit % time < steps[i / unit / time];
      float number = indices > 0 ? random.nextInt(indices) : (float) random.nextGaussian();
      numbers[i] = present ? number : 0;
    }
    return numbers;
  }

  private static float[] labels(OutputPlan output, int size, int[] steps, SplitMix random) {
    int longest = steps == null ? 1 : Arrays.stream(steps).max().orElseThrow();
    float[] labels = new float[size * longest * output.labelWidth()];
    for (int i = 0; i < labels.length; i++) {
      int row = i / output.labelWidth();
      boolean present = steps == null || row % longest < steps[row / longest];
      labels[i] = present ? label(output, random) : Float.NaN;
    }
    return labels;
  }

  private static float label(OutputPlan output, SplitMix random) {
    if (output.labels() != OutputPlan.Labels.NUMBERS) {
      return random.nextInt(output.numUnits());
    }
    return switch (output.loss().labels()) {
      case NUMBERS, VECTORS -> (float) Math.abs(random.nextGaussian());
      case SHARES, CLASSES -> random.nextInt(2);
      case SIGNS -> 2 * random.nextInt(2) - 1;
      case OBJECTS -> throw new IllegalStateException("no network here has objects");
    };
  }
}
