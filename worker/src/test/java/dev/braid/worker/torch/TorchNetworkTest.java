package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.layer.Shape;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.state.Blocks;
import org.junit.jupiter.api.Test;

class TorchNetworkTest {

  @Test
  void dense_softmax_matchesHandComputation() {
    NetworkPlan plan =
        Networks.plan(Shape.of(2), Target.ofClasses(2), "output: {loss: 'crossEntropy'}");
    try (TorchNetwork network = new TorchNetwork(plan)) {
      network.loadParams(Blocks.copyOf(1, 2, 3, 4, 0.5f, -0.5f));
      MiniBatch batch = new MiniBatch(1, new float[][] {{1, -1}}, new float[][] {{1}});

      // Logits 1 - 2 + 0.5 and 3 - 4 - 0.5: -0.5 and -1.5, so p = (0.731059, 0.268941).
      assertArrayEquals(new float[] {0.731059f, 0.268941f}, network.output(batch)[0], 1e-6f);
      assertEquals(-Math.log(0.268941), network.score(batch).loss(), 1e-5);

      Blocks gradients = Blocks.zeros(6);
      assertEquals(-Math.log(0.268941), network.gradient(batch, 0, gradients), 1e-5);
      // dLoss/dlogits = p - y = (0.731059, -0.731059), times the inputs.
      float d = 0.731059f;
      assertArrayEquals(new float[] {d, -d, -d, d, d, -d}, gradients.block(0), 1e-6f);
    }
  }
}
