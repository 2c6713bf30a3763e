package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.state.Segment.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * Scaled dot attention several times side by side, each on projections of its own, then a dense
 * layer (arXiv:1706.03762), as in PyTorch: for each query [features] as many features.
 *
 * @param heads how many; divides the features of a query
 * @param causal whether a query sees only the keys up to its own step; by default no
 * @param bias whether the projections have one, by default yes
 * @param weights of the projections
 * @param name its name in the network
 * @param from queries, keys and values; keys where no values are named; where there is one name, or
 *     none, it is all three
 */
@JsonTypeName("multiHeadAttention")
public record MultiHeadAttention(
    @JsonProperty(required = true) int heads,
    Boolean causal,
    Boolean bias,
    Weights weights,
    String name,
    List<String> from)
    implements Layer {
  public MultiHeadAttention {
    require(heads > 0, "heads must be at least 1, got %d", heads);
    causal = causal != null && causal;
    bias = bias == null || bias;
    weights = weights == null ? Weights.DEFAULT : weights;
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
    int features = attended.queries().channels();
    require(
        features % heads == 0,
        "%s: %d heads must divide the %d features of a query",
        node.describe(),
        heads,
        features);
    int ofKey = attended.keys().channels();
    int ofValue = attended.values().channels();
    List<Parameter> parameters = new ArrayList<>();
    if (ofKey == features && ofValue == features) {
      parameters.add(projection("in_proj_weight", 3 * features, features));
    } else {
      parameters.add(projection("q_proj_weight", features, features));
      parameters.add(projection("k_proj_weight", features, ofKey));
      parameters.add(projection("v_proj_weight", features, ofValue));
    }
    parameters.add(projection("out_proj.weight", features, features));
    if (bias) {
      parameters.add(Parameter.vector("in_proj_bias", 3 * features, Role.BIAS, Initialiser.ZEROS));
      parameters.add(Parameter.vector("out_proj.bias", features, Role.BIAS, Initialiser.ZEROS));
    }
    return new LayerPlan(this, node, attended.result(features), parameters);
  }

  private Parameter projection(String name, int to, int from) {
    return weights.tensor(List.of(to, from), from, to, Initialiser.XAVIER_UNIFORM).named(name);
  }
}
