package dev.braid.worker.layer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Names of layers in their order: those given, or kind and number, such as {@code dense2}. */
public final class LayerNames {
  private final Map<String, Integer> kinds = new HashMap<>();

  /** The name of the next layer. */
  public String next(Layer layer) {
    return next(layer.kind(), layer.name());
  }

  /**
   * The name of the next layer.
   *
   * @param given its own; null where it has none
   */
  public String next(String kind, String given) {
    int number = kinds.merge(kind, 1, Integer::sum);
    return given == null ? kind + number : given;
  }

  /** The names of all these layers. */
  public static List<String> of(List<Layer> layers) {
    LayerNames names = new LayerNames();
    return layers.stream().map(names::next).toList();
  }
}
