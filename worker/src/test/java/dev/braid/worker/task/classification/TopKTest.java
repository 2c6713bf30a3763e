package dev.braid.worker.task.classification;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.Tasks;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopKTest {
  private static Metrics counted() {
    Metrics metrics = Classification.ofLargest(4, 1, 2, 3);
    metrics.add(
        6,
        new float[] {
          0.1f,
          0.2f,
          0.3f,
          0.4f, // label 3: first
          0.1f,
          0.2f,
          0.3f,
          0.4f, // label 2: second
          0.1f,
          0.2f,
          0.3f,
          0.4f, // label 1: third
          0.1f,
          0.2f,
          0.3f,
          0.4f, // label 0: last
          0.3f,
          0.3f,
          0.3f,
          0.1f, // label 2: third, after two equal ones
          Float.NaN,
          0,
          0,
          0 // label 0: nowhere
        },
        new float[] {3, 2, 1, 0, 2, 0});
    return metrics;
  }

  @Test
  void topK_isTheShareOfLabelsAmongTheKMostProbable() {
    Metrics metrics = counted();
    assertEquals(2 / 6.0, metrics.values().get("top2Accuracy"));
    assertEquals(4 / 6.0, metrics.values().get("top3Accuracy"));
    assertEquals(
        List.of("accuracy", "top2Accuracy", "top3Accuracy"), metrics.names().subList(0, 3));
  }

  @Test
  void topK_isMerged_andSent() {
    Metrics metrics = Tasks.metrics(counted().toBytes());
    assertEquals(counted().values(), metrics.values());
    metrics.merge(counted());
    metrics.merge(counted());
    for (String name : List.of("top2Accuracy", "top3Accuracy")) {
      assertEquals(counted().values().get(name), metrics.values().get(name));
    }
  }
}
