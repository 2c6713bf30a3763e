package dev.braid.worker.bench;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.dl4j.conversion.Dl4jReplicaSource;
import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Engines in one JVM: two threads train a small convolutional network, each on one engine and then
 * the next, in turn, for some minutes, with replicas that they keep, as tasks do. Prints the memory
 * the process holds every tenth of the time; exits with 1 when it grows by more than 64 MB from the
 * second tenth to the end, or when the engines' losses part. Compiled code and native arenas take
 * some 40 MB in the first minute; the mini-batches of 2000 steps, were they kept, would be more
 * than 64 MB. Arguments: the engines in the order in which they are loaded, such as {@code
 * dl4j,torch} or {@code jvm}, and the seconds.
 *
 * <pre>
 * mvn -q -pl worker test-compile
 * mvn -q -pl worker dependency:build-classpath -Dmdep.outputFile=target/classpath
 * OMP_NUM_THREADS=1 java @conf/jvm.options -Xms256m -Xmx256m -XX:+AlwaysPreTouch -cp worker/target/test-classes:worker/target/classes:
 *     $(cat worker/target/classpath) dev.braid.worker.bench.EnginesSoak dl4j,torch,jvm 600
 * </pre>
 */
public final class EnginesSoak {
  private static final int BATCH_SIZE = 32;
  private static final int STEPS = 10;
  private static final int TENTHS = 10;
  private static final long GROWTH_MEGABYTES = 64;

  private EnginesSoak() {}

  /** Runs it. */
  public static void main(String[] arguments) throws Exception {
    List<String> names = List.of(arguments[0].split(",", -1));
    double seconds = Double.parseDouble(arguments[1]);
    NetworkPlan plan =
        Networks.plan(
            Shape.of(1, 16, 16),
            Target.ofClasses(10),
            "convolution: {filters: 8, kernel: 3, activation: 'relu'}",
            "maxPooling: {kernel: 2}",
            "flatten: {}",
            "dense: {units: 64, activation: 'relu'}",
            "output: {loss: 'crossEntropy'}");
    UpdateRule rule = new UpdateRule(new Adam(0.001, null, null, null));
    List<ReplicaSource> engines = names.stream().map(name -> source(name, plan, rule)).toList();
    List<List<Replica>> replicas =
        List.of(
            engines.stream().map(ReplicaSource::create).toList(),
            engines.stream().map(ReplicaSource::create).toList());
    ExecutorService threads = Executors.newFixedThreadPool(2);
    long begin = System.nanoTime();
    long[] megabytes = new long[TENTHS];
    long steps = 0;
    for (int tenth = 0; tenth < TENTHS; tenth++) {
      double until = (tenth + 1) * seconds / TENTHS;
      while ((System.nanoTime() - begin) / 1e9 < until) {
        List<Future<double[]>> losses =
            threads.invokeAll(
                List.of(
                    () -> losses(plan, replicas.get(0), 0),
                    () -> losses(plan, replicas.get(1), 1)));
        for (Future<double[]> each : losses) {
          requireAlike(each.get());
        }
        steps += 2L * engines.size() * STEPS;
      }
      megabytes[tenth] = residentMegabytes();
      System.out.printf(
          "%4.0f s  %,9d steps  %,6d MB%n",
          (System.nanoTime() - begin) / 1e9, steps, megabytes[tenth]);
    }
    threads.shutdown();
    long before = megabytes[1];
    long after = megabytes[TENTHS - 1];
    System.out.printf("memory %d MB -> %d MB%n", before, after);
    System.exit(after - before > GROWTH_MEGABYTES ? 1 : 0);
  }

  /** DL4J's engine runs networks of layers in tests alone. */
  private static ReplicaSource source(String engine, NetworkPlan plan, UpdateRule rule) {
    return engine.equals("dl4j")
        ? new Dl4jReplicaSource(plan, rule)
        : NetworkEngine.named(engine).replicas(plan, Optional.of(rule));
  }

  /** The last loss of each engine after a few steps from the same state. */
  private static double[] losses(NetworkPlan plan, List<Replica> replicas, int thread) {
    double[] losses = new double[replicas.size()];
    for (int i = 0; i < losses.length; i++) {
      Replica replica = replicas.get((i + thread) % losses.length);
      State state = replica.newState();
      state.params().copyFrom(plan.initialParams(3));
      replica.load(state);
      for (int step = 0; step < STEPS; step++) {
        losses[i] = replica.step(batch(step), new StepContext(0, step, step, step));
      }
    }
    return losses;
  }

  private static MiniBatch batch(int step) {
    SplitMix random = SplitMix.stream(step);
    float[] pixels = new float[BATCH_SIZE * 256];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble();
    }
    float[] labels = new float[BATCH_SIZE];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = random.nextInt(10);
    }
    return new MiniBatch(BATCH_SIZE, new float[][] {pixels}, new float[][] {labels});
  }

  private static void requireAlike(double[] losses) {
    for (double loss : losses) {
      if (!(Math.abs(losses[0] - loss) < 1e-3)) {
        throw new IllegalStateException("the engines' losses part: " + Arrays.toString(losses));
      }
    }
  }

  private static long residentMegabytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }
}
