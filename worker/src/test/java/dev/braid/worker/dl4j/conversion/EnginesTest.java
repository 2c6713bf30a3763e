package dev.braid.worker.dl4j.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Differentiable;
import dev.braid.worker.engine.OptimizedReplica;
import dev.braid.worker.engine.Scores;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import dev.braid.worker.torch.TorchNetwork;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Two independent engines are each other's oracle: what both can build, both compute alike. */
class EnginesTest {
  /** Two engines add up floats in different orders. */
  private static final double TOLERANCE = 1e-5;

  private static final String CLASSES = "output: {loss: 'crossEntropy'}";
  private static final String NUMBERS = "output: {loss: 'meanSquared'}";

  /** Random shapes that each network is tried on. */
  private static final int TRIALS = 3;

  /** Networks to try optimizers on; no gradient is rounding alone, which Adam would enlarge. */
  private static final List<Case> OPTIMIZED =
      List.of(
          image("convolution: {filters: 3, kernel: 3, activation: 'tanh'}", "flatten: {}", CLASSES),
          sequence("lstm: {units: 5, returnSequences: false}", CLASSES),
          new Case(
              Shape.of(5), Target.ofNumbers(2), "dense: {units: 4, activation: 'tanh'}", NUMBERS));

  /** A network and what it reads. */
  private record Case(Shape input, Target target, List<String> layers) {
    Case(Shape input, Target target, String... layers) {
      this(input, target, List.of(layers));
    }

    NetworkPlan plan() {
      return Networks.plan(input, target, layers.toArray(String[]::new));
    }

    /** The same layers on inputs and labels of random sizes, none smaller. */
    Case grown(long seed) {
      boolean ids = layers.get(0).startsWith("embedding");
      SplitMix random = SplitMix.stream(SplitMix.key(seed, layers.hashCode()));
      List<Integer> sizes =
          input.sizes().stream().map(size -> size + random.nextInt(ids ? 1 : 4)).toList();
      return new Case(new Shape(sizes), grown(sizes, random), layers);
    }

    /** As many labels for each time step as before, or more numbers in one label. */
    private Target grown(List<Integer> sizes, SplitMix random) {
      if (target.width() == 1) {
        return target;
      }
      boolean ofSteps = input.rank() == 2;
      int width =
          ofSteps
              ? target.width() / input.sizes().get(0) * sizes.get(0)
              : target.width() + random.nextInt(4);
      return new Target(width, target.classes());
    }

    @Override
    public String toString() {
      return input + " " + String.join(" ", layers);
    }
  }

  private static Case vector(String... layers) {
    return new Case(Shape.of(7), Target.ofClasses(3), layers);
  }

  private static Case sequence(String... layers) {
    return new Case(Shape.of(6, 4), Target.ofClasses(3), layers);
  }

  private static Case image(String... layers) {
    return new Case(Shape.of(2, 7, 6), Target.ofClasses(3), layers);
  }

  private static Case volume(String... layers) {
    return new Case(Shape.of(2, 4, 5, 6), Target.ofClasses(3), layers);
  }

  private static Stream<Case> layers() {
    String flatten = "flatten: {}";
    String pool = "globalAveragePooling: {}";
    return Stream.of(
        vector("dense: {units: 5, activation: 'relu'}", CLASSES),
        vector("dense: {units: 5, bias: false, activation: 'tanh'}", CLASSES),
        vector("dense: {units: 5}", "batchNorm: {}", CLASSES),
        vector("dense: {units: 5}", "dropout: {rate: 0}", "activation: {function: 'elu'}", CLASSES),
        vector(
            "dense: {units: 5, name: 'a'}",
            "dense: {units: 5, name: 'b', from: ['input']}",
            "add: {from: ['a', 'b'], name: 'sum'}",
            "multiply: {from: ['a', 'b'], name: 'product'}",
            "concatenate: {from: ['sum', 'product']}",
            CLASSES),
        image("convolution: {filters: 3, kernel: 3, activation: 'relu'}", flatten, CLASSES),
        image(
            "convolution: {filters: 3, kernel: [3, 2], stride: 2, padding: 'same'}", pool, CLASSES),
        image(
            "convolution: {filters: 3, kernel: 3, dilation: 2, padding: 1, bias: false}",
            pool,
            CLASSES),
        image("convolution: {filters: 3, kernel: 2}", "batchNorm: {}", flatten, CLASSES),
        image("convolution: {filters: 3, kernel: 2}", "maxPooling: {kernel: 2}", flatten, CLASSES),
        image(
            "convolution: {filters: 3, kernel: 2}",
            "maxPooling: {kernel: 3, stride: 2, padding: 'same'}",
            flatten,
            CLASSES),
        image(
            "convolution: {filters: 3, kernel: 2}",
            "averagePooling: {kernel: 2}",
            flatten,
            CLASSES),
        image(
            "zeroPadding: {padding: 1}",
            "convolution: {filters: 3, kernel: 2}",
            "globalMaxPooling: {}",
            CLASSES),
        volume(
            "convolution: {filters: 3, kernel: 2, activation: 'tanh'}",
            "maxPooling: {kernel: 2}",
            flatten,
            CLASSES),
        volume(
            "convolution: {filters: 3, kernel: 3, padding: 'same'}",
            "averagePooling: {kernel: 2}",
            pool,
            CLASSES),
        sequence(
            "convolution: {filters: 5, kernel: 3, activation: 'relu'}",
            "maxPooling: {kernel: 2}",
            pool,
            CLASSES),
        sequence(
            "convolution: {filters: 5, kernel: 3, padding: 'same'}",
            "averagePooling: {kernel: 2}",
            "globalMaxPooling: {}",
            CLASSES),
        sequence("simpleRnn: {units: 5, returnSequences: false}", CLASSES),
        sequence("simpleRnn: {units: 5, activation: 'relu'}", pool, CLASSES),
        sequence("lstm: {units: 5, returnSequences: false}", CLASSES),
        sequence("lstm: {units: 5}", "dense: {units: 4, activation: 'tanh'}", pool, CLASSES),
        sequence("bidirectional: {layer: {lstm: {units: 5, returnSequences: false}}}", CLASSES),
        sequence("bidirectional: {layer: {lstm: {units: 5}}, merge: 'sum'}", pool, CLASSES),
        new Case(Shape.of(6, 4), new Target(6, 3), "lstm: {units: 5}", CLASSES),
        new Case(
            Shape.of(6),
            Target.ofClasses(3),
            "embedding: {size: 9, dimension: 4}",
            "lstm: {units: 5, returnSequences: false}",
            CLASSES));
  }

