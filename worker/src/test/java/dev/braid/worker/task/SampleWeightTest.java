package dev.braid.worker.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.data.LabelWeights;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.classification.Classification;
import dev.braid.worker.task.multilabel.MultiLabel;
import dev.braid.worker.task.regression.Regression;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Metrics of labels that weigh, against scikit-learn's; sample_weights.py says how these were made.
 */
class SampleWeightTest {
  private static final JsonNode CASES = cases();

  private static JsonNode cases() {
    try (InputStream in = SampleWeightTest.class.getResourceAsStream("sample_weights.json")) {
      return new JsonMapper().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static float[] floats(JsonNode list) {
    float[] numbers = new float[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) list.get(i).asDouble();
    }
    return numbers;
  }

  /** Counted in one piece, and in three that are sent and merged. */
  private static void check(String name, Supplier<Metrics> blank) {
    JsonNode known = CASES.get(name);
    float[] predictions = floats(known.get("predictions"));
    float[] labels = floats(known.get("labels"));
    float[] weights = floats(CASES.get("weights"));
    Metrics whole = blank.get();
    add(whole, predictions, labels, weights, 0, weights.length);
    Metrics merged = blank.get();
    for (int[] part : List.of(new int[] {0, 7}, new int[] {7, 40}, new int[] {40, 60})) {
      Metrics own = blank.get();
      add(own, predictions, labels, weights, part[0], part[1]);
      merged.merge(Tasks.metrics(own.toBytes()));
    }
    for (Metrics metrics : List.of(whole, merged, Tasks.metrics(merged.toBytes()))) {
      Map<String, Double> values = metrics.values();
      List<String> names = new ArrayList<>();
      known.get("values").fieldNames().forEachRemaining(names::add);
      for (String value : names) {
        double expected = known.get("values").get(value).asDouble();
        assertEquals(expected, values.get(value), 1e-12, name + " " + value);
      }
    }
  }

  private static void add(
      Metrics metrics, float[] predictions, float[] labels, float[] weights, int from, int to) {
    int outputs = predictions.length / weights.length;
    int width = labels.length / weights.length;
    float[] own = new float[(to - from) * width];
    for (int i = 0; i < own.length; i++) {
      own[i] = weights[from + i / width];
    }
    metrics.addWeighted(
        to - from,
        Arrays.copyOfRange(predictions, from * outputs, to * outputs),
        Arrays.copyOfRange(labels, from * width, to * width),
        LabelWeights.units(own));
  }

  @Test
  void metrics_ofLabelsThatWeigh_areScikitLearns() {
    check("classification", () -> Classification.ofLargest(4, 1, 2));
    check("two_classes", () -> Classification.ofTwo(0.5f));
    check("regression", () -> new Regression(2));
    check("multi_label", () -> new MultiLabel(3, 0.5f));
  }
}
