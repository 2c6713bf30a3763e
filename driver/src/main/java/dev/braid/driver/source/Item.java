package dev.braid.driver.source;

import java.util.function.LongSupplier;

/** A row of the input on its way through a task: its numbers, or why there are none. */
public final class Item {
  private final String file;
  private final LongSupplier row;
  private final float[] input;
  private final Object[] kept;
  private final String label;
  private final String problem;

  private Item(
      String file, LongSupplier row, float[] input, Object[] kept, String label, String problem) {
    this.file = file;
    this.row = row;
    this.input = input;
    this.kept = kept;
    this.label = label;
    this.problem = problem;
  }

  /**
   * A row that can be scored.
   *
   * @param row its number in the file, from 1; looked up only when asked for
   * @param kept values of the columns that go into the output
   * @param label null where there is none
   */
  public static Item sound(
      String file, LongSupplier row, float[] input, Object[] kept, String label) {
    return new Item(file, row, input, kept, label, null);
  }

  /** A row that cannot, and the reason. */
  static Item broken(String file, LongSupplier row, String problem) {
    return new Item(file, row, null, null, null, problem);
  }

  public String file() {
    return file;
  }

  public long row() {
    return row.getAsLong();
  }

  public float[] input() {
    return input;
  }

  public Object[] kept() {
    return kept;
  }

  public String label() {
    return label;
  }

  public boolean isBroken() {
    return problem != null;
  }

  public String problem() {
    return problem;
  }
}
