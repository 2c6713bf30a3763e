package dev.braid.driver.dl4j.batches;

import dev.braid.worker.dl4j.conversion.LabelledRows;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A worker's mini-batches as rows of numbers. Not a record, which Spark's Kryo cannot write. */
public final class RowBatches implements Serializable {
  private static final long serialVersionUID = 1;

  private final float[][][] batches;
  private final int[][] forms;

  private RowBatches(float[][][] batches, int[][] forms) {
    this.batches = batches;
    this.forms = forms;
  }

  /** Out of the bytes of DataSets or MultiDataSets. */
  static RowBatches of(byte[][] encoded) {
    List<int[]> forms = new ArrayList<>();
    float[][][] batches = new float[encoded.length][][];
    for (int i = 0; i < encoded.length; i++) {
      int[] form = LabelledRows.form(encoded[i]);
      if (forms.stream().noneMatch(known -> Arrays.equals(known, form))) {
        forms.add(form);
      }
      batches[i] = LabelledRows.read(encoded[i]);
    }
    return new RowBatches(batches, forms.toArray(int[][]::new));
  }

  /** How many they are. */
  public int size() {
    return batches.length;
  }

  /** The arrays of one of them, see {@link LabelledRows}. */
  public float[][] get(int i) {
    return batches[i];
  }

  /** How many they are and which forms they have, for {@link #count} and {@link #forms}. */
  int[][] facts() {
    int[][] facts = new int[forms.length + 1][];
    facts[0] = new int[] {batches.length};
    System.arraycopy(forms, 0, facts, 1, forms.length);
    return facts;
  }

  static int count(int[][] facts) {
    return facts[0][0];
  }

  static List<int[]> forms(int[][] facts) {
    return Arrays.asList(facts).subList(1, facts.length);
  }
}
