package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.torch.runtime.Native;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** Weighted losses against libtorch's own, and what an example counts. */
class LabelWeightsTest {
  private static final float[] LOGITS = {0.3f, -1, 2, 0, 0.5f, 1, -2, 0.1f, 0.7f, 1, 1, -1};
  private static final float[] LABELS = {2, 0, Float.NaN, 1};
  private static final float[] WEIGHTS = {5, 0.5f, 0, 2};

  private static NetworkPlan plan(Target target, int width, String loss) {
    return Networks.plan(
        Shape.of(width), target, "dense: {units: " + width + "}", "output: " + loss);
  }

  /** A dense layer that gives its input back, so that the logits are the inputs. */
  private static Blocks identity(int width) {
    Blocks params = Blocks.zeros((long) width * width + width);
    for (int i = 0; i < width; i++) {
      params.set((long) i * width + i, 1);
    }
    return params;
  }

  private static double loss(NetworkPlan plan, MiniBatch batch, int width, Blocks gradients) {
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(identity(width));
      return network.gradient(batch, 1, gradients);
    }
  }

  @Test
  void crossEntropy_isPyTorchsWeightedMean_inValueAndGradient() {
    NetworkPlan plan = plan(Target.ofClasses(3), 3, "{loss: 'crossEntropy', projection: false}");
    Blocks gradients = Blocks.zeros(12);
    MiniBatch batch = new MiniBatch(4, new float[][] {LOGITS}, new float[][] {LABELS}, WEIGHTS);
    double loss = loss(plan, batch, 3, gradients);
    Native.prepareThread();
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Tensor.create(LOGITS, 4, 3).set_requires_grad(true);
      Tensor classWeights = Tensor.create(0.5f, 2f, 5f);
      Tensor expected =
          torch.cross_entropy_loss(
              x,
              Tensor.create(new long[] {2, 0, -100, 1}),
              new TensorOptional(classWeights),
              1,
              -100,
              0.0);
      assertEquals(expected.item_double(), loss, 1e-6, scope::toString);
      Tensor gradient = torch.grad(new TensorVector(expected), new TensorVector(x)).get(0);
      Tensor bias = gradient.sum(0);
      for (int i = 0; i < 3; i++) {
        assertEquals(bias.get(i).item_double(), gradients.get(9 + i), 1e-6);
      }
    }
  }

  @Test
  void binaryCrossEntropy_isTheWeightedMean() {
    NetworkPlan plan =
        plan(Target.ofClasses(2), 1, "{loss: 'binaryCrossEntropy', projection: false}");
    float[] x = {0.4f, -1, 2};
    MiniBatch batch =
        new MiniBatch(3, new float[][] {x}, new float[][] {{1, 0, 1}}, new float[] {4, 0.5f, 4});
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      boolean yes = batch.labels()[0][i] == 1;
      sum += batch.weights()[i] * Math.log1p(Math.exp(yes ? -x[i] : x[i]));
    }
    assertEquals(sum / 8.5, loss(plan, batch, 1, Blocks.zeros(2)), 1e-6);
  }

  @Test
  void miniBatchWithoutWeights_countsItsLabelledExamples() {
    float[][] labels = {LABELS};
    assertEquals(3, new MiniBatch(4, new float[][] {LOGITS}, labels).weight());
    long weighted = new MiniBatch(4, new float[][] {LOGITS}, labels, WEIGHTS).weight();
    assertEquals(7.5, weighted / (double) (1 << 20));
  }
}
