package dev.braid.worker.task;

import java.util.ArrayList;
import java.util.List;

/** Numbers of an output as lists, one for each time step. */
public final class PositionLists {
  private PositionLists() {}

  /** Lists of {@code units} numbers each. */
  public static List<List<Float>> of(float[] numbers, int units) {
    List<List<Float>> positions = new ArrayList<>(numbers.length / units);
    for (int from = 0; from < numbers.length; from += units) {
      List<Float> position = new ArrayList<>(units);
      for (int k = 0; k < units; k++) {
        position.add(numbers[from + k]);
      }
      positions.add(position);
    }
    return positions;
  }
}
