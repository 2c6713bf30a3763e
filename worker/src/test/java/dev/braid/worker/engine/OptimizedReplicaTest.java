package dev.braid.worker.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.optimizer.Momentum;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.rule.Regularisation;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.Segment.Role;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptimizedReplicaTest {

  /** y = w x with the loss (w x - y)^2, and a running mean of x: the smallest network there is. */
  private static final class Slope implements Differentiable {
    private final Blocks weight = Blocks.zeros(1);
    private final Blocks mean = Blocks.zeros(1);

    @Override
    public StateLayout layout() {
      return new StateLayout(
          List.of(new Segment("slope.weight", List.of(1), 0, Role.WEIGHT)),
          List.of(new Segment("slope.mean", List.of(1), 0, Role.MEAN)));
    }

    @Override
    public void loadParams(Blocks params) {
      weight.copyFrom(params);
    }

    @Override
    public void loadStatistics(Blocks statistics) {
      mean.copyFrom(statistics);
    }

    @Override
    public void readStatistics(Blocks statistics) {
      statistics.copyFrom(mean);
    }

    @Override
    public double gradient(MiniBatch batch, long key, Blocks gradients) {
      double loss = 0;
      double gradient = 0;
      double sum = 0;
      for (int i = 0; i < batch.size(); i++) {
        double x = batch.inputs()[0][i];
        double error = weight.get(0) * x - batch.labels()[0][i];
        loss += error * error / batch.size();
        gradient += 2 * error * x / batch.size();
        sum += x;
      }
      gradients.set(0, (float) gradient);
      mean.set(0, (float) (0.5 * mean.get(0) + 0.5 * sum / batch.size()));
      return loss;
    }

    @Override
    public float[][] output(MiniBatch batch) {
      float[] output = new float[batch.size()];
      for (int i = 0; i < output.length; i++) {
        output[i] = weight.get(0) * batch.inputs()[0][i];
      }
      return new float[][] {output};
    }

    @Override
    public Scores score(MiniBatch batch) {
      throw new UnsupportedOperationException("not asked for here");
    }

    @Override
    public void close() {}
  }

  private static final MiniBatch BATCH =
      new MiniBatch(2, new float[][] {{1, 3}}, new float[][] {{2, 6}});

  @Test
  void step_returnsTheLossBefore_andMovesTheState() {
    UpdateRule rule = new UpdateRule(new Sgd(0.1), null, new Regularisation(null, 0.5), null);
    try (OptimizedReplica replica = new OptimizedReplica(new Slope(), rule)) {
      State state = replica.newState();
      state.params().set(0, 1);
      replica.load(state);

      // ((1 - 2)^2 + (3 - 6)^2) / 2 + 0.5/2 = 5.25; gradient (-2 - 18) / 2 + 0.5 = -9.5
      assertEquals(5.25, replica.step(BATCH, new StepContext(0, 0, 0, 0)), 1e-12);

      replica.read(state);
      assertEquals(1.95f, state.params().get(0), 1e-6f);
      assertEquals(1, state.statistics().get(0));
      assertEquals(1.95f * 3, replica.output(BATCH)[0][1], 1e-5f);
    }
  }

  @Test
  void load_bringsBackEverything() {
    UpdateRule rule = new UpdateRule(new Momentum(0.01, 0.9));
    try (OptimizedReplica replica = new OptimizedReplica(new Slope(), rule)) {
      replica.step(BATCH, new StepContext(0, 0, 0, 0));
      State middle = replica.newState();
      replica.read(middle);
      double loss = replica.step(BATCH, new StepContext(0, 1, 1, 0));
      State end = replica.newState();
      replica.read(end);

      replica.load(middle);
      assertEquals(loss, replica.step(BATCH, new StepContext(0, 1, 1, 0)));
      State again = replica.newState();
      replica.read(again);
      assertEquals(end, again);
    }
  }

  @Test
  void step_withALossThatIsNotFinite_leavesTheStateAsItWas() {
    MiniBatch bad = new MiniBatch(1, new float[][] {{Float.NaN}}, new float[][] {{1}});
    try (OptimizedReplica replica =
        new OptimizedReplica(new Slope(), new UpdateRule(new Momentum(0.01, 0.9)))) {
      replica.step(BATCH, new StepContext(0, 0, 0, 0));
      State before = replica.newState();
      replica.read(before);

      assertTrue(Double.isNaN(replica.step(bad, new StepContext(0, 1, 1, 0))));

      State after = replica.newState();
      replica.read(after);
      assertEquals(before, after);
      double next = replica.step(BATCH, new StepContext(0, 1, 1, 0));
      assertTrue(Double.isFinite(next));
      replica.read(after);
      assertEquals(1.5f, after.statistics().get(0));
    }
  }
}