  private static Stream<Case> losses() {
    return Stream.of(
        new Case(Shape.of(5), Target.ofNumbers(2), NUMBERS),
        new Case(Shape.of(5), Target.ofNumbers(2), "output: {loss: 'meanAbsolute'}"),
        new Case(Shape.of(5), Target.ofNumbers(2), "output: {loss: 'hinge'}"),
        new Case(Shape.of(5), Target.ofNumbers(2), "output: {loss: 'squaredHinge'}"),
        new Case(Shape.of(5), Target.ofNumbers(2), "output: {loss: 'binaryCrossEntropy'}"),
        new Case(Shape.of(5), Target.ofNumbers(3), "output: {loss: 'klDivergence'}"),
        new Case(Shape.of(5), Target.ofNumbers(3), "output: {loss: 'cosine', weight: 0.5}"),
        new Case(
            Shape.of(5), Target.ofNumbers(2), "output: {loss: 'meanSquared', activation: 'tanh'}"),
        new Case(Shape.of(5), Target.ofNumbers(1), "output: {loss: 'binaryCrossEntropy'}"),
        new Case(Shape.of(4, 5), Target.ofNumbers(8), "output: {loss: 'meanSquared', units: 2}"));
  }

  private static Stream<Case> activations() {
    return Stream.of(
            "identity",
            "relu",
            "leakyRelu",
            "relu6",
            "elu",
            "selu",
            "sigmoid",
            "tanh",
            "hardTanh",
            "softmax",
            "softplus",
            "softsign",
            "swish",
            "mish")
        .map(name -> vector("dense: {units: 5, activation: '" + name + "'}", CLASSES));
  }

  @ParameterizedTest
  @MethodSource({"layers", "losses", "activations"})
  void layer_isTheSame_onBothEngines_whateverTheShapes(Case network) {
    for (int trial = 0; trial < TRIALS; trial++) {
      NetworkPlan plan = network.grown(trial).plan();
      try (Differentiable torch = new TorchNetwork(plan);
          Differentiable dl4j = new Dl4jNetwork(plan)) {
        for (int size : raggedSizes(trial)) {
          compareOnce(plan, torch, dl4j, batch(plan, size, 0));
        }
      }
      compareFiveSteps(plan, new UpdateRule(new Sgd(0.1)), raggedSizes(trial));
    }
  }

  /** Sizes of five mini-batches, none of which a layer divides by n - 1 = 0 on. */
  private static int[] raggedSizes(long trial) {
    SplitMix random = SplitMix.stream(SplitMix.key(trial, 5));
    return IntStream.range(0, 5).map(step -> 2 + random.nextInt(6)).toArray();
  }

