package dev.braid.worker.network.block;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names and parameters as the layers of one use of a block see them, or those of the network. */
final class Scope {
  private static final String INPUT = "input";
  private static final char PARAMETER = '$';

  private final Scope around;
  private final Of of;
  private final Reads reads;
  private final Map<String, List<String>> names = new HashMap<>();
  private final Map<String, String> uses = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private boolean isAtBegin = true;

  /**
   * A use of a block.
   *
   * @param block its name; empty in the network itself
   * @param parameters their values by name
   * @param written what the use says as it is written
   * @param path where that is, as keys and numbers
   */
  record Use(String block, Map<String, JsonNode> parameters, JsonNode written, List<Object> path) {
    static final Use NONE = new Use("", Map.of(), MissingNode.getInstance(), List.of());
  }

  /**
   * What a scope is of.
   *
   * @param use whose parameters it knows
   * @param prefix what names begin with
   * @param weightsOf what the names of the layers begin with whose weights these share; null where
   *     they share none
   * @param path where its layers are written
   */
  record Of(Use use, String prefix, String weightsOf, List<Object> path) {}

  /**
   * What a use reads.
   *
   * @param names of layers or inputs
   * @param isSaid whether its first layer has to be told, because it is not the layer before
   */
  record Reads(List<String> names, boolean isSaid) {}

  /**
   * @param around null for the network
   */
  Scope(Scope around, Of of, Reads reads) {
    this.around = around;
    this.of = of;
    this.reads = reads;
  }

  boolean isNetwork() {
    return around == null;
  }

  Of of() {
    return of;
  }

  /** What the next layer is to be told to read; empty where it is the layer before. */
  Optional<List<String>> next() {
    return isAtBegin && reads.isSaid ? Optional.of(reads.names) : Optional.empty();
  }

  /** What is read at the beginning of this use. */
  List<String> input() {
    return reads.names;
  }

  boolean isAtBegin() {
    return isAtBegin;
  }

  /** How often this kind has been counted here, this time included. */
  int count(String kind) {
    return counts.merge(kind, 1, Integer::sum);
  }

  /** Lets a name stand for a layer from here on. */
  void define(String name, String layer) {
    names.put(name, List.of(layer));
    isAtBegin = false;
  }

  /** Notes what the names of a use's layers begin with. */
  void defineUse(String name, String prefix) {
    require(
        !names.containsKey(name) && uses.put(name, prefix) == null,
        "two layers or blocks are called '%s'; give one another name",
        name);
  }

  /** What the names of the layers of an earlier use begin with. */
  String prefixOf(String use) {
    for (Scope scope = this; scope != null; scope = scope.around) {
      if (scope.uses.containsKey(use)) {
        return scope.uses.get(use);
      }
    }
    throw new WrongSettings(
        "weights: no block above is called '%s'%s; above are: %s"
            .formatted(
                use,
                Spelling.suggestion(use, uses.keySet()),
                uses.isEmpty() ? "none" : String.join(", ", uses.keySet())));
  }

  /** The layers that a name means here; those of no block are called as they are. */
  List<String> resolve(String name) {
    for (Scope scope = this; scope != null; scope = scope.around) {
      if (scope.names.containsKey(name)) {
        return scope.names.get(name);
      }
      if (name.equals(INPUT) && !scope.isNetwork()) {
        return scope.reads.names;
      }
    }
    return List.of(name);
  }

  /** The layers that a {@code from} means here. */
  List<String> resolve(JsonNode from) {
    List<String> layers = new ArrayList<>();
    for (JsonNode name : from.isArray() ? from : List.of(from)) {
      layers.addAll(resolve(name.asText()));
    }
    return layers;
  }

  /** Whether a block of this name is being used here. */
  boolean isWithin(String block) {
    return of.use.block.equals(block) || (around != null && around.isWithin(block));
  }

  /** The blocks that are being used here, from the outermost on, in words; empty for none. */
  String describe() {
    String outer = around == null ? "" : around.describe();
    boolean isNew = around != null && !of.use.path.equals(around.of.use.path);
    return isNew ? outer + (outer.isEmpty() ? "" : " > ") + "'" + of.use.block + "'" : outer;
  }

  /** Where the value of a parameter is said: by the use, by one around it, or by the block. */
  List<Object> placeOf(String parameter) {
    JsonNode said = of.use.written.path(parameter);
    if (said.isMissingNode()) {
      return List.of("blocks", of.use.block, "parameters", parameter);
    }
    Scope outer = around;
    while (outer.of.use.path.equals(of.use.path)) {
      outer = outer.around;
    }
    Optional<String> ofOuter = parameter(said);
    return ofOuter.isPresent() && !outer.isNetwork()
        ? outer.placeOf(ofOuter.get())
        : Fault.with(of.use.path, parameter);
  }

  /** What is written with values in the places of parameters. */
  JsonNode substitute(JsonNode written) {
    if (isNetwork()) {
      return written.deepCopy();
    }
    if (written instanceof ObjectNode section) {
      ObjectNode result = section.objectNode();
      section.properties().forEach(e -> result.set(e.getKey(), substitute(e.getValue())));
      return result;
    }
    if (written instanceof ArrayNode list) {
      ArrayNode result = list.arrayNode();
      list.forEach(each -> result.add(substitute(each)));
      return result;
    }
    return parameter(written).map(this::value).orElse(written);
  }

  /** The name of the parameter that stands here. */
  static Optional<String> parameter(JsonNode written) {
    boolean is = written.isTextual() && written.asText().indexOf(PARAMETER) == 0;
    return is ? Optional.of(written.asText().substring(1)) : Optional.empty();
  }

  private JsonNode value(String parameter) {
    Map<String, JsonNode> known = of.use.parameters;
    require(
        known.containsKey(parameter),
        "there is no parameter '%s' here%s; there %s",
        parameter,
        Spelling.suggestion(parameter, known.keySet()),
        known.isEmpty() ? "are none" : "are " + String.join(", ", known.keySet()));
    return known.get(parameter);
  }
}
