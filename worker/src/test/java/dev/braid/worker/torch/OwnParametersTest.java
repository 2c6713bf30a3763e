package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.GradientCheck;
import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.LossBatch;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A loss that owns parameters of the output layer and makes the answers itself. */
class OwnParametersTest {
  private static final int UNITS = 3;
  private static final int SIZE = 4;

  /** (x + s - y)^2, the mean over all numbers; s is learned, and answers are x + s. */
  private record Shifted() implements Loss {
    @Override
    public String name() {
      return "shifted";
    }

    @Override
    public Labels labels() {
      return Labels.NUMBERS;
    }

    @Override
    public List<Parameter> parameters(int units) {
      return List.of(Parameter.vector("shift", units, Role.BIAS, Initialiser.XAVIER_UNIFORM));
    }

    @Override
    public double of(LossBatch batch) {
      int count = batch.numRows() * batch.units();
      double[] shift = batch.parameter(0);
      double[] ofShift = batch.parameterGradient(0);
      double sum = 0;
      if (ofShift != null) {
        Arrays.fill(ofShift, 0);
      }
      for (int i = 0; i < count; i++) {
        double error = batch.outputs()[i] + shift[i % batch.units()] - batch.labels()[i];
        sum += error * error;
        if (batch.gradient() != null) {
          batch.gradient()[i] = 2 * error / count;
          ofShift[i % batch.units()] += 2 * error / count;
        }
      }
      return sum / count;
    }

    @Override
    public boolean answers() {
      return true;
    }

    @Override
    public void answer(LossBatch batch) {
      for (int i = 0; i < batch.numRows() * batch.units(); i++) {
        batch.outputs()[i] += batch.parameter(0)[i % batch.units()];
      }
    }
  }

  private static NetworkPlan plan() {
    Output output =
        new Output(new Shifted(), UNITS, null, 2.5, null, null, null, "output", List.of("input"));
    return new Network(Map.of("input", Shape.of(2)), List.of(output))
        .plan(Map.of("input", Shape.of(2)), List.of(Target.ofNumbers(UNITS)));
  }

  private static MiniBatch batch() {
    SplitMix random = SplitMix.stream(4);
    float[] inputs = new float[SIZE * 2];
    float[] labels = new float[SIZE * UNITS];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (float) random.nextGaussian();
    }
    return new MiniBatch(SIZE, new float[][] {inputs}, new float[][] {labels});
  }

  @Test
  void ownParameters_areTensorsOfTheOutputLayer() {
    assertEquals(
        List.of("output.weight", "output.bias", "output.shift"),
        plan().layout().params().stream().map(segment -> segment.name()).toList());
  }

  @Test
  void gradients_ofLayersAndOfTheLosssOwn_matchFiniteDifferences() {
    GradientCheck.Report report = TorchLoss.check(plan(), batch(), 5);
    assertTrue(report.passed(), () -> "" + report);
    assertEquals(3, report.tensors().size());
  }

  @Test
  void answers_areWhatTheLossMakesOfOutputs() {
    NetworkPlan plan = plan();
    Blocks params = Blocks.zeros(plan.layout().numParams());
    // weight [3, 2] is 0, bias [3] is 1 2 3, shift [3] is 10 20 30
    params.write(6, new float[] {1, 2, 3, 10, 20, 30}, 6);
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(params);
      network.loadStatistics(plan.initialStatistics());
      float[] answers = network.output(batch())[0];
      assertArrayEquals(new float[] {11, 22, 33}, Arrays.copyOf(answers, UNITS));
      assertArrayEquals(answers, network.score(batch()).outputs()[0]);
      Blocks gradients = Blocks.zeros(plan.layout().numParams());
      double loss = network.gradient(batch(), 0, gradients);
      assertEquals(network.score(batch()).loss(), loss, 1e-12);
      for (int k = 0; k < UNITS; k++) { // a shift does what a bias does
        assertEquals(gradients.get(6 + k), gradients.get(9 + k), 1e-5);
      }
    }
  }
}
