package dev.braid.worker.task.classification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.metric.Averages;
import dev.braid.worker.metric.Hits;
import dev.braid.worker.metric.Metrics;
import org.junit.jupiter.api.Test;

class ClassificationTest {
  private static final double EXACT = 1e-15;

  /** Predictions that choose these classes, as probabilities. */
  private static float[] choosing(int numClasses, int... chosen) {
    float[] predictions = new float[chosen.length * numClasses];
    for (int row = 0; row < chosen.length; row++) {
      predictions[row * numClasses + chosen[row]] = 1;
    }
    return predictions;
  }

  @Test
  void values_ofThreeClasses_areThoseWorkedOutByHand() {
    Classification metrics = Classification.ofLargest(3, 1);
    metrics.add(
        8,
        choosing(3, 0, 0, 1, 2, 2, 2, 0, 1), //
        new float[] {0, 0, 0, 0, 1, 2, 2, 1});

    // rows: actual, columns: predicted    2 1 1 / 0 1 1 / 1 0 1
    assertEquals(2, metrics.count(0, 0));
    assertEquals(1, metrics.count(0, 2));
    assertEquals(1, metrics.count(2, 0));
    assertEquals(new Hits(2, 1, 2), metrics.hits(0));
    assertEquals(new Hits(1, 1, 1), metrics.hits(1));
    assertEquals(new Hits(1, 2, 1), metrics.hits(2));

    double precision0 = 2 / 3.0;
    double f0 = 4 / 7.0;
    double f2 = 2 / 5.0;
    assertEquals(precision0, metrics.hits(0).precision(), EXACT);
    assertEquals(0.5, metrics.hits(0).recall(), EXACT);
    assertEquals(f0, metrics.hits(0).f1(), EXACT);
    assertEquals(4, metrics.hits(0).support());

    assertEquals(0.5, metrics.values().get("accuracy"), EXACT);
    assertEquals((precision0 + 0.5 + 1 / 3.0) / 3, metrics.values().get("macroPrecision"), EXACT);
    assertEquals(0.5, metrics.values().get("macroRecall"), EXACT);
    assertEquals((f0 + 0.5 + f2) / 3, metrics.values().get("macroF1"), EXACT);
    assertEquals(
        (4 * precision0 + 2 * 0.5 + 2 / 3.0) / 8, metrics.values().get("weightedPrecision"), EXACT);
    assertEquals((4 * f0 + 2 * 0.5 + 2 * f2) / 8, metrics.values().get("weightedF1"), EXACT);
    assertEquals(new Averages(0.5, 0.5, 0.5), Averages.micro(metrics.hits()));
    assertFalse(metrics.values().containsKey("rocAuc"));
  }

  @Test
  void macro_leavesOutClassesThatNeverOccur_andCountsThoseNeverPredicted() {
    Classification metrics = Classification.ofLargest(4, 1);
    metrics.add(2, choosing(4, 0, 0), new float[] {0, 1});
    // class 0: precision 1/2, recall 1; class 1: 0 and 0; classes 2 and 3 do not occur
    assertEquals(0.25, metrics.values().get("macroPrecision"), EXACT);
    assertEquals(0.5, metrics.values().get("macroRecall"), EXACT);
    assertEquals(1 / 3.0, metrics.values().get("macroF1"), EXACT);
  }

  @Test
  void rocAuc_countsPairs_tiesHalf() {
    assertEquals(0.75, rocAuc(new float[] {0.1f, 0.4f, 0.35f, 0.8f}, 0, 0, 1, 1), EXACT);
    // 0.5 against 0.5 and 0.2: 1.5 pairs; 0.7 against both: 2; of 4
    assertEquals(0.875, rocAuc(new float[] {0.5f, 0.5f, 0.7f, 0.2f}, 0, 1, 1, 0), EXACT);
    assertEquals(0.5, rocAuc(new float[] {0.3f, 0.3f, 0.3f}, 0, 1, 1), EXACT);
    assertEquals(0, rocAuc(new float[] {0.9f, 0.1f}, 0, 1), EXACT);
  }

