package dev.braid.worker.jvm;

import com.sun.management.ThreadMXBean;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.OptimizedReplica;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Counts the bytes of the heap that networks take in a training step, and in an answer beside the
 * answer itself, once their memory is planned.
 */
final class AllocatedBytes {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int BATCHES = 3;
  private static final int COUNTED = 20;

  /** Where a copy goes, so that it is made. */
  private static float[][] copied = {};

  private AllocatedBytes() {}

  private static Map<String, SameBits.Net> nets() {
    Map<String, SameBits.Net> nets = new LinkedHashMap<>();
    String[] layers = {
      "dense: {units: 40, activation: 'relu'}",
      "dense: {units: 20, activation: 'tanh'}",
      "output: {loss: 'crossEntropy'}"
    };
    nets.put(
        "MLP",
        new SameBits.Net(Networks.plan(Shape.of(31), Target.ofClasses(10), layers), 7, null));
    nets.putAll(SameBits.nets());
    return nets;
  }

  /**
   * A line for each network: its name, the bytes of a step, and those of an answer beside the
   * arrays that it is returned in.
   *
   * @param warmUp how often each mini-batch is learnt and answered before
   */
  static String report(KernelSet kernels, int warmUp) {
    StringBuilder lines = new StringBuilder();
    nets().forEach((name, net) -> lines.append(name + ": " + bytes(net, kernels, warmUp) + "\n"));
    return lines.toString();
  }

  private static String bytes(SameBits.Net net, KernelSet kernels, int warmUp) {
    MiniBatch[] batches = batches(net);
    StepContext[] contexts = contexts();
    try (OptimizedReplica replica = replica(net, kernels)) {
      long step = bytes(i -> replica.step(batches[i], contexts[i]), warmUp);
      float[] answer = replica.output(batches[0])[0];
      long arrays = bytes(i -> copied = new float[][] {Arrays.copyOf(answer, answer.length)}, 1);
      long more = bytes(i -> replica.output(batches[i]), warmUp) - arrays;
      return "%d in a step, %d in an answer beside it".formatted(step, more);
    }
  }

  /** Networks with enough to do for the JVM's compiler to see all of it soon, by their names. */
  static Map<String, SameBits.Net> busyNets() {
    Map<String, SameBits.Net> nets = new LinkedHashMap<>();
    nets.put(
        "MLP",
        SameBits.Net.of(
            64,
            Shape.of(784),
            null,
            List.of(
                "dense: {units: 256, activation: 'relu'}",
                "dense: {units: 128, activation: 'relu'}")));
    for (String kind : List.of("lstm", "gru")) {
      nets.put(
          kind,
          SameBits.Net.of(
              16,
              Shape.ragged(32),
              new int[] {12, 7, 1, 12, 10, 4, 12, 12, 9, 12, 12, 3, 12, 12, 5, 12},
              List.of(kind + ": {units: 64}", kind + ": {units: 64, returnSequences: false}")));
    }
    for (String name : List.of("LeNet", "ResNet-20 with batch norm")) {
      nets.put(name, SameBits.nets().get(name));
    }
    return nets;
  }

  private static MiniBatch[] batches(SameBits.Net net) {
    MiniBatch[] batches = new MiniBatch[BATCHES];
    Arrays.setAll(batches, net::batch);
    return batches;
  }

  private static StepContext[] contexts() {
    StepContext[] contexts = new StepContext[BATCHES];
    Arrays.setAll(contexts, i -> new StepContext(0, i, i, i));
    return contexts;
  }

  /** A replica that begins with the network's first state. */
  private static OptimizedReplica replica(SameBits.Net net, KernelSet kernels) {
    UpdateRule adam = new UpdateRule(new Adam(0.001, null, null, null));
    OptimizedReplica replica = new OptimizedReplica(new JvmNetwork(net.plan(), kernels), adam);
    State state = replica.newState();
    state.params().copyFrom(net.plan().initialParams(1));
    state.statistics().copyFrom(net.plan().initialStatistics());
    replica.load(state);
    return replica;
  }

  /**
   * The median of what {@link #COUNTED} steps take of the heap, after those in which the JVM's
   * compiler still comes to know them.
   *
   * @param most steps of warming up; it ends as soon as {@link #COUNTED} in a row have taken
   *     nothing
   */
  static long warmedUp(SameBits.Net net, KernelSet kernels, int most) {
    MiniBatch[] batches = batches(net);
    StepContext[] contexts = contexts();
    try (OptimizedReplica replica = replica(net, kernels)) {
      int without = 0;
      int steps = 0;
      for (; steps < most && without < COUNTED; steps++) {
        int i = steps % BATCHES;
        without = taken(() -> replica.step(batches[i], contexts[i])) == 0 ? without + 1 : 0;
      }
      long[] counted = new long[COUNTED];
      Arrays.setAll(
          counted, k -> taken(() -> replica.step(batches[k % BATCHES], contexts[k % BATCHES])));
      Arrays.sort(counted);
      return counted[COUNTED / 2];
    }
  }

  /** Bytes of the heap that this thread takes for a piece of work. */
  private static long taken(Runnable work) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    work.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** The mean over the mini-batches. */
  private static long bytes(IntConsumer work, int warmUp) {
    for (int i = 0; i < warmUp * BATCHES; i++) {
      work.accept(i % BATCHES);
    }
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < BATCHES; i++) {
      work.accept(i);
    }
    return (THREADS.getCurrentThreadAllocatedBytes() - before) / BATCHES;
  }

  /** Prints {@link #report} of vectors after so many rounds of warming up. */
  public static void main(String[] arguments) {
    System.out.print(report(KernelSet.named(arguments[0]), Integer.parseInt(arguments[1])));
  }
}
