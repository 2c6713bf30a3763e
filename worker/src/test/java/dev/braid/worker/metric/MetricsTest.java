package dev.braid.worker.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Target;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
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
    assertSameKind(Metrics.classification(3), "crossEntropy", Target.ofClasses(3));
    assertSameKind(Metrics.classification(3), "meanSquared", Target.ofClasses(3));
    assertSameKind(Metrics.twoClasses(0.5f), "binaryCrossEntropy", Target.ofClasses(2));
    assertSameKind(Metrics.twoClasses(0), "hinge", Target.ofClasses(2));
    assertSameKind(Metrics.multiLabel(4, 0.5f), "binaryCrossEntropy", Target.ofNumbers(4));
    assertSameKind(Metrics.multiLabel(2, 0), "squaredHinge", Target.ofNumbers(2));
    assertSameKind(Metrics.regression(2), "huber", Target.ofNumbers(2));
  }

  private static void assertSameKind(Metrics expected, String loss, Target target) {
    NetworkPlan plan = Networks.plan(Shape.of(5), target, "output: {loss: '%s'}".formatted(loss));
    assertArrayEquals(expected.toBytes(), Metrics.of(plan.outputs().get(0)).toBytes());
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
        Classification.ofLargest(3, 24).toBytes(), Metrics.of(plan.outputs().get(0)).toBytes());
  }

  @Test
  void regression_values_areThoseWorkedOutByHand() {
    Metrics metrics = Metrics.regression(1);
    metrics.add(new float[] {2.5f, 0, 2, 8, 99}, new float[] {3, -0.5f, 2, 7, Float.NaN});
    // errors -0.5 0.5 0 1; labels' mean 2.875, squared distances 29.1875
    assertEquals(0.375, metrics.values().get("mse"), EXACT);
    assertEquals(0.6123724356957945, metrics.values().get("rmse"), EXACT);
    assertEquals(0.5, metrics.values().get("mae"), EXACT);
    assertEquals(1 - 1.5 / 29.1875, metrics.values().get("r2"), EXACT);
  }

  @Test
  void regression_r2_isTheMeanOverColumns() {
    Metrics metrics = Metrics.regression(3);
    metrics.add(new float[] {1, 5, 0, 2, 5, 0}, new float[] {1, 5, 7, 3, 5, 7});
    // column 0: 1 - 1/2; column 1 is constant and right; column 2 is constant and wrong
    assertEquals((0.5 + 1 + 0) / 3, metrics.values().get("r2"), EXACT);
  }

  /** Metrics of each kind, with labels that fit. */
  private record Kind(Supplier<Metrics> metrics, int outputs, int labels, int numValues) {}

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind(() -> Metrics.classification(2), 2, 1, 2),
        new Kind(() -> Metrics.classification(5), 5, 1, 5),
        new Kind(() -> Metrics.twoClasses(0.5f), 1, 1, 2),
        new Kind(() -> Metrics.multiLabel(4, 0.5f), 4, 4, 2),
        new Kind(() -> Metrics.regression(1), 1, 1, 1000),
        new Kind(() -> Metrics.regression(3), 3, 3, 1000));
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
    whole.add(predictions, labels);

    Metrics merged = kind.metrics().get();
    for (int[] part : List.of(new int[] {0, 1}, new int[] {1, 1}, new int[] {1, 300})) {
      Metrics ofPart = kind.metrics().get();
      ofPart.add(
          Arrays.copyOfRange(predictions, part[0] * kind.outputs(), part[1] * kind.outputs()),
          Arrays.copyOfRange(labels, part[0] * kind.labels(), part[1] * kind.labels()));
      merged.merge(Metrics.fromBytes(ofPart.toBytes()));
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
    Metrics metrics = Metrics.fromBytes(kind.metrics().get().toBytes());
    assertTrue(metrics.values().isEmpty());
    metrics.merge(kind.metrics().get());
    assertTrue(metrics.values().isEmpty());
  }

  @Test
  void merge_refusesAnotherKind() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Metrics.classification(3).merge(Metrics.classification(4)));
    assertThrows(
        IllegalArgumentException.class,
        () -> Metrics.multiLabel(3, 0.5f).merge(Metrics.regression(3)));
  }

  @Test
  void fromBytes_refusesWhatIsNotWhole() {
    byte[] bytes = Metrics.regression(2).toBytes();
    assertThrows(
        UncheckedIOException.class,
        () -> Metrics.fromBytes(Arrays.copyOf(bytes, bytes.length - 1)));
    bytes[3] = '2';
    assertThrows(IllegalArgumentException.class, () -> Metrics.fromBytes(bytes));
  }

  @Test
  void counts_ofAnySize_areKept() {
    Metrics sum = Metrics.classification(3);
    sum.add(new float[] {0, 1, 0}, new float[] {2});
    for (int i = 0; i < 40; i++) {
      sum.merge(Metrics.fromBytes(sum.toBytes()));
    }
    assertEquals(1L << 40, ((Classification) sum).count(2, 1));
  }

  @Test
  void isBetterHigher_ofErrors_isFalse() {
    assertTrue(Metrics.isBetterHigher("accuracy"));
    assertTrue(Metrics.isBetterHigher("r2"));
    assertFalse(Metrics.isBetterHigher("loss"));
    assertFalse(Metrics.isBetterHigher("mae"));
  }
}
