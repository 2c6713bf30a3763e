package dev.braid.worker.bench;

import dev.braid.worker.data.Column;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.Differentiable;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.OptimizedReplica;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.jvm.JvmNetwork;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import dev.braid.worker.torch.TorchNetwork;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Examples per second of one worker on one core, local passes with Adam (fit) and inference
 * (output), for small networks: a plain program rather than JMH, so that its lines can be compared
 * with those of other libraries' programs run in turns. Beside mlp, lenet, lstm and gru there are
 * resnet20 on pictures of 32x32, squeezenet (1.1) on such of 224x224, a language model of letters
 * (charlm), a tagger of words (tagging) and a reader of reviews (sentiment), the last two on texts
 * of different lengths.
 *
 * <pre>
 * mvn -q -pl worker test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * export OMP_NUM_THREADS=1 MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=536870912
 * java --add-modules jdk.incubator.vector -cp worker/target/test-classes:worker/target/classes:$(cat
 *     worker/target/classpath) dev.braid.worker.bench.LocalPassBenchmark mlp,lenet,lstm,gru 2 jvm
 * </pre>
 *
 * The second argument is the seconds of each of three measurements, of which the median is printed:
 * by the clock, and by the processor's time in this thread, which a busy machine disturbs less. The
 * third is the engine, jvm or torch.
 */
public final class LocalPassBenchmark {
  private LocalPassBenchmark() {}

  /**
   * A network and how its examples look.
   *
   * @param shortest steps of an example whose length is not fixed
   * @param longest the most that there are
   */
  private record Net(int batchSize, NetworkPlan plan, int shortest, int longest) {
    private static final String OUTPUT = "output: {loss: 'crossEntropy'}";

    Net(int batchSize, NetworkPlan plan) {
      this(batchSize, plan, 0, 0);
    }

    static Net of(String name) {
      Target ten = Target.ofClasses(10);
      return switch (name) {
        case "mlp" ->
            new Net(
                64,
                Networks.plan(
                    Shape.of(784),
                    ten,
                    "dense: {units: 256, activation: 'relu'}",
                    "dense: {units: 128, activation: 'relu'}",
                    OUTPUT));
        case "lenet" ->
            new Net(
                64,
                Networks.plan(
                    Shape.of(1, 28, 28),
                    ten,
                    "convolution: {filters: 20, kernel: 5, activation: 'relu'}",
                    "maxPooling: {kernel: 2}",
                    "convolution: {filters: 50, kernel: 5, activation: 'relu'}",
                    "maxPooling: {kernel: 2}",
                    "flatten: {}",
                    "dense: {units: 500, activation: 'relu'}",
                    OUTPUT));
        case "resnet20" -> new Net(64, Networks.plan(Shape.of(3, 32, 32), ten, resNet20()));
        case "squeezenet" ->
            new Net(8, Networks.plan(Shape.of(3, 224, 224), Target.ofClasses(1000), squeezeNet()));
        case "lstm", "gru" -> {
          Target tenAtEachStep = new Target(50, 10);
          yield new Net(
              32, Networks.plan(Shape.of(50, 64), tenAtEachStep, name + ": {units: 128}", OUTPUT));
        }
        case "charlm" ->
            ofTexts(
                new Target(1, 65, true),
                100,
                100,
                "embedding: {size: 65, dimension: 64}",
                "lstm: {units: 256}");
        case "tagging" ->
            ofTexts(
                new Target(1, 9, true),
                5,
                40,
                "embedding: {size: 5000, dimension: 100}",
                "bidirectional: {layer: {lstm: {units: 128}}}");
        case "sentiment" ->
            ofTexts(
                Target.ofClasses(2),
                50,
                200,
                "embedding: {size: 10000, dimension: 64}",
                "gru: {units: 96, returnSequences: false}");
        default -> throw new IllegalArgumentException("no net " + name);
      };
    }

