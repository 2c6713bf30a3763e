package dev.braid.worker.torch.script;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.network.Start;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Short trainings of PyTorch's modules, on the batches that script_modules.py makes too. */
final class ScriptRuns {
  static final int SIZE = 8;
  static final int STEPS = 5;

  /** Another release of libtorch adds the same floats in another order. */
  static final double ROUNDING = 1e-5;

  private ScriptRuns() {}

  static byte[] read(String path) {
    try {
      return Files.readAllBytes(Path.of(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MiniBatch batch(int step, Shape shape) {
    float[] x = new float[SIZE * shape.size()];
    for (int i = 0; i < x.length; i++) {
      int k = i + step * 1000;
      x[i] = (k * 37 + k / 64 * 11) % 256 / 255f;
    }
    float[] y = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      y[i] = (i * 5 + step) % 3;
    }
    return new MiniBatch(SIZE, new float[][] {x}, new float[][] {y});
  }

  /** The file's numbers, and an optimizer that has done nothing yet. */
  static State first(Start start, ScriptPlan plan, UpdateRule rule) {
    State weights = start.weights().orElseThrow();
    List<Blocks> slots = State.zeros(plan.layout(), rule.numSlots()).slots();
    return new State(weights.params(), slots, weights.statistics());
  }

  /**
   * The state after {@link #STEPS}.
   *
   * @param losses overwritten with those on the way
   */
  static State train(Replica replica, State first, Shape shape, double[] losses) {
    replica.load(first);
    for (int i = 0; i < STEPS; i++) {
      losses[i] = replica.step(batch(i, shape), new StepContext(0, i, i, SplitMix.key(7, i), 1));
    }
    State after = replica.newState();
    replica.read(after);
    return after;
  }

  static double[] doubles(float[] numbers) {
    return IntStream.range(0, numbers.length).mapToDouble(i -> numbers[i]).toArray();
  }
}
