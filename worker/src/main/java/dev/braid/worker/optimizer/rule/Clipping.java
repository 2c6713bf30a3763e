package dev.braid.worker.optimizer.rule;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.optimizer.Slice;
import java.io.Serializable;
import java.util.List;

/**
 * Keeps gradients from becoming too large: {@code byNorm: {limit: 1}} in a job file. Applies to the
 * whole gradient, L1 and L2 included.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(value = Clipping.None.class, name = "none"),
  @JsonSubTypes.Type(value = Clipping.ByValue.class, name = "byValue"),
  @JsonSubTypes.Type(value = Clipping.ByNorm.class, name = "byNorm"),
})
public sealed interface Clipping extends Serializable {

  /** Clips the slices' gradients, which together are the whole gradient. */
  void clipInPlace(List<Slice> slices);

  /** Leaves gradients as they are. */
  record None() implements Clipping {
    @Override
    public void clipInPlace(List<Slice> slices) {}
  }

  /**
   * Each gradient on its own: g = max(-limit, min(limit, g)).
   *
   * @param limit largest absolute value
   */
  record ByValue(Double limit) implements Clipping {
    public ByValue {
      requireLimit(limit);
    }

    @Override
    public void clipInPlace(List<Slice> slices) {
      float most = limit.floatValue();
      for (Slice slice : slices) {
        float[] gradients = slice.gradients();
        for (int i = slice.from(); i < slice.to(); i++) {
          gradients[i] = Math.max(-most, Math.min(most, gradients[i]));
        }
      }
    }
  }

  /**
   * All gradients together: g = g limit / norm where the Euclidean norm of the whole gradient is
   * above the limit (Pascanu, Mikolov, Bengio 2013, arXiv:1211.5063, algorithm 1). The norm is
   * summed in double precision in the order of the layout.
   *
   * @param limit largest norm
   */
  record ByNorm(Double limit) implements Clipping {
    public ByNorm {
      requireLimit(limit);
    }

    @Override
    public void clipInPlace(List<Slice> slices) {
      double squares = 0;
      for (Slice slice : slices) {
        squares += Sum.squares(slice.gradients(), slice.from(), slice.to());
      }
      double norm = StrictMath.sqrt(squares);
      if (norm > limit) {
        slices.forEach(slice -> scaleInPlace(slice, (float) (limit / norm)));
      }
    }

    private static void scaleInPlace(Slice slice, float factor) {
      float[] gradients = slice.gradients();
      for (int i = slice.from(); i < slice.to(); i++) {
        gradients[i] *= factor;
      }
    }
  }

  private static void requireLimit(Double limit) {
    require(
        limit != null && limit > 0 && Double.isFinite(limit),
        "limit must be above 0, got %s",
        limit);
  }
}