    /** Of He et al. 2016 (arXiv:1512.03385) for small pictures. */
    private static String[] resNet20() {
      List<String> layers = new ArrayList<>();
      layers.add("convolution: {filters: 16, kernel: 3, padding: 'same', bias: false}");
      layers.add("batchNorm: {}");
      layers.add("activation: {name: 'block', function: 'relu'}");
      String before = "block";
      for (int i = 0; i < 9; i++) {
        String convolution =
            "convolution: {filters: %d, padding: 'same', bias: false, ".formatted(16 << (i / 3));
        int stride = i == 3 || i == 6 ? 2 : 1;
        String shortcut = before;
        if (stride == 2) {
          shortcut = "narrowed" + i;
          layers.add(
              convolution
                  + "kernel: 1, stride: 2, name: '%s', from: '%s'}".formatted(shortcut, before));
          layers.add("batchNorm: {name: 'shortcut%d'}".formatted(i));
          shortcut = "shortcut" + i;
        }
        layers.add(convolution + "kernel: 3, stride: %d, from: '%s'}".formatted(stride, before));
        layers.add("batchNorm: {}");
        layers.add("activation: {function: 'relu'}");
        layers.add(convolution + "kernel: 3}");
        layers.add("batchNorm: {name: 'normal%d'}".formatted(i));
        layers.add("add: {from: ['normal%d', '%s']}".formatted(i, shortcut));
        before = "block" + i;
        layers.add("activation: {name: '%s', function: 'relu'}".formatted(before));
      }
      layers.add("globalAveragePooling: {}");
      layers.add(OUTPUT);
      return layers.toArray(String[]::new);
    }

    /** SqueezeNet 1.1 (Iandola et al. 2016, arXiv:1602.07360). */
    private static String[] squeezeNet() {
      List<String> layers = new ArrayList<>();
      layers.add("convolution: {filters: 64, kernel: 3, stride: 2, activation: 'relu'}");
      layers.add("maxPooling: {kernel: 3, stride: 2}");
      for (int i = 0; i < 8; i++) {
        int[] narrow = {16, 16, 32, 32, 48, 48, 64, 64};
        String relu = "filters: %d, activation: 'relu'";
        String squeezed = relu.formatted(narrow[i]);
        String wide = relu.formatted(4 * narrow[i]);
        layers.add("convolution: {name: 'squeeze%d', kernel: 1, %s}".formatted(i, squeezed));
        layers.add("convolution: {name: 'one%d', kernel: 1, %s}".formatted(i, wide));
        layers.add(
            "convolution: {name: 'three%d', kernel: 3, padding: 'same', from: 'squeeze%d', %s}"
                .formatted(i, i, wide));
        layers.add("concatenate: {from: ['one%d', 'three%d']}".formatted(i, i));
        if (i == 1 || i == 3) {
          layers.add("maxPooling: {kernel: 3, stride: 2}");
        }
      }
      layers.add("convolution: {filters: 1000, kernel: 1, activation: 'relu'}");
      layers.add("globalAveragePooling: {}");
      layers.add("output: {loss: 'crossEntropy', projection: false}");
      return layers.toArray(String[]::new);
    }

    private static Net ofTexts(Target target, int shortest, int longest, String... layers) {
      List<String> all = new ArrayList<>(List.of(layers));
      all.add(OUTPUT);
      return new Net(
          32, Networks.plan(Shape.ragged(), target, all.toArray(String[]::new)), shortest, longest);
    }

    /** Fewer of large pictures. */
    int numMiniBatches() {
      return batchSize < 32 ? 2 : 20;
    }

    Shard shard() {
      int size = numMiniBatches() * batchSize;
      SplitMix random = SplitMix.stream(1);
      Shape shape = plan.inputs().values().iterator().next();
      OutputPlan output = plan.outputs().get(0);
      if (!shape.isRagged()) {
        return new Shard(
            size,
            new Column[] {numbers(size, shape.size(), 0, random)},
            new Column[] {numbers(size, output.labelWidth(), output.numUnits(), random)});
      }
      int numWords = plan.indexInputs().values().iterator().next();
      float[][] texts = new float[size][];
      float[][] labels = new float[size][];
      for (int i = 0; i < size; i++) {
        int steps = shortest + random.nextInt(longest - shortest + 1);
        texts[i] = indices(steps, numWords, random);
        labels[i] = indices(steps, output.numUnits(), random);
      }
      Column answers =
          output.shape().isRagged()
              ? Column.ofSequences(1, labels)
              : numbers(size, 1, output.numUnits(), random);
      return new Shard(size, new Column[] {Column.ofSequences(1, texts)}, new Column[] {answers});
    }

