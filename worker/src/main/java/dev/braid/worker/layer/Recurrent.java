package dev.braid.worker.layer;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Segment.Penalty;
import dev.braid.worker.state.Segment.Role;
import java.util.Collections;
import java.util.List;

/** A layer along time: [time, features] to [time, units], or to its last step [units]. */
@JsonSubTypes({
  @JsonSubTypes.Type(SimpleRnn.class),
  @JsonSubTypes.Type(Gru.class),
  @JsonSubTypes.Type(Lstm.class)
})
public sealed interface Recurrent extends Layer permits SimpleRnn, Gru, Lstm {

  /** Numbers in its state. */
  int units();

  /** Whether it gives every step or only the last one. */
  Boolean returnSequences();

  /** How its weights begin: the initialiser is for those applied to the input. */
  @Override
  Weights weights();

  /** First values of its input bias, one part for each gate. */
  List<Initialiser> biasParts();

  @Override
  default AlongTime alongTime() {
    return AlongTime.STATE;
  }

  @Override
  default List<Integer> stateWidths(Node node) {
    return List.of(units());
  }

  @Override
  default LayerPlan plan(Node node) {
    Shape input = sequence(node);
    return new LayerPlan(this, node, resultOf(input, units()), tensors(input.channels(), ""));
  }

  /** The shape of the one source, a sequence. */
  static Shape sequence(Node node) {
    return node.one("[time, features]", 2, 2, "put a reshape or embedding layer in between");
  }

  /** What it gives for {@code input} with {@code features} at each step. */
  default Shape resultOf(Shape input, int features) {
    return returnSequences() ? Shape.of(input.sizes().get(0), features) : Shape.of(features);
  }

  /**
   * Weights and biases of all gates, one after the other, in PyTorch's order and under its names.
   *
   * @param suffix what the names end with
   */
  default List<Parameter> tensors(int features, String suffix) {
    int gates = biasParts().size();
    Initialiser initialiser = weights().initialiserOr(Initialiser.XAVIER_UNIFORM);
    return List.of(
        weight("weight_ih_l0" + suffix, gates, features, initialiser),
        weight("weight_hh_l0" + suffix, gates, units(), Initialiser.ORTHOGONAL),
        bias("bias_ih_l0" + suffix, biasParts()),
        bias("bias_hh_l0" + suffix, Collections.nCopies(gates, Initialiser.ZEROS)));
  }

  private Parameter weight(String name, int gates, int columns, Initialiser initialiser) {
    return new Parameter(
        name,
        List.of(Math.multiplyExact(gates, units()), columns),
        Role.WEIGHT,
        Collections.nCopies(gates, initialiser),
        columns,
        units(),
        weights().penalty());
  }

  private Parameter bias(String name, List<Initialiser> parts) {
    return new Parameter(
        name,
        List.of(Math.multiplyExact(parts.size(), units())),
        Role.BIAS,
        parts,
        1,
        1,
        Penalty.OF_THE_TRAINING);
  }
}
