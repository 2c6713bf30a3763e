package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.function.Activation;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Segment.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * activation(W x + b) for each example, or for each time step of a sequence: [features] to [units],
 * [time, features] to [time, units].
 *
 * @param units numbers it gives
 * @param activation by default identity
 * @param bias whether there is a b, by default yes
 * @param weights of W
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("dense")
public record Dense(
    @JsonProperty(required = true) int units,
    Activation activation,
    Boolean bias,
    Weights weights,
    String name,
    List<String> from)
    implements Layer {
  public Dense {
    require(units > 0, "units must be at least 1, got %d", units);
    activation = activation == null ? Activation.IDENTITY : activation;
    bias = bias == null || bias;
    weights = weights == null ? Weights.DEFAULT : weights;
  }

  @Override
  public AlongTime alongTime() {
    return AlongTime.EACH;
  }

  @Override
  public boolean multipliesAtEachPlace() {
    return true;
  }

  @Override
  public LayerPlan plan(Node node) {
    Shape input = projectable(node);
    return new LayerPlan(
        this,
        node,
        Shape.ofChannels(units, input.spatial()),
        parameters(input.channels(), units, bias, weights, activation));
  }

  /** The shape of the one source, where W can be applied to its last dimension. */
  static Shape projectable(Node node) {
    return node.one(
        "[features] or [time, features]", 1, 2, "put a flatten or pooling layer in between");
  }

  /** W, [units, features], and b, [units]. */
  static List<Parameter> parameters(
      int features, int units, boolean bias, Weights weights, Activation activation) {
    List<Parameter> parameters = new ArrayList<>();
    Initialiser fitting = activation.fittingInitialiser();
    parameters.add(weights.tensor(List.of(units, features), features, units, fitting));
    if (bias) {
      parameters.add(Parameter.vector("bias", units, Role.BIAS, Initialiser.ZEROS));
    }
    return parameters;
  }
}
