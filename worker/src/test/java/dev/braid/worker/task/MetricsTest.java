package dev.braid.worker.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.metric.Hits;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.classification.Classification;
import dev.braid.worker.task.multilabel.MultiLabel;
import dev.braid.worker.task.regression.Regression;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MetricsTest {
  private static final double EXACT = 1e-15;

  @Test
  void multiLabel_values_areThoseWorkedOutByHand() {
    MultiLabel metrics = new MultiLabel(2, 0.5f);
    metrics.add(
        4,
        new float[] {0.9f, 0.2f, 0.6f, 0.5f, 0.1f, 0.8f, 0.7f, 0.3f},
        new float[] {1, 0, 0, 1, 1, 1, 1, Float.NaN});
    // label 0: yes yes no yes for 1 0 1 1; label 1: no no yes for 0 1 1
    assertEquals(new Hits(2, 1, 1), metrics.hits(0));
    assertEquals(new Hits(1, 0, 1), metrics.hits(1));
    assertEquals(0.5, metrics.values().get("accuracy"), EXACT);
    assertEquals(3 / 7.0, metrics.values().get("hammingLoss"), EXACT);
    assertEquals((2 / 3.0 + 1) / 2, metrics.values().get("macroPrecision"), EXACT);
    assertEquals(3 / 4.0, metrics.values().get("microPrecision"), EXACT);
    assertEquals(3 / 5.0, metrics.values().get("microRecall"), EXACT);
    assertEquals(6 / 9.0, metrics.values().get("microF1"), EXACT);
    assertEquals((3 * 2 / 3.0 + 2 * 0.5) / 5, metrics.values().get("weightedRecall"), EXACT);
  }

  @Test
  void of_takesWhatLabelsAndLossSuggest() {
    assertSameKind(Classification.ofLargest(3, 1), "crossEntropy", Target.ofClasses(3));
    assertSameKind(Classification.ofLargest(3, 1), "meanSquared", Target.ofClasses(3));
    assertSameKind(Classification.ofTwo(0.5f), "binaryCrossEntropy", Target.ofClasses(2));
    assertSameKind(Classification.ofTwo(0), "hinge", Target.ofClasses(2));
    assertSameKind(new MultiLabel(4, 0.5f), "binaryCrossEntropy", Target.ofNumbers(4));
    assertSameKind(new MultiLabel(2, 0), "squaredHinge", Target.ofNumbers(2));
    assertSameKind(new Regression(2), "huber", Target.ofNumbers(2));
  }

  private static void assertSameKind(Metrics expected, String loss, Target target) {
    NetworkPlan plan = Networks.plan(Shape.of(5), target, "output: {loss: '%s'}".formatted(loss));
    assertArrayEquals(expected.toBytes(), suggested(plan.outputs().get(0)).toBytes());
  }

  private static Metrics suggested(OutputPlan output) {
    return Tasks.suggestedBy(output).metrics(output, List.of(), MetricOptions.NONE);
  }

  @Test
  void of_imagesOfClasses_readsThemChannelsFirst() {
    NetworkPlan plan =
        Networks.plan(
            Shape.of(2, 4, 6),
            new Target(24, 3),
            "convolution: {filters: 3, kernel: 1}",
            "output: {loss: 'crossEntropy', projection: false}");
    assertArrayEquals(
        Classification.ofLargest(3, 24).toBytes(), suggested(plan.outputs().get(0)).toBytes());
  }

  @Test
  void regression_values_areThoseWorkedOutByHand() {
    Metrics metrics = new Regression(1);
    metrics.add(5, new float[] {2.5f, 0, 2, 8, 99}, new float[] {3, -0.5f, 2, 7, Float.NaN});
    // errors -0.5 0.5 0 1; labels' mean 2.875, squared distances 29.1875
    assertEquals(0.375, metrics.values().get("mse"), EXACT);
    assertEquals(0.6123724356957945, metrics.values().get("rmse"), EXACT);
    assertEquals(0.5, metrics.values().get("mae"), EXACT);
    assertEquals(1 - 1.5 / 29.1875, metrics.values().get("r2"), EXACT);
  }

  @Test
  void regression_r2_isTheMeanOverColumns() {
    Metrics metrics = new Regression(3);
    metrics.add(2, new float[] {1, 5, 0, 2, 5, 0}, new float[] {1, 5, 7, 3, 5, 7});
    // column 0: 1 - 1/2; column 1 is constant and right; column 2 is constant and wrong
    assertEquals((0.5 + 1 + 0) / 3, metrics.values().get("r2"), EXACT);
  }

  /** Metrics of each kind, with labels that fit. */
  private record Kind(Supplier<Metrics> metrics, int outputs, int labels, int numValues) {}

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind(() -> Classification.ofLargest(2, 1), 2, 1, 2),
        new Kind(() -> Classification.ofLargest(5, 1), 5, 1, 5),
        new Kind(() -> Classification.ofTwo(0.5f), 1, 1, 2),
        new Kind(() -> new MultiLabel(4, 0.5f), 4, 4, 2),
        new Kind(() -> new Regression(1), 1, 1, 1000),
        new Kind(() -> new Regression(3), 3, 3, 1000));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void merge_ofSentParts_equalsTheWhole(Kind kind) {
    int rows = 300;
    SplitMix random = SplitMix.stream(1);
    float[] predictions = new float[rows * kind.outputs()];
    float[] labels = new float[rows * kind.labels()];
    for (int i = 0; i < predictions.length; i++) {
      predictions[i] = random.nextInt(50) / 50f;
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i] = random.nextInt(10) == 0 ? Float.NaN : random.nextInt(kind.numValues());
    }
    Metrics whole = kind.metrics().get();
    whole.add(rows, predictions, labels);

    Metrics merged = kind.metrics().get();
    for (int[] part : List.of(new int[] {0, 1}, new int[] {1, 1}, new int[] {1, 300})) {
      Metrics ofPart = kind.metrics().get();
      ofPart.add(
          part[1] - part[0],
          Arrays.copyOfRange(predictions, part[0] * kind.outputs(), part[1] * kind.outputs()),
          Arrays.copyOfRange(labels, part[0] * kind.labels(), part[1] * kind.labels()));
      merged.merge(Tasks.metrics(ofPart.toBytes()));
    }

    assertEquals(whole.names(), new ArrayList<>(whole.values().keySet()));
    whole
        .values()
        .forEach((name, value) -> assertEquals(value, merged.values().get(name), 1e-12, name));
    if (!(whole instanceof Regression)) {
      assertEquals(whole.values(), merged.values());
      assertArrayEquals(whole.toBytes(), merged.toBytes());
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void values_beforeTheFirstLabel_areLeftOut(Kind kind) {
    Metrics metrics = Tasks.metrics(kind.metrics().get().toBytes());
    assertTrue(metrics.values().isEmpty());
    metrics.merge(kind.metrics().get());
    assertTrue(metrics.values().isEmpty());
  }

  @Test
  void merge_refusesAnotherKind() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Classification.ofLargest(3, 1).merge(Classification.ofLargest(4, 1)));
    assertThrows(
        IllegalArgumentException.class, () -> new MultiLabel(3, 0.5f).merge(new Regression(3)));
  }

  @Test
  void fromBytes_refusesWhatIsNotWhole() {
    byte[] bytes = new Regression(2).toBytes();
    assertThrows(
        UncheckedIOException.class, () -> Tasks.metrics(Arrays.copyOf(bytes, bytes.length - 1)));
    bytes[3] = '3';
    assertThrows(IllegalArgumentException.class, () -> Tasks.metrics(bytes));
  }

  @Test
  void counts_ofAnySize_areKept() {
    Metrics sum = Classification.ofLargest(3, 1);
    sum.add(1, new float[] {0, 1, 0}, new float[] {2});
    for (int i = 0; i < 40; i++) {
      sum.merge(Tasks.metrics(sum.toBytes()));
    }
    assertEquals(1L << 40, ((Classification) sum).count(2, 1));
  }

  @Test
  void isBetterHigher_ofErrors_isFalse() {
    assertTrue(Classification.ofTwo(0).isBetterHigher("accuracy"));
    assertTrue(new MultiLabel(2, 0).isBetterHigher("microF1"));
    assertFalse(new MultiLabel(2, 0).isBetterHigher("hammingLoss"));
    assertTrue(new Regression(1).isBetterHigher("r2"));
    assertFalse(new Regression(1).isBetterHigher("mae"));
  }

  @Test
  void metrics_ofAnUnknownTask_areRefusedByItsName() {
    byte[] bytes = new Regression(1).toBytes();
    bytes[6] = 'R'; // behind four bytes of header and two of the name's length
    WrongSettings refused = assertThrows(WrongSettings.class, () -> Tasks.metrics(bytes));
    assertEquals(
        "there is no task 'Regression' whose metrics these could be", refused.getMessage());
  }

  @Test
  void metrics_ofTheVersionBefore_areRead() {
    byte[] now = new Regression(2).toBytes();
    int name = 2 + "regression".length();
    byte[] before = new byte[now.length - name + 1];
    System.arraycopy(now, 0, before, 0, 4);
    before[3] = '1';
    before[4] = 2;
    System.arraycopy(now, 4 + name, before, 5, before.length - 5);
    assertArrayEquals(now, Tasks.metrics(before).toBytes());
  }
}
