package dev.braid.worker.optimizer.rule;

import static dev.braid.worker.Check.require;

import dev.braid.worker.optimizer.Setting;
import dev.braid.worker.optimizer.Slice;
import java.io.Serializable;
import java.util.List;

/**
 * A penalty on large weights that is part of the loss: l1 sum|w| + l2/2 sum w^2 over all weights w;
 * biases and gains are free, and a layer may name weights of its own (Goodfellow, Bengio, Courville
 * 2016, section 7.1).
 *
 * @param l1 weight of the absolute values, 0 by default
 * @param l2 weight of the squares, 0 by default
 */
public record Regularisation(Double l1, Double l2) implements Serializable {

  /** No penalty. */
  public static final Regularisation NONE = new Regularisation(0.0, 0.0);

  public Regularisation {
    l1 = Setting.orDefault(l1, 0);
    l2 = Setting.orDefault(l2, 0);
    require(l1 >= 0 && Double.isFinite(l1), "l1 must be at least 0, got %s", l1);
    require(l2 >= 0 && Double.isFinite(l2), "l2 must be at least 0, got %s", l2);
  }

  /** What the penalty adds to the loss, summed in double precision, slice after slice. */
  double penalty(List<Slice> slices) {
    double sum = 0;
    for (int i = 0; i < slices.size(); i++) {
      Slice slice = slices.get(i);
      double l1 = l1Of(slice);
      if (l1 > 0) {
        sum += l1 * Sum.absolutes(slice.params(), slice.from(), slice.to());
      }
      double l2 = l2Of(slice);
      if (l2 > 0) {
        sum += l2 / 2 * Sum.squares(slice.params(), slice.from(), slice.to());
      }
    }
    return sum;
  }

  /** Adds the penalty's gradient: l1 sign(w) + l2 w. */
  void addGradientInPlace(List<Slice> slices) {
    for (int i = 0; i < slices.size(); i++) {
      Slice slice = slices.get(i);
      float l1 = (float) l1Of(slice);
      if (l1 > 0) {
        addL1(slice, l1);
      }
      float l2 = (float) l2Of(slice);
      if (l2 > 0) {
        addL2(slice, l2);
      }
    }
  }

  private double l1Of(Slice slice) {
    return slice.tensor().isWeight() ? slice.tensor().penalty().l1Or(l1) : 0;
  }

  private double l2Of(Slice slice) {
    return slice.tensor().isWeight() ? slice.tensor().penalty().l2Or(l2) : 0;
  }

  private static void addL1(Slice slice, float l1) {
    float[] params = slice.params();
    float[] gradients = slice.gradients();
    for (int i = slice.from(); i < slice.to(); i++) {
      gradients[i] += l1 * Math.signum(params[i]);
    }
  }

  private static void addL2(Slice slice, float l2) {
    float[] params = slice.params();
    float[] gradients = slice.gradients();
    for (int i = slice.from(); i < slice.to(); i++) {
      gradients[i] += l2 * params[i];
    }
  }
}
