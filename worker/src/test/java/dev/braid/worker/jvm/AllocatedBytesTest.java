package dev.braid.worker.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.worker.kernel.KernelSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Once its memory is planned, a network takes none of the heap. */
class AllocatedBytesTest {
  private static final String NONE =
      """
      MLP: 0 in a step, 0 in an answer beside it
      LeNet: 0 in a step, 0 in an answer beside it
      LSTM with dropout: 0 in a step, 0 in an answer beside it
      ResNet-20 with batch norm: 0 in a step, 0 in an answer beside it
      GRU with attention: 0 in a step, 0 in an answer beside it
      """;

  /** Far more steps of warming up than the networks need, which is some thousand at most. */
  private static final int MOST_STEPS = 30_000;

  @Test
  void stepsAndAnswers_inPlainLoops_allocateNothing() {
    assertEquals(NONE, AllocatedBytes.report(KernelSet.plain(), 2));
  }

  static Set<String> busyNets() {
    return AllocatedBytes.busyNets().keySet();
  }

  /** Vectors are objects until the JVM's compiler has seen a loop often enough. */
  @ParameterizedTest
  @MethodSource("busyNets")
  void steps_onVectors_allocateNothing_onceTheyAreCompiled(String name) {
    SameBits.Net net = AllocatedBytes.busyNets().get(name);
    assertEquals(0, AllocatedBytes.warmedUp(net, KernelSet.best(), MOST_STEPS));
  }
}
