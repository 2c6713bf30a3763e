package dev.braid.worker.task.languagemodel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.MetricOptions;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LanguageModelTaskTest {
  private static final List<String> TOKENS = List.of("<pad>", "<unk>", "<s>", "</s>", "a", "b");
  private static final Task TASK = Tasks.named("languageModel");

  private static OutputPlan output(String... layers) {
    NetworkPlan plan =
        Networks.of(layers)
            .plan(Map.of("text", Shape.ragged()), List.of(TASK.target(1, TOKENS.size())));
    return plan.outputs().get(0);
  }

  private static OutputPlan output() {
    return output(
        "embedding: {size: 6, dimension: 3}", "gru: {units: 4}", "output: {loss: 'crossEntropy'}");
  }

  @Test
  void labels_areTheNextTokens_noneAtTheEnd() {
    float[][] text = {{4, 5, 5, 4}};
    assertTrue(TASK.isOfInputs());
    assertArrayEquals(new float[] {5, 5, 4, Float.NaN}, TASK.codec(TOKENS).ofInputs(text));
    assertArrayEquals(new float[] {4, 5, 5, 4}, text[0]);
    assertEquals("b", TASK.codec(TOKENS).text(5));
  }

  @Test
  void output_hasAUnitForEachToken() {
    assertEquals(6, output().numUnits());
    assertTrue(output().isAlongTime());
  }

  @Test
  void leastForeseenTexts_areKeptWithTheNatsOfTheirTokensAlone() {
    Metrics metrics = TASK.metrics(output(), TOKENS, MetricOptions.NONE);
    float[] probabilities = {
      0, 0, 0, 0, 0.25f, 0.75f, //
      0, 0, 0, 0, 1, 0, //
      0.5f, 0.5f, 0, 0, 0, 0
    };
    float[] labels = {4, 4, Float.NaN};
    float[] nats = metrics.shown(probabilities, labels);
    assertArrayEquals(new float[] {(float) Math.log(4), 0, Float.NaN}, nats, 1e-6f);
    assertEquals(Math.log(4) / 2, metrics.mistake(probabilities, labels), 1e-6);
    float[] none = {Float.NaN};
    assertTrue(Float.isNaN(metrics.mistake(new float[6], none)), "nothing was to be foreseen");
  }

  @Test
  void nats_areTheMeanOfTheLogarithms_computedDirectly() {
    Random random = new Random(1);
    Metrics metrics = TASK.metrics(output(), TOKENS, MetricOptions.NONE);
    double sum = 0;
    int count = 0;
    for (int batch = 0; batch < 5; batch++) {
      int rows = 7;
      float[] probabilities = probabilities(random, rows);
      float[] labels = new float[rows];
      for (int i = 0; i < rows; i++) {
        boolean missing = random.nextInt(4) == 0;
        labels[i] = missing ? Float.NaN : random.nextInt(6);
        sum += missing ? 0 : -Math.log(probabilities[6 * i + (int) labels[i]]);
        count += missing ? 0 : 1;
      }
      metrics.add(1, probabilities, labels);
    }
    Map<String, Double> values = metrics.values();
    assertEquals(sum / count, values.get("nats"), 1e-7);
    assertEquals(sum / count / Math.log(2), values.get("bits"), 1e-7);
    assertEquals(Math.exp(sum / count), values.get("perplexity"), 1e-6);
    assertFalse(metrics.isBetterHigher("nats"));
    assertEquals(metrics.names(), List.copyOf(values.keySet()));
  }

  private static float[] probabilities(Random random, int rows) {
    float[] probabilities = new float[rows * 6];
    for (int i = 0; i < rows; i++) {
      float sum = 0;
      for (int k = 0; k < 6; k++) {
        probabilities[6 * i + k] = random.nextFloat();
        sum += probabilities[6 * i + k];
      }
      for (int k = 0; k < 6; k++) {
        probabilities[6 * i + k] /= sum;
      }
    }
    return probabilities;
  }

  @Test
  void counts_mergeExactly_inAnyOrder_andThroughBytes() {
    Random random = new Random(2);
    Metrics[] parts = new Metrics[4];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = TASK.metrics(output(), TOKENS, MetricOptions.NONE);
      float[] labels = {0, 1, 2, 3, 4, 5};
      parts[i].add(1, probabilities(random, 6), labels);
    }
    byte[] forwards = merged(parts, 0, 1, 2, 3);
    assertArrayEquals(forwards, merged(parts, 3, 1, 0, 2));
    assertEquals(
        Tasks.metrics(forwards).values(), Tasks.metrics(merged(parts, 2, 3, 0, 1)).values());
  }

  private static byte[] merged(Metrics[] parts, int... order) {
    Metrics sum = TASK.metrics(output(), TOKENS, MetricOptions.NONE);
    Arrays.stream(order).forEach(i -> sum.merge(Tasks.metrics(parts[i].toBytes())));
    return sum.toBytes();
  }

  @Test
  void sureAndImpossibleTokens_haveFiniteNats() {
    Metrics metrics = TASK.metrics(output(), TOKENS, MetricOptions.NONE);
    metrics.add(1, new float[] {1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}, new float[] {0, 1});
    assertEquals(0, metrics.values().get("nats"));
    assertEquals(1, metrics.values().get("accuracy"));
    metrics.add(1, new float[] {1, 0, 0, 0, 0, 0}, new float[] {3});
    assertEquals(103.28 / 3, metrics.values().get("nats"), 0.01);
  }

  @Test
  void answer_isTheLikeliestNextToken() {
    float[] numbers = {0, 0, 0, 0, 1, 0, .1f, 0, 0, .2f, .3f, .4f};
    assertEquals(
        List.of("b", .4f), TASK.decoder(output(), TOKENS).answer(numbers, 2, new AnswerDetail(0)));
    assertEquals(
        List.of(List.of("b", 5, .4f), List.of("a", 4, .3f)),
        TASK.decoder(output(), TOKENS).answer(numbers, 2, new AnswerDetail(2)).get(2));
  }

  @Test
  void otherLosses_andOutputsOfWholeTexts_areRefused() {
    String embedding = "embedding: {size: 6, dimension: 3}";
    OutputPlan numbers =
        Networks.of(embedding, "gru: {units: 4}", "output: {loss: 'meanSquared', units: 6}")
            .plan(Map.of("text", Shape.ragged()), List.of())
            .outputs()
            .get(0);
    assertThrows(IllegalArgumentException.class, () -> TASK.requireFits(numbers));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                output(
                    embedding,
                    "gru: {units: 4, returnSequences: false}",
                    "output: {loss: 'crossEntropy'}"));
    assertTrue(refused.getMessage().contains("returnSequences: true"), refused.getMessage());
  }

  @Test
  void metrics_ofTokensThatWeigh_areRefusedByName() {
    Metrics metrics = TASK.metrics(output(), TOKENS, MetricOptions.NONE);
    assertEquals(
        "metrics.weighted: the metrics of the task languageModel know no weights; leave it out",
        assertThrows(
                IllegalArgumentException.class,
                () -> metrics.addWeighted(0, new float[0], new float[0], new long[0]))
            .getMessage());
  }
}
