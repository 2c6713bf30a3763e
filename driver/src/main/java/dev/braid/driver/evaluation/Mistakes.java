package dev.braid.driver.evaluation;

import dev.braid.worker.metric.Classification;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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
   * @param firstRow place of its first example there
   */
  void add(Classification kind, float[] predictions, float[] labels, int shard, int firstRow) {
    for (int i = 0; i < labels.length; i++) {
      if (!Float.isNaN(labels[i])) {
        int actual = kind.actual(labels, i);
        int predicted = kind.predicted(predictions, i);
        if (actual != predicted) {
          float confidence = kind.confidence(predictions, i);
          add(new Mistake(output, actual, predicted, confidence, shard, firstRow + i));
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
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      for (int left = in.readInt(); left > 0; left--) {
        add(
            new Mistake(
                output, in.readInt(), in.readInt(), in.readFloat(), in.readInt(), in.readInt()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("mistakes cannot be read", e);
    }
  }

  /** These mistakes, to be sent. */
  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(surest.size());
      for (Mistake mistake : surest) {
        out.writeInt(mistake.actual());
        out.writeInt(mistake.predicted());
        out.writeFloat(mistake.confidence());
        out.writeInt(mistake.shard());
        out.writeInt(mistake.row());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("mistakes cannot be written", e);
    }
    return bytes.toByteArray();
  }

  /** The mistakes, the surest first. */
  List<Mistake> list() {
    return new ArrayList<>(surest);
  }
}
