package dev.braid.worker.task;

import java.util.ArrayList;
import java.util.List;

/** Numbers of an output as lists, one for each time step or pixel. */
public final class PositionLists {
  private PositionLists() {}

  /**
   * Lists of {@code units} numbers each.
   *
   * @param inner how many positions' numbers of one unit stand side by side: 1, or height x width
   *     of an image [units, height, width]
   */
  public static List<List<Float>> of(float[] numbers, int units, int inner) {
    int count = numbers.length / units;
    List<List<Float>> positions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      List<Float> position = new ArrayList<>(units);
      for (int k = 0; k < units; k++) {
        position.add(numbers[(i / inner * units + k) * inner + i % inner]);
      }
      positions.add(position);
    }
    return positions;
  }
}
