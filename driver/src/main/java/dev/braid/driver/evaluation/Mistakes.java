package dev.braid.driver.evaluation;

import dev.braid.driver.wire.JavaBytes;
import dev.braid.worker.metric.Classification;
import java.util.ArrayList;
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
   * Looks through a mini-batch.
   *
   * @param shard it belongs to
   * @param rows places of its examples there
   */
  void add(Classification kind, float[] predictions, float[] labels, int shard, int[] rows) {
    for (int i = 0; i < labels.length; i++) {
      if (!Float.isNaN(labels[i])) {
        int actual = kind.actual(labels, i);
        int predicted = kind.predicted(predictions, i);
        if (actual != predicted) {
          float confidence = kind.confidence(predictions, i);
          add(new Mistake(output, actual, predicted, confidence, shard, rows[i]));
        }
      }
    }
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