    /** Indices of that many classes, or numbers. */
    private static Column numbers(int size, int width, int classes, SplitMix random) {
      if (classes > 0) {
        return Column.ofFloats(width, indices(size * width, classes, random));
      }
      float[] numbers = new float[size * width];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) random.nextGaussian();
      }
      return Column.ofFloats(width, numbers);
    }

    private static float[] indices(int count, int bound, SplitMix random) {
      float[] indices = new float[count];
      for (int i = 0; i < count; i++) {
        indices[i] = random.nextInt(bound);
      }
      return indices;
    }
  }

  /** Prints a line for each network and kind of work. */
  public static void main(String[] args) {
    double seconds = Double.parseDouble(args[1]);
    for (String name : args[0].split(",", -1)) {
      Net net = Net.of(name);
      Adam adam = new Adam(0.001, null, null, null);
      Differentiable network = network(args[2], net.plan);
      try (Replica replica = new OptimizedReplica(network, new UpdateRule(adam))) {
        State state = replica.newState();
        state.params().copyFrom(net.plan.initialParams(1));
        state.statistics().copyFrom(net.plan.initialStatistics());
        replica.load(state);
        Shard shard = net.shard();
        List<Normaliser> none = List.of(Normaliser.NONE);
        report(
            args[2] + " " + name,
            "fit",
            seconds,
            shard.size(),
            epoch -> pass(replica, shard, net, epoch));
        Differentiable answers = forAnswers(network);
        MiniBatches batches = MiniBatches.inOrder(shard, net.batchSize, none);
        MiniBatch[] all =
            IntStream.range(0, net.numMiniBatches())
                .mapToObj(batches::get)
                .toArray(MiniBatch[]::new);
        report(
            args[2] + " " + name,
            "output",
            seconds,
            shard.size(),
            epoch -> Arrays.stream(all).forEach(answers::output));
      }
    }
  }

  private static Differentiable network(String engine, NetworkPlan plan) {
    return switch (engine) {
      case "jvm" -> new JvmNetwork(plan);
      case "torch" -> new TorchNetwork(plan);
      default -> throw new IllegalArgumentException("no engine " + engine);
    };
  }

  /** What a thread of an inference asks. */
  private static Differentiable forAnswers(Differentiable network) {
    if (network instanceof JvmNetwork jvm) {
      return jvm.sharingWeights();
    }
    return network instanceof TorchNetwork torch ? torch.sharingWeights() : network;
  }

  private static void pass(Replica replica, Shard shard, Net net, int epoch) {
    RunSpec spec = new RunSpec(() -> replica, List.of(Normaliser.NONE), net.batchSize, 1);
    long update = (long) epoch * net.numMiniBatches();
    new LocalPass(epoch, 0, 0, net.numMiniBatches(), new LocalPass.Counts(update, 1, update), 1)
        .run(replica, spec, shard);
  }

  private static void report(
      String net, String work, double seconds, int examples, IntConsumer epoch) {
    rates(seconds, examples, epoch);
    double[][] rates = new double[3][];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = rates(seconds, examples, epoch);
    }
    System.out.printf(
        "braid 1 threads %s %s %.0f examples/s, %.0f by processor time%n",
        net, work, median(rates, 0), median(rates, 1));
  }

  private static double[] rates(double seconds, int examples, IntConsumer epoch) {
    long start = System.nanoTime();
    long startBusy = busyNanos();
    int done = 0;
    while (System.nanoTime() - start < seconds * 1e9) {
      epoch.accept(done++);
    }
    double all = (double) done * examples;
    return new double[] {
      all / ((System.nanoTime() - start) / 1e9), all / ((busyNanos() - startBusy) / 1e9)
    };
  }

  private static long busyNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double median(double[][] rates, int column) {
    double[] values = Arrays.stream(rates).mapToDouble(rate -> rate[column]).sorted().toArray();
    return values[values.length / 2];
  }
}
