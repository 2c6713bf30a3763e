package dev.braid.worker.layer;

import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.io.Serializable;
import java.util.List;

/**
 * A layer at its place in a network, all shapes resolved.
 *
 * @param layer its settings
 * @param node its name and what it reads
 * @param shape what it gives for one example
 * @param parameters what it holds, in order; a running mean comes just before its variance
 */
public record LayerPlan(Layer layer, Node node, Shape shape, List<Parameter> parameters)
    implements Serializable {
  public LayerPlan {
    parameters = List.copyOf(parameters);
  }

  /** A layer that holds nothing. */
  LayerPlan(Layer layer, Node node, Shape shape) {
    this(layer, node, shape, List.of());
  }
}
