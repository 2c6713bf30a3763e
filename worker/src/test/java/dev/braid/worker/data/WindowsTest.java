package dev.braid.worker.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.worker.data.Windows.Window;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowsTest {
  private static final float NONE = Float.NaN;
  private static final Windows OF_TWO = new Windows(2, List.of());

  /** Rows of 5, 2 and 3 steps, each step the number of its row and place; labels 100 more. */
  private static MiniBatch batch() {
    float[] inputs = {10, 11, 12, 13, 14, 20, 21, 0, 0, 0, 30, 31, 32, 0, 0};
    float[] labels = {
      110, 111, 112, 113, NONE, 120, 121, NONE, NONE, NONE, 130, NONE, 132, NONE, NONE
    };
    return new MiniBatch(
        3, new float[][] {inputs}, new int[][] {{5, 2, 3}}, new float[][] {labels}, null);
  }

  @Test
  void windows_haveTheRowsThatGoOn_andEndBeforeStepsWithoutLabels() {
    List<Window> windows = OF_TWO.of(batch());
    assertEquals(2, windows.size()); // the fifth step has no label
    assertArrayEquals(new int[] {0, 1, 2}, windows.get(0).rows());
    MiniBatch first = windows.get(0).batch();
    assertArrayEquals(new float[] {10, 11, 20, 21, 30, 31}, first.inputs()[0]);
    assertArrayEquals(new int[] {2, 2, 2}, first.lengths()[0]);
    assertArrayEquals(new float[] {110, 111, 120, 121, 130, NONE}, first.labels()[0]);
    assertArrayEquals(new int[] {0, 2}, windows.get(1).rows());
    MiniBatch second = windows.get(1).batch();
    assertEquals(2, second.size());
    assertArrayEquals(new float[] {12, 13, 32, 0}, second.inputs()[0]);
    assertArrayEquals(new int[] {2, 1}, second.lengths()[0]);
    assertArrayEquals(new float[] {112, 113, 132, NONE}, second.labels()[0]);
  }

  @Test
  void lastWindow_isAsShortAsTheLongestRow() {
    MiniBatch last = new Windows(4, List.of()).of(labelled()).get(1).batch();
    assertArrayEquals(new float[] {14}, last.inputs()[0]);
    assertArrayEquals(new int[] {1}, last.lengths()[0]);
    assertArrayEquals(new float[] {114}, last.labels()[0]);
  }

  private static MiniBatch labelled() {
    MiniBatch batch = batch();
    batch.labels()[0][4] = 114;
    return batch;
  }

  @Test
  void fixedInputs_areWholeInEachWindow_weightsAreCutAsLabels() {
    MiniBatch ragged = labelled();
    float[] fixed = {1, 2, 3, 4, 5, 6};
    float[] weights = new float[15];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i;
    }
    MiniBatch batch =
        new MiniBatch(
            3,
            new float[][] {ragged.inputs()[0], fixed},
            new int[][] {ragged.lengths()[0], null},
            ragged.labels(),
            weights);
    MiniBatch second = OF_TWO.of(batch).get(1).batch();
    assertArrayEquals(new float[] {1, 2, 5, 6}, second.inputs()[1]);
    assertNull(second.lengths()[1]);
    assertArrayEquals(new float[] {2, 3, 12, 13}, second.weights());
  }

  @Test
  void stepsOfSeveralNumbers_stayTogether() {
    float[] inputs = {1, 2, 3, 4, 5, 6};
    float[] labels = {7, 8, 9, 10, 11, 12};
    MiniBatch batch =
        new MiniBatch(1, new float[][] {inputs}, new int[][] {{3}}, new float[][] {labels}, null);
    MiniBatch second = OF_TWO.of(batch).get(1).batch();
    assertArrayEquals(new float[] {5, 6}, second.inputs()[0]);
    assertArrayEquals(new float[] {11, 12}, second.labels()[0]);
  }

  @Test
  void labelsOfWholeSequences_areRefused() {
    float[][] labels = {{1, 2, 3}};
    MiniBatch batch = new MiniBatch(3, batch().inputs(), batch().lengths(), labels, null);
    assertEquals(
        "truncate needs labels at each step, but 1 numbers are those of no 5 steps",
        assertThrows(IllegalArgumentException.class, () -> OF_TWO.of(batch)).getMessage());
  }
}
