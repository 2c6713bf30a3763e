package dev.braid.driver.evaluation;

import dev.braid.driver.wire.JavaBytes;
import dev.braid.worker.metric.Metrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * The surest mistakes of one output, of a bounded number. Which they are is a function of the
 * examples alone: those of two parts are the same in any order of merging.
 */
final class Mistakes {
  /** As many as a page shows. */
  static final int MOST = 24;

  private final String output;
  private final TreeSet<Mistake> surest = new TreeSet<>(Mistake.SUREST_FIRST);

  Mistakes(String output) {
    this.output = output;
  }

  /**
   * The examples of a mini-batch.
   *
   * @param shard they belong to
   * @param places of them there
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on; nobody compares them
  record Rows(int shard, int[] places) {}

  /** Looks through a mini-batch. */
  void add(Metrics kind, float[] predictions, float[] labels, Rows rows) {
    int size = rows.places.length;
    int outputs = predictions.length / size;
    int width = labels.length / size;
    for (int i = 0; i < size; i++) {
      float[] answer = Arrays.copyOfRange(predictions, i * outputs, (i + 1) * outputs);
      float[] label = Arrays.copyOfRange(labels, i * width, (i + 1) * width);
      float sure = kind.mistake(answer, label);
      if (mayBeAmongThem(sure)) {
        List<Float> shown = list(kind.shown(answer, label));
        add(new Mistake(output, shown, list(label), sure, rows.shard, rows.places[i]));
      }
    }
  }

  private boolean mayBeAmongThem(float sure) {
    return !Float.isNaN(sure) && (surest.size() < MOST || sure >= surest.last().confidence());
  }

  private static List<Float> list(float[] numbers) {
    List<Float> list = new ArrayList<>(numbers.length);
    for (float number : numbers) {
      list.add(number);
    }
    return list;
  }

  private void add(Mistake mistake) {
    surest.add(mistake);
    if (surest.size() > MOST) {
      surest.pollLast();
    }
  }

  /** Takes over what {@link #toBytes} wrote of another part. */
  void merge(byte[] bytes) {
    for (Mistake mistake : JavaBytes.read(bytes, Mistake[].class, "mistakes")) {
      add(mistake.of(output));
    }
  }

  /** These mistakes, to be sent. */
  byte[] toBytes() {
    return JavaBytes.write(surest.toArray(Mistake[]::new), "mistakes");
  }

  /** The mistakes, the surest first. */
  List<Mistake> list() {
    return new ArrayList<>(surest);
  }
}
