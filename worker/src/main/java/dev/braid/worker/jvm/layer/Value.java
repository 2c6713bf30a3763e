package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.shape.Shape;
import java.util.Arrays;

/** What an input or a layer of a network gives for a mini-batch, [size, shape...]. */
final class Value {
  final Floats numbers = new Floats();
  final Floats gradient = new Floats();
  private final boolean ragged;
  private final int firstSize;
  private final int unit;
  private boolean asked;
  private int time;
  private int[] lengths;
  private boolean padded;

  // As planned: whose memory it is, and what becomes of its gradient.
  Value root = this;
  boolean wantsGradient;
  boolean reached;
  boolean written;
  int from;
  int to;
  int gradientFrom;

  Value(Shape shape) {
    ragged = shape.isRagged();
    firstSize = shape.sizes().get(0);
    unit = ragged ? shape.stepSize() : shape.size();
  }

  /**
   * Takes over the steps of its examples.
   *
   * @param time to how many they are padded
   * @param lengths null where it is not ragged
   */
  void steps(int time, int[] lengths) {
    this.time = time;
    this.lengths = lengths;
    padded = false;
    for (int i = 0; lengths != null && i < lengths.length; i++) {
      padded |= lengths[i] < time;
    }
  }

  /** Has its gradient, which is that of an input, written there. */
  void ask(Floats to) {
    asked = true;
    gradient.bind(to.array(), to.at(), to.size());
  }

  boolean isAsked() {
    return asked;
  }

  boolean isRagged() {
    return ragged;
  }

  int time() {
    return ragged ? time : firstSize;
  }

  /** The steps of each example, even where none is padded; null where it is not ragged. */
  int[] lengths() {
    return lengths;
  }

  boolean isPadded() {
    return padded;
  }

  /** Forgets what was planned. */
  void forget() {
    root = this;
    wantsGradient = asked;
    reached = false;
    written = false;
    gradientFrom = 0;
  }

  /** Lies where the value lies whose numbers it has. */
  void bindToRoot() {
    numbers.bind(root.numbers.array(), root.numbers.at(), root.numbers.size());
    gradient.bind(root.gradient.array(), root.gradient.at(), root.gradient.size());
  }

  /** Numbers in a mini-batch of so many examples. */
  long size(int numExamples) {
    return (long) numExamples * unit * (ragged ? time : 1);
  }

  /** Sets to 0 what stands at the padding. */
  void clearPadding(Floats floats) {
    if (padded) {
      for (int i = 0; i < lengths.length; i++) {
        int example = floats.at() + i * time * unit;
        Arrays.fill(floats.array(), example + lengths[i] * unit, example + time * unit, 0);
      }
    }
  }

  /** Whether anything but 0 stands at the padding. */
  boolean hasPaddingToClear(Floats floats) {
    for (int i = 0; padded && i < lengths.length; i++) {
      int end = floats.at() + (i + 1) * time * unit;
      for (int k = floats.at() + (i * time + lengths[i]) * unit; k < end; k++) {
        if (floats.array()[k] != 0) {
          return true;
        }
      }
    }
    return false;
  }
}