  private static void compareFiveSteps(NetworkPlan plan, UpdateRule rule, int[] sizes) {
    State[] states = new State[2];
    for (int i = 0; i < 2; i++) {
      Differentiable engine = i == 0 ? new TorchNetwork(plan) : new Dl4jNetwork(plan);
      try (OptimizedReplica replica = new OptimizedReplica(engine, rule)) {
        states[i] = replica.newState();
        states[i].params().copyFrom(plan.initialParams(3));
        states[i].statistics().copyFrom(plan.initialStatistics());
        replica.load(states[i]);
        for (int step = 0; step < sizes.length; step++) {
          replica.step(batch(plan, sizes[step], 0), new StepContext(0, step, step, step));
        }
        replica.read(states[i]);
      }
    }
    assertClose("params", states[0].params().block(0), states[1].params().block(0));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void missingLabels_countNothing_onBothEngines(Case network) {
    for (int trial = 0; trial < TRIALS; trial++) {
      NetworkPlan plan = network.grown(trial).plan();
      if (plan.outputs().get(0).shape().rank() > 1) {
        return; // refused, see below
      }
      try (Differentiable torch = new TorchNetwork(plan);
          Differentiable dl4j = new Dl4jNetwork(plan)) {
        compareOnce(plan, torch, dl4j, batch(plan, 6, 3));
      }
    }
  }

  private static void compareOnce(
      NetworkPlan plan, Differentiable torch, Differentiable dl4j, MiniBatch batch) {
    Blocks[] gradients = new Blocks[2];
    Blocks[] statistics = new Blocks[2];
    double[] losses = new double[2];
    Scores[] scores = new Scores[2];
    Differentiable[] engines = {torch, dl4j};
    for (int i = 0; i < 2; i++) {
      engines[i].loadParams(plan.initialParams(3));
      engines[i].loadStatistics(plan.initialStatistics());
      gradients[i] = Blocks.zeros(plan.layout().numParams());
      statistics[i] = Blocks.zeros(plan.layout().numStatistics());
      losses[i] = engines[i].gradient(batch, 1, gradients[i]);
      engines[i].readStatistics(statistics[i]);
      scores[i] = engines[i].score(batch);
    }
    assertEquals(losses[0], losses[1], TOLERANCE, "loss");
    assertClose("gradient", gradients[0].block(0), gradients[1].block(0));
    if (statistics[0].size() > 0) {
      assertClose("statistics", statistics[0].block(0), statistics[1].block(0));
    }
    assertEquals(scores[0].loss(), scores[1].loss(), TOLERANCE, "inference loss");
    assertClose("output", scores[0].outputs()[0], scores[1].outputs()[0]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{sgd: {learningRate: 0.1}}",
        "{momentum: {learningRate: 0.1}}",
        "{nesterov: {learningRate: 0.1}}",
        "{rmsProp: {learningRate: 0.01}}",
        "{adam: {learningRate: 0.01}}",
        "{adamW: {learningRate: 0.01}}",
        "{adaGrad: {learningRate: 0.1}}"
      })
  void optimizer_takesFiveSteps_alikeOnBothEngines_whateverTheShapes(String optimizer) {
    UpdateRule rule = new UpdateRule(Networks.readAs(optimizer, Optimizer.class));
    for (int trial = 0; trial < TRIALS; trial++) {
      for (Case network : OPTIMIZED) {
        compareFiveSteps(network.grown(trial).plan(), rule, raggedSizes(trial));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "gru: {units: 3, returnSequences: false}; gru",
        "layerNorm: {}; layerNorm",
        "dense: {units: 3, activation: 'gelu'}; activation gelu",
        "flatten: {}; of [6, 4]"
      })
  void whatDl4jLacks_isRefusedByName(String layer, String named) {
    String[] layers = {layer, "globalAveragePooling: {}", CLASSES};
    boolean flat = layer.startsWith("gru") || layer.startsWith("flatten");
    NetworkPlan plan =
        Networks.plan(
            Shape.of(6, 4), Target.ofClasses(3), flat ? new String[] {layer, CLASSES} : layers);
    Exception error = assertThrows(IllegalArgumentException.class, () -> new Dl4jNetwork(plan));
    assertTrue(
        error.getMessage().contains(named) && error.getMessage().contains("no counterpart in DL4J"),
        error::getMessage);
  }

  /**
   * A mini-batch of random numbers.
   *
   * @param missing every so many labels one is missing, 0 for none
   */
  private static MiniBatch batch(NetworkPlan plan, int size, int missing) {
    SplitMix random = SplitMix.stream(SplitMix.key(size, plan.inputs().hashCode()));
    Shape shape = plan.inputs().get("input");
    boolean indices = plan.layers().get(0).node().kind().equals("embedding");
    float[] input = new float[size * shape.size()];
    for (int i = 0; i < input.length; i++) {
      input[i] = indices ? random.nextInt(9) : (float) random.nextGaussian();
    }
    OutputPlan output = plan.outputs().get(0);
    float[] labels = new float[size * output.labelWidth()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] =
          output.labels() == OutputPlan.Labels.NUMBERS
              ? number(output.loss(), random)
              : random.nextInt(output.numUnits());
      labels[i] = missing > 0 && i % missing == 1 ? Float.NaN : labels[i];
    }
    return new MiniBatch(size, new float[][] {input}, new float[][] {labels});
  }

  private static float number(Loss loss, SplitMix random) {
    return switch (loss.name()) {
      case "hinge", "squaredHinge", "binaryCrossEntropy" -> random.nextInt(2);
      case "klDivergence" -> (float) (0.1 + 0.8 * random.nextDouble());
      default -> (float) random.nextGaussian();
    };
  }

  private static void assertClose(String what, float[] expected, float[] actual) {
    double scale = 1;
    for (float x : expected) {
      scale = Math.max(scale, Math.abs(x));
    }
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], TOLERANCE * scale, what + "[" + i + "]");
    }
  }
}
