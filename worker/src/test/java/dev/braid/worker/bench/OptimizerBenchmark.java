package dev.braid.worker.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.optimizer.Slice;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.Segment.Penalty;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One optimizer step over the 235,146 parameters of the perceptron 784-256-128-10, with ordinary
 * gradients and with half of the parameters dead for long enough that their moments would be
 * denormal. The median (p0.50) says what a step costs on a machine that also does other things.
 *
 * <pre>
 * mvn -q -pl worker test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp worker/target/test-classes:worker/target/classes:$(cat worker/target/classpath) \
 *     org.openjdk.jmh.Main OptimizerBenchmark
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OptimizerBenchmark {
  private static final int NUM_PARAMS = 784 * 256 + 256 + 256 * 128 + 128 + 128 * 10 + 10;
  private static final int STEPS_UNTIL_MOMENTS_HAVE_DECAYED = 1500;

  @Param({"sgd", "momentum", "rmsProp", "adam", "adamW"})
  public String optimizer;

  @Param({"false", "true"})
  public boolean halfDead;

  private Optimizer rule;
  private Slice slice;
  private long update;

  /** Gives every parameter a moment, then lets those of dead parameters decay. */
  @Setup
  public void setUp() throws JsonProcessingException {
    rule = new ObjectMapper().readValue("{\"%s\": {}}".formatted(optimizer), Optimizer.class);
    SplitMix random = SplitMix.stream(1);
    float[] params = new float[NUM_PARAMS];
    float[] gradients = new float[NUM_PARAMS];
    for (int i = 0; i < NUM_PARAMS; i++) {
      params[i] = (float) random.nextGaussian();
      gradients[i] = (float) random.nextGaussian() * 1e-3f;
    }
    float[][] slots = new float[rule.numSlots()][NUM_PARAMS];
    slice =
        new Slice(
            params,
            gradients,
            slots,
            0,
            NUM_PARAMS,
            new Slice.Treatment(true, Penalty.OF_THE_TRAINING, 1));
    step();
    for (int i = 0; i < NUM_PARAMS; i += halfDead ? 2 : NUM_PARAMS) {
      gradients[i] = 0;
    }
    for (int i = 0; i < STEPS_UNTIL_MOMENTS_HAVE_DECAYED; i++) {
      step();
    }
  }

  /** One step. */
  @Benchmark
  public void step() {
    rule.updateInPlace(slice, 1e-5, update++);
  }
}
