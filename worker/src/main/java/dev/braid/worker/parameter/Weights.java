package dev.braid.worker.parameter;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.braid.worker.state.Segment.Penalty;
import dev.braid.worker.state.Segment.Role;
import java.io.Serializable;
import java.util.List;

/**
 * How a layer's weights begin and are held small; what is left out is decided elsewhere.
 *
 * @param initialiser first values; by default He for relu and its kin, LeCun for selu, else Xavier
 * @param l1 penalty on absolute values, instead of the training's
 * @param l2 penalty on squares, instead of the training's
 * @param of name of a layer above whose weights these are: one set of numbers in several places;
 *     all else is said there
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Weights(Initialiser initialiser, Double l1, Double l2, String of)
    implements Serializable {
  /** Everything left out. */
  public static final Weights DEFAULT = new Weights(null, null, null, null);

  public Weights {
    require(l1 == null || l1 >= 0, "l1 must not be negative, got %s", l1);
    require(l2 == null || l2 >= 0, "l2 must not be negative, got %s", l2);
    require(
        of == null || (initialiser == null && l1 == null && l2 == null),
        "weights.of takes the weights of layer '%s' as they are: initialiser, l1 and l2 are said"
            + " there",
        of);
  }

  /** No weights of its own: for a layer whose tensors begin and are penalised as they must. */
  public Weights requireOnlyShared(String kind) {
    require(
        initialiser == null && l1 == null && l2 == null,
        "%s takes no weights but those of another layer, as in weights: {of: name}",
        kind);
    return this;
  }

  /** L1 and L2 as the layout carries them. */
  public Penalty penalty() {
    return new Penalty(l1, l2);
  }

  /** The initialiser named here, or {@code fallback}. */
  public Initialiser initialiserOr(Initialiser fallback) {
    return initialiser == null ? fallback : initialiser;
  }

  /** The tensor called weight: with its own initialiser, or {@code fallback}. */
  public Parameter tensor(List<Integer> shape, int fanIn, int fanOut, Initialiser fallback) {
    List<Initialiser> parts = List.of(initialiserOr(fallback));
    return new Parameter("weight", shape, Role.WEIGHT, parts, fanIn, fanOut, penalty());
  }
}
