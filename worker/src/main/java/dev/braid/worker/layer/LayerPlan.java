package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A layer at its place in a network, all shapes resolved.
 *
 * @param layer its settings
 * @param node its name and what it reads
 * @param shape what it gives for one example
 * @param parameters what it computes with, in order; a running mean comes just before its variance
 * @param lenders by the name of a parameter that is another layer's, the name of that layer
 */
public record LayerPlan(
    Layer layer, Node node, Shape shape, List<Parameter> parameters, Map<String, String> lenders)
    implements Serializable {
  /** Kinds whose weight is a row for each unit or index, so that one's can be another's. */
  private static final Set<Class<?>> WITH_ROWS = Set.of(Dense.class, Embedding.class, Output.class);

  public LayerPlan {
    parameters = List.copyOf(parameters);
    lenders = Collections.unmodifiableMap(new LinkedHashMap<>(lenders)); // in order: texts are keys
  }

  /** A layer whose parameters are its own. */
  public LayerPlan(Layer layer, Node node, Shape shape, List<Parameter> parameters) {
    this(layer, node, shape, parameters, Map.of());
  }

  /** A layer that holds nothing. */
  LayerPlan(Layer layer, Node node, Shape shape) {
    this(layer, node, shape, List.of());
  }

  /** The name of a parameter in the network, which is that of its layer and its own. */
  public String nameOf(Parameter parameter) {
    return lenders.getOrDefault(parameter.name(), node.name()) + "." + parameter.name();
  }

  /** The parameters that are no other layer's. */
  public List<Parameter> ownParameters() {
    return parameters.stream().filter(p -> !lenders.containsKey(p.name())).toList();
  }

  /**
   * Multiplications by its weight for one example: of a convolution filters x channels / groups x
   * kernel at each place that it gives. Empty for layers of other kinds than convolution, dense and
   * output, and where examples have any number of steps.
   */
  public OptionalLong multiplications() {
    if (!layer.multipliesAtEachPlace() || shape.isRagged()) {
      return OptionalLong.empty();
    }
    long ofAPlace =
        parameters.stream()
            .filter(parameter -> parameter.name().equals("weight"))
            .mapToLong(Parameter::size)
            .sum();
    return OptionalLong.of(
        shape.spatial().stream().mapToLong(size -> size).reduce(ofAPlace, Math::multiplyExact));
  }

  /**
   * The layer that it is in another place: the one whose parameters all of its are; else itself.
   */
  public String original() {
    Set<String> others = Set.copyOf(lenders.values());
    return ownParameters().isEmpty() && others.size() == 1 ? others.iterator().next() : node.name();
  }

  /** The same at another place. */
  public LayerPlan at(Node other) {
    return new LayerPlan(layer, other, shape, parameters, lenders);
  }

  /**
   * The same with parameters that are those of a layer above: all of them, or the weight alone that
   * an embedding, a dense layer and an output can have in common.
   *
   * @throws IllegalArgumentException when the two are of different kinds or shapes
   */
  public LayerPlan sharing(LayerPlan lender) {
    boolean isSameKind = node.kind().equals(lender.node.kind());
    if (isSameKind && lender.parameters.isEmpty() && parameters.isEmpty()) {
      return this; // as in a whole block that shares its weights
    }
    require(
        !lender.parameters.isEmpty() && !parameters.isEmpty(),
        "%s cannot share the weights of %s: %s has none",
        node.describe(),
        lender.node.describe(),
        parameters.isEmpty() ? "it" : "that layer");
    require(
        isSameKind
            || (WITH_ROWS.contains(layer.getClass())
                && WITH_ROWS.contains(lender.layer.getClass())),
        "%s cannot share the weights of %s: layers that share must be of one kind (or of"
            + " embedding, dense and output)",
        node.describe(),
        lender.node.describe());
    Map<String, Parameter> theirs =
        lender.parameters.stream().collect(Collectors.toMap(Parameter::name, p -> p));
    Map<String, String> shared = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      Parameter other = theirs.get(parameter.name());
      if (other != null && other.shape().equals(parameter.shape())) {
        shared.put(parameter.name(), lender.lenders.getOrDefault(other.name(), lender.node.name()));
      }
    }
    require(
        isSameKind
            ? shared.size() == parameters.size() && shared.size() == theirs.size()
            : shared.containsKey("weight"),
        "%s cannot share the weights of %s: it needs %s, there are %s; give both the same settings"
            + " and inputs of the same features",
        node.describe(),
        lender.node.describe(),
        describe(parameters),
        describe(lender.parameters));
    return new LayerPlan(layer, node, shape, parameters, shared);
  }

  private static String describe(List<Parameter> parameters) {
    return parameters.stream()
        .map(p -> p.name() + " " + p.shape())
        .collect(Collectors.joining(", "));
  }
}
