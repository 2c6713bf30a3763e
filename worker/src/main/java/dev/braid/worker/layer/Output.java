package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.function.Activation;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * An end of the network: a dense layer with one unit per class or number to predict, the activation
 * its loss is made for, and the loss. Several outputs make a weighted sum of losses.
 *
 * @param loss what is minimised
 * @param units by default what the data's labels need
 * @param activation for losses without one of their own, by default identity
 * @param weight of this loss in the sum, by default 1
 * @param bias whether the dense layer has one, by default yes
 * @param projection false leaves the dense layer out: the loss is of what is read
 * @param weights of the dense layer
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("output")
public record Output(
    @JsonProperty(required = true) Loss loss,
    Integer units,
    Activation activation,
    Double weight,
    Boolean bias,
    Boolean projection,
    Weights weights,
    String name,
    List<String> from)
    implements Layer {
  public Output {
    require(units == null || units > 0, "units must be at least 1, got %s", units);
    require(
        activation == null || loss.link() == null || activation == loss.link(),
        "this loss brings its own activation; remove 'activation' from the output");
    weight = weight == null ? 1 : weight;
    require(weight >= 0 && Double.isFinite(weight), "weight must not be negative, got %s", weight);
    bias = bias == null || bias;
    projection = projection == null || projection;
    weights = weights == null ? Weights.DEFAULT : weights;
  }

  /** An output of so many units that has all else by default. */
  public static Output of(Loss loss, int units, String name) {
    return new Output(loss, units, null, null, null, null, null, name, null);
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
    if (!projection) {
      return new LayerPlan(this, node, node.one(), loss.parameters(node.one().channels()));
    }
    Shape input = Dense.projectable(node);
    require(
        units != null,
        "%s: the data does not say how many units it needs; set its units",
        node.describe());
    List<Parameter> parameters =
        new ArrayList<>(
            Dense.parameters(input.channels(), units, bias, weights, finalActivation()));
    parameters.addAll(loss.parameters(units));
    return new LayerPlan(this, node, Shape.ofChannels(units, input.spatial()), parameters);
  }

  /** Whether this is how numbers are predicted, and not classes or properties. */
  public boolean predictsNumbers() {
    Activation shown = finalActivation();
    return loss.labels() == Loss.Labels.NUMBERS
        && shown != Activation.SOFTMAX
        && shown != Activation.SIGMOID;
  }

  /** The activation applied to what users see. */
  public Activation finalActivation() {
    Activation own = activation == null ? Activation.IDENTITY : activation;
    return loss.link() == null ? own : loss.link();
  }

  /**
   * An output without a layer of its own: the loss is of what is read.
   *
   * @param units numbers that are read; null where nobody asks
   */
  public static Output ofRead(Loss loss, Integer units, String name) {
    return new Output(loss, units, null, null, null, false, null, name, null);
  }

  /** This output with {@code units} where it names none. */
  public Output withUnits(int units) {
    return new Output(
        loss,
        this.units == null ? units : this.units,
        activation,
        weight,
        bias,
        projection,
        weights,
        name,
        from);
  }
}
