package dev.braid.worker.network.block;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.braid.worker.layer.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where in the file the fault of a layer in a block lies. */
final class Fault {
  private Fault() {}

  /** The fault at a place, given as keys and numbers. */
  static JsonMappingException at(List<Object> path, JsonMappingException fault) {
    for (int i = path.size() - 1; i >= 0; i--) {
      if (path.get(i) instanceof Integer index) {
        fault.prependPath(List.class, index);
      } else {
        fault.prependPath(Layer.class, (String) path.get(i));
      }
    }
    return fault;
  }

  /**
   * The fault of a layer: in the block, or where a use says the value that does not fit.
   *
   * @param written the layer as the block has it
   * @param path where that is
   */
  static JsonMappingException of(
      JsonMappingException fault, JsonNode written, List<Object> path, Scope scope) {
    Optional<String> parameter = Scope.parameter(leaf(written, fault.getPath()));
    if (!(fault instanceof MismatchedInputException mismatch)
        || parameter.isEmpty()
        || scope.isNetwork()) {
      return at(path, fault);
    }
    return at(
        scope.placeOf(parameter.get()),
        MismatchedInputException.from(
            null, mismatch.getTargetType(), mismatch.getOriginalMessage()));
  }

  /** What a path leads to, which leaves out the key that names a layer's kind. */
  private static JsonNode leaf(JsonNode written, List<JsonMappingException.Reference> path) {
    JsonNode node = written;
    for (JsonMappingException.Reference step : path) {
      String key = step.getFieldName();
      if (key != null && !node.has(key) && node.size() == 1) {
        node = node.elements().next();
      }
      node = key == null ? node.path(step.getIndex()) : node.path(key);
    }
    return node;
  }

  /** A longer path. */
  static List<Object> with(List<Object> path, Object step) {
    List<Object> longer = new ArrayList<>(path);
    longer.add(step);
    return longer;
  }
}