  @Test
  void rocAuc_equalsTheCountOfAllPairs() {
    float[] ofClassOne = new float[500];
    float[] labels = new float[500];
    for (int i = 0; i < 500; i++) {
      ofClassOne[i] = (i * 37 % 101) / 101f;
      labels[i] = i * 53 % 7 < 3 ? 1 : 0;
    }
    double pairs = 0;
    double won = 0;
    for (int i = 0; i < 500; i++) {
      for (int j = 0; j < 500; j++) {
        if (labels[i] == 1 && labels[j] == 0) {
          pairs++;
          won += ofClassOne[i] > ofClassOne[j] ? 1 : ofClassOne[i] == ofClassOne[j] ? 0.5 : 0;
        }
      }
    }
    assertEquals(won / pairs, rocAuc(ofClassOne, labels), EXACT);
  }

  private static double rocAuc(float[] ofClassOne, float... labels) {
    Classification metrics = Classification.ofLargest(2, 1);
    float[] predictions = new float[labels.length * 2];
    for (int row = 0; row < labels.length; row++) {
      predictions[2 * row] = 1 - ofClassOne[row];
      predictions[2 * row + 1] = ofClassOne[row];
    }
    metrics.add(labels.length, predictions, labels);
    return metrics.values().get("rocAuc");
  }

  @Test
  void twoClasses_ofOneNumber_areReadByTheThreshold() {
    Classification metrics = Classification.ofTwo(0.5f);
    metrics.add(4, new float[] {0.1f, 0.4f, 0.35f, 0.8f}, new float[] {0, 0, 1, 1});
    assertEquals(2, metrics.count(0, 0));
    assertEquals(1, metrics.count(1, 0));
    assertEquals(1, metrics.count(1, 1));
    assertEquals(0.75, metrics.values().get("rocAuc"), EXACT);

    Classification hinge = Classification.ofTwo(0);
    hinge.add(2, new float[] {-0.2f, 0.3f}, new float[] {-1, 1});
    assertEquals(1, hinge.accuracy(), EXACT);
  }

  @Test
  void sequences_countEveryStep_andImagesEveryPixel() {
    // two examples of two steps, probabilities of three classes at each step
    Classification steps = Classification.ofLargest(3, 1);
    steps.add(2, choosing(3, 0, 1, 2, 2), new float[] {0, 1, 2, Float.NaN});
    assertEquals(3, steps.numLabels());
    assertEquals(1, steps.accuracy(), EXACT);

    // two images [3 classes, 2 pixels]: first all numbers for class 0, then for class 1, ...
    Classification pixels = Classification.ofLargest(3, 2);
    pixels.add(
        2,
        new float[] {1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1}, //
        new float[] {0, 2, 1, 0});
    assertEquals(4, pixels.numLabels());
    assertEquals(1, pixels.count(0, 0));
    assertEquals(1, pixels.count(2, 2));
    assertEquals(1, pixels.count(1, 1));
    assertEquals(1, pixels.count(0, 2));
  }

  @Test
  void add_skipsMissingLabels() {
    Classification metrics = Classification.ofLargest(2, 1);
    assertTrue(metrics.values().isEmpty());
    metrics.add(3, choosing(2, 0, 1, 1), new float[] {Float.NaN, 1, Float.NaN});
    assertEquals(1, metrics.numLabels());
    assertEquals(1, metrics.values().get("accuracy"), EXACT);
    assertFalse(metrics.values().containsKey("rocAuc"), "only one class has been seen");
  }

  @Test
  void add_refusesLabelsOutOfRange() {
    Metrics metrics = Classification.ofLargest(3, 1);
    for (float label : new float[] {3, -1, 0.5f, Float.POSITIVE_INFINITY}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> metrics.add(1, new float[3], new float[] {label}))
              .getMessage();
      assertEquals("label " + label + " is none of the 3 classes, 0 to 2", message);
    }
    assertThrows(
        IllegalArgumentException.class, () -> metrics.add(2, new float[4], new float[] {1, 1}));
  }
}
