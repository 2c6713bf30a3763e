package dev.braid.worker.jvm;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.model.ModelSha256;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ten steps of Adam for each of four networks, and the fingerprint of what they have become: the
 * same in every JVM, whatever its version and flags, and on every processor.
 *
 * <pre>
 * mvn -q -pl worker test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java --add-modules=jdk.incubator.vector -cp worker/target/test-classes:worker/target/classes:$(cat
 *     worker/target/classpath) dev.braid.worker.jvm.SameBits
 * </pre>
 *
 * Without {@code --add-modules} it computes in plain loops.
 */
public final class SameBits {
  private static final int STEPS = 10;
  private static final int CLASSES = 10;
  private static final int TIME = 12;

  private SameBits() {}

  /**
   * A network and the mini-batches it learns from.
   *
   * @param lengths steps of the examples, the longest being {@link #TIME}; null where they have
   *     none
   */
  @SuppressWarnings("ArrayRecordComponent") // only read
  record Net(NetworkPlan plan, int size, int[] lengths) {
    static Net of(int size, Shape shape, int[] lengths, List<String> layers) {
      List<String> all = new ArrayList<>(layers);
      all.add("output: {loss: 'crossEntropy'}");
      String[] array = all.toArray(String[]::new);
      return new Net(Networks.plan(shape, Target.ofClasses(CLASSES), array), size, lengths);
    }

    MiniBatch batch(int step) {
      SplitMix random = SplitMix.stream(step);
      Shape shape = plan.inputs().values().iterator().next();
      int ofExample = lengths == null ? shape.size() : TIME * shape.channels();
      float[] numbers = new float[size * ofExample];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) random.nextGaussian();
      }
      float[] labels = new float[size];
      for (int i = 0; i < size; i++) {
        labels[i] = random.nextInt(CLASSES);
      }
      return new MiniBatch(
          size, new float[][] {numbers}, new int[][] {lengths}, new float[][] {labels}, null);
    }
  }

  /** The networks by their names. */
  static Map<String, Net> nets() {
    Map<String, Net> nets = new LinkedHashMap<>();
    nets.put("LeNet", Net.of(8, Shape.of(1, 28, 28), null, leNet()));
    nets.put(
        "LSTM with dropout",
        Net.of(
            5,
            Shape.ragged(11),
            new int[] {7, TIME, 1, 10, 4},
            List.of(
                "lstm: {units: 33}",
                "dropout: {rate: 0.3}",
                "lstm: {units: 16, returnSequences: false}")));
    nets.put("ResNet-20 with batch norm", Net.of(3, Shape.of(3, 16, 16), null, resNet20()));
    nets.put(
        "GRU with attention",
        Net.of(
            5,
            Shape.ragged(11),
            new int[] {3, 9, TIME, 1, 6},
            List.of(
                "bidirectional: {layer: {gru: {units: 12}}}",
                "positionalEncoding: {}",
                "multiHeadAttention: {heads: 4, causal: true}",
                "layerNorm: {}",
                "attention: {score: 'additive', units: 9}",
                "attentionPooling: {units: 7}",
                "dense: {units: 19, activation: 'gelu'}")));
    return nets;
  }

  private static List<String> leNet() {
    return List.of(
        "convolution: {filters: 20, kernel: 5, activation: 'relu'}",
        "maxPooling: {kernel: 2}",
        "convolution: {filters: 50, kernel: 5, activation: 'relu'}",
        "maxPooling: {kernel: 2}",
        "flatten: {}",
        "dense: {units: 500, activation: 'relu'}");
  }

  /** Of He et al. 2016 (arXiv:1512.03385) for small pictures, with half as many filters. */
  private static List<String> resNet20() {
    List<String> layers = new ArrayList<>();
    String before = "stem";
    layers.add("convolution: {filters: 8, kernel: 3, padding: 'same', bias: false}");
    layers.add("batchNorm: {}");
    layers.add("activation: {name: 'stem', function: 'relu'}");
    for (int i = 0; i < 9; i++) {
      int filters = 8 << (i / 3);
      int stride = i == 3 || i == 6 ? 2 : 1;
      String shortcut = before;
      if (stride == 2) {
        shortcut = "narrowed" + i;
        layers.add(convolution(filters, 1, stride, named(shortcut) + ", " + from(before)));
      }
      layers.add(convolution(filters, 3, stride, from(before)));
      layers.add("batchNorm: {}");
      layers.add("activation: {function: 'relu'}");
      layers.add(convolution(filters, 3, 1, "bias: false"));
      layers.add("batchNorm: {name: 'normal" + i + "'}");
      layers.add("add: {name: 'sum" + i + "', from: ['normal" + i + "', '" + shortcut + "']}");
      before = "block" + i;
      layers.add("activation: {name: '" + before + "', function: 'relu'}");
    }
    layers.add("globalAveragePooling: {}");
    return layers;
  }

  private static String named(String name) {
    return "name: '" + name + "'";
  }

  private static String from(String name) {
    return "from: '" + name + "'";
  }

  private static String convolution(int filters, int kernel, int stride, String more) {
    return "convolution: {filters: %d, kernel: %d, stride: %d, padding: %d, %s}"
        .formatted(filters, kernel, stride, kernel / 2, more);
  }

  /** A line for each network: its name and the SHA-256 of its parameters and statistics. */
  static String fingerprints() {
    StringBuilder lines = new StringBuilder();
    nets().forEach((name, net) -> lines.append(name + ": " + fingerprint(net) + "\n"));
    return lines.toString();
  }

  private static String fingerprint(Net net) {
    Optional<UpdateRule> adam = Optional.of(new UpdateRule(new Adam(0.001, null, null, null)));
    try (Replica replica = NetworkEngine.named("jvm").replicas(net.plan, adam).create()) {
      State state = replica.newState();
      state.params().copyFrom(net.plan.initialParams(1));
      state.statistics().copyFrom(net.plan.initialStatistics());
      replica.load(state);
      for (int step = 0; step < STEPS; step++) {
        replica.step(net.batch(step), new StepContext(0, step, step, SplitMix.key(9, step)));
      }
      replica.read(state);
      return ModelSha256.of(state.params(), state.statistics());
    }
  }

  /** Prints {@link #fingerprints}. */
  public static void main(String[] arguments) {
    System.out.print(fingerprints());
  }
}
