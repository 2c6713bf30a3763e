package dev.braid.driver.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.worker.engine.LocalPass.PassResult;
import dev.braid.worker.state.State;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkerResultTest {
  private static WorkerResult result(int worker, long examples, long labelled) {
    return new WorkerResult(
        worker,
        new PassResult(2, examples, labelled, 0.5, 0.75),
        1,
        0.25,
        Optional.empty(),
        Set.of());
  }

  @Test
  void workers_countByTheirLabelledExamples_orByAllWhereNobodyHasAny() {
    assertArrayEquals(
        new long[] {3, 0, 8},
        WorkerResult.weights(List.of(result(0, 8, 3), result(1, 8, 0), result(2, 8, 8))));
    assertArrayEquals(
        new long[] {8, 5}, WorkerResult.weights(List.of(result(0, 8, 0), result(1, 5, 0))));
  }

  @Test
  void result_comesBackFromItsBytes() {
    assertEquals(result(3, 9, 4), WorkerResult.read(result(3, 9, 4).toBytes()));
    WorkerResult diverged =
        new WorkerResult(
            1,
            new PassResult(2, 3, 4, 0.5, 0.75),
            1,
            0.25,
            Optional.of(State.Part.STATISTICS),
            Set.of("a.b", "é"));
    assertEquals(diverged, WorkerResult.read(diverged.toBytes()));
    WorkerResult sound =
        new WorkerResult(
            1, new PassResult(2, 3, 4, 0.5, 0.75), 1, 0.25, Optional.empty(), Set.of("a.b"));
    assertEquals(sound, WorkerResult.read(sound.toBytes()));
  }
}
