package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A recurrent layer along time and a second one of its kind against it (Schuster and Paliwal 1997).
 * Where only the last step is given, each direction gives the step it ends with.
 *
 * @param layer simpleRnn, gru or lstm, without name and from of its own
 * @param merge how the two results are joined: concat (the default) or sum
 * @param weights whose tensors it has, where they are another layer's
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("bidirectional")
public record Bidirectional(
    @JsonProperty(required = true) Recurrent layer,
    Merge merge,
    Weights weights,
    String name,
    List<String> from)
    implements Layer {
  public Bidirectional {
    merge = merge == null ? Merge.CONCAT : merge;
    require(
        layer.name() == null && layer.from() == null,
        "the layer inside bidirectional takes no name and no from; put them on bidirectional");
    require(
        layer.weights().of() == null,
        "the layer inside bidirectional takes no weights.of; put it on bidirectional");
    weights = weights == null ? Weights.DEFAULT : weights.requireOnlyShared("bidirectional");
  }

  /** With tensors of its own. */
  public Bidirectional(Recurrent layer, Merge merge, String name, List<String> from) {
    this(layer, merge, null, name, from);
  }

  /** How the two directions are joined. */
  public enum Merge {
    /** One after the other: twice as many features. */
    @JsonProperty("concat")
    CONCAT,
    /** Added. */
    @JsonProperty("sum")
    SUM
  }

  @Override
  public AlongTime alongTime() {
    return AlongTime.ACROSS;
  }

  @Override
  public LayerPlan plan(Node node) {
    Shape input = Recurrent.sequence(node);
    int features = merge == Merge.CONCAT ? Math.multiplyExact(2, layer.units()) : layer.units();
    List<Parameter> tensors = new ArrayList<>(layer.tensors(input.channels(), ""));
    tensors.addAll(layer.tensors(input.channels(), "_reverse"));
    return new LayerPlan(this, node, layer.resultOf(input, features), tensors);
  }
}
