package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import java.util.List;

/**
 * For each query a weighted mean of values, by the softmax over all keys of how well query and key
 * fit. Queries are a sequence [time, features] or one vector [features]; keys and values are
 * sequences of as many steps.
 *
 * @param score how well a query q and a key k fit; by default scaledDot
 * @param units length of v where the score is additive
 * @param causal whether a query sees only the keys up to its own step; by default no
 * @param weights of what the score multiplies with
 * @param name its name in the network
 * @param from queries, keys and values; keys where no values are named; where there is one name, or
 *     none, it is all three
 */
@JsonTypeName("attention")
public record Attention(
    Score score, Integer units, Boolean causal, Weights weights, String name, List<String> from)
    implements Layer {

  /** How well a query and a key fit. */
  public enum Score {
    /** v tanh(W q + U k) (Bahdanau et al. 2015). */
    @JsonProperty("additive")
    ADDITIVE,
    /** q k. */
    @JsonProperty("dot")
    DOT,
    /** q k / sqrt(features) (Vaswani et al. 2017). */
    @JsonProperty("scaledDot")
    SCALED_DOT,
    /** q W k (Luong et al. 2015). */
    @JsonProperty("general")
    GENERAL
  }

  public Attention {
    score = score == null ? Score.SCALED_DOT : score;
    causal = causal != null && causal;
    weights = weights == null ? Weights.DEFAULT : weights;
    require(
        (score == Score.ADDITIVE) == (units != null),
        score == Score.ADDITIVE
            ? "attention with score additive needs units"
            : "attention has units only where its score is additive");
    require(units == null || units > 0, "units must be at least 1, got %s", units);
  }

  @Override
  public AlongTime alongTime() {
    return AlongTime.ACROSS;
  }

  @Override
  public int[] steps(Node node, List<int[]> sources) {
    return Attended.steps(node, sources, causal);
  }

  @Override
  public LayerPlan plan(Node node) {
    Attended attended = Attended.of(node);
    attended.requireFit(node, causal);
    int ofQuery = attended.queries().channels();
    int ofKey = attended.keys().channels();
    require(
        ofQuery == ofKey || (score != Score.DOT && score != Score.SCALED_DOT),
        "%s: queries and keys must have as many features, but it reads %s; use score general, or a"
            + " dense layer before",
        node.describe(),
        node.describeSources());
    return new LayerPlan(
        this, node, attended.result(attended.values().channels()), parameters(ofQuery, ofKey));
  }

  private List<Parameter> parameters(int ofQuery, int ofKey) {
    Initialiser xavier = Initialiser.XAVIER_UNIFORM;
    return switch (score) {
      case ADDITIVE ->
          List.of(
              weights.tensor(List.of(units, ofQuery), ofQuery, units, xavier).named("query_weight"),
              weights.tensor(List.of(units, ofKey), ofKey, units, xavier).named("key_weight"),
              weights.tensor(List.of(1, units), units, 1, xavier).named("score_weight"));
      case GENERAL -> List.of(weights.tensor(List.of(ofQuery, ofKey), ofKey, ofQuery, xavier));
      case DOT, SCALED_DOT -> List.of();
    };
  }
}
