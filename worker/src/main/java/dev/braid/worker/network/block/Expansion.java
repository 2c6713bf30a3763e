package dev.braid.worker.network.block;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.LayerNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A list of layers in which blocks are used and parts repeated, as the plain list that it stands
 * for: a function of what is written alone.
 */
public final class Expansion {
  private static final String BLOCK = "block";
  private static final String REPEAT = "repeat";
  private static final Set<String> OF_REPEAT = Set.of("times", "layers", "name", "from", "weights");

  /** Far more than any network has: a number with too many zeros is told, not tried. */
  private static final int MAX_LAYERS = 10_000;

  private final Map<String, Block> blocks;
  private final Reader reader;
  private final LayerNames names = new LayerNames();
  private final List<Layer> layers = new ArrayList<>();
  private String last;

  /** Reads a layer as it stands in a file. */
  @FunctionalInterface
  public interface Reader {
    /**
     * The layer.
     *
     * @throws JsonMappingException when it is none
     */
    Layer read(JsonNode written) throws JsonMappingException;
  }

  private Expansion(Map<String, Block> blocks, Reader reader) {
    this.blocks = blocks;
    this.reader = reader;
  }

  /**
   * The plain list.
   *
   * @param blocks by name
   * @param written the list, under the key {@code layers}
   * @param input what the first layer reads
   * @throws JsonMappingException with the place of what is wrong
   */
  public static List<Layer> of(
      Map<String, Block> blocks, JsonNode written, String input, Reader reader)
      throws JsonMappingException {
    Expansion expansion = new Expansion(blocks, reader);
    Scope.Of network = new Scope.Of(Scope.Use.NONE, "", null, List.of("layers"));
    expansion.addAll(written, new Scope(null, network, new Scope.Reads(List.of(input), false)));
    return expansion.layers;
  }

  private void addAll(Iterable<JsonNode> written, Scope scope) throws JsonMappingException {
    int index = 0;
    for (JsonNode each : written) {
      List<Object> path = Fault.with(scope.of().path(), index++);
      try {
        add(each, scope, path);
      } catch (WrongSettings e) {
        String blocks = scope.describe();
        String where = blocks.isEmpty() ? "" : "in block %s: ".formatted(blocks);
        throw Fault.at(path, new JsonMappingException(null, where + e.getMessage()));
      }
    }
  }

  private void add(JsonNode written, Scope scope, List<Object> path) throws JsonMappingException {
    JsonNode entry = scope.substitute(written);
    require(
        (entry.isObject() && entry.size() == 1) || scope.isNetwork(), "a layer is expected here");
    String kind = entry.isObject() && entry.size() == 1 ? entry.fieldNames().next() : "";
    if (kind.equals(BLOCK) || kind.equals(REPEAT)) {
      require(
          entry.get(kind).isObject(), "%s takes settings, as in - %s: {times: 2, ...}", kind, kind);
      use(kind, (ObjectNode) entry.get(kind), scope, new Place(written, path));
    } else {
      addLayer(kind, entry, scope, new Place(written, path));
    }
  }

  /** What stands where in the file. */
  private record Place(JsonNode written, List<Object> path) {}

  private void addLayer(String kind, JsonNode entry, Scope scope, Place place)
      throws JsonMappingException {
    require(layers.size() < MAX_LAYERS, "the network has more than %,d layers", MAX_LAYERS);
    String local = null;
    if (entry.path(kind) instanceof ObjectNode settings) {
      int number = scope.count(kind);
      local = settings.hasNonNull("name") ? settings.get("name").asText() : null;
      if (!scope.isNetwork()) {
        local = local == null ? kind + number : local;
        settings.put("name", scope.of().prefix() + local);
      }
      if (settings.has("from")) {
        settings.set("from", texts(settings, scope.resolve(settings.get("from"))));
      } else {
        scope.next().ifPresent(from -> settings.set("from", texts(settings, from)));
      }
      if (settings.path("weights").path("of").isTextual()) {
        ObjectNode weights = (ObjectNode) settings.get("weights");
        weights.put("of", scope.resolve(weights.get("of").asText()).get(0));
      }
    }
    Layer layer = read(entry, scope, place);
    require(layer != null, "the network's list of layers has an empty entry");
    if (scope.of().weightsOf() != null && layer.weights() != null) {
      ObjectNode settings = (ObjectNode) entry.get(kind);
      settings.set("weights", settings.objectNode().put("of", scope.of().weightsOf() + local));
      layer = read(entry, scope, place);
    }
    layers.add(layer);
    last = names.next(layer);
    scope.define(local == null ? last : local, last);
  }

  private static ArrayNode texts(ObjectNode settings, List<String> names) {
    ArrayNode texts = settings.arrayNode();
    names.forEach(texts::add);
    return texts;
  }

  private Layer read(JsonNode entry, Scope scope, Place place) throws JsonMappingException {
    try {
      return reader.read(entry);
    } catch (JsonMappingException e) {
      throw Fault.of(e, place.written, place.path, scope);
    }
  }

  private void use(String kind, ObjectNode settings, Scope scope, Place place)
      throws JsonMappingException {
    List<Object> path = Fault.with(place.path, kind);
    boolean isBlock = kind.equals(BLOCK);
    String block = isBlock ? settings.path("use").asText() : "";
    Iterable<JsonNode> written;
    Scope.Use use;
    List<Object> layersPath;
    if (isBlock) {
      Block used = known(block, scope);
      written = used.layers();
      use = new Scope.Use(block, used.valuesFor(block, settings), place.written.get(kind), path);
      layersPath = List.of("blocks", block, "layers");
    } else {
      written = repeated(settings);
      use = scope.of().use();
      layersPath = Fault.with(path, "layers");
    }
    int times = times(settings, isBlock);
    List<String> reads = settings.has("from") ? scope.resolve(settings.get("from")) : before(scope);
    boolean isSaid = settings.has("from") || scope.next().isPresent();
    for (int i = 0; i < times; i++) {
      String name = name(isBlock ? block : REPEAT, settings, scope, times == 1 ? -1 : i + 1);
      String prefix = scope.of().prefix() + name + "-";
      String weightsOf = weightsOf(settings, scope, name, times == 1 ? "" : "-" + (i + 1));
      scope.defineUse(name, prefix);
      Scope within =
          new Scope(
              scope,
              new Scope.Of(use, prefix, weightsOf, layersPath),
              i == 0 ? new Scope.Reads(reads, isSaid) : new Scope.Reads(List.of(last), false));
      addAll(written, within);
      scope.define(name, last);
    }
    if (settings.hasNonNull("name")) {
      scope.define(settings.get("name").asText(), last);
    }
  }

  private Block known(String name, Scope scope) {
    require(
        blocks.containsKey(name),
        "there is no block '%s'%s; say by use: which; network.blocks has %s",
        name,
        Spelling.suggestion(name, blocks.keySet()),
        blocks.isEmpty() ? "none" : String.join(", ", blocks.keySet()));
    require(
        !scope.isWithin(name),
        "block '%s' uses itself (%s > %s); a block is made of layers and of other blocks",
        name,
        scope.describe(),
        name);
    return blocks.get(name);
  }

  private static Iterable<JsonNode> repeated(ObjectNode settings) {
    settings
        .fieldNames()
        .forEachRemaining(
            key ->
                require(
                    OF_REPEAT.contains(key),
                    "repeat has no setting '%s'%s; it has %s",
                    key,
                    Spelling.suggestion(key, OF_REPEAT),
                    "times, layers, name, from, weights"));
    JsonNode layers = settings.path("layers");
    require(layers.isArray() && !layers.isEmpty(), "repeat needs a list of layers");
    return layers;
  }

  private static int times(ObjectNode settings, boolean isOptional) {
    if (isOptional && !settings.has("times")) {
      return 1;
    }
    JsonNode times = settings.path("times");
    require(
        times.isInt() && times.asInt() > 0 && times.asInt() <= MAX_LAYERS,
        "times must be a whole number from 1 to %,d, got %s",
        MAX_LAYERS,
        times.isMissingNode() ? "none" : times.asText());
    return times.asInt();
  }

  /** What the layer after the last one reads if it does not say. */
  private List<String> before(Scope scope) {
    return scope.isAtBegin() || last == null ? scope.input() : List.of(last);
  }

  /** The name of a use: its own, with a number where there are several, or kind and number. */
  private static String name(String kind, ObjectNode settings, Scope scope, int number) {
    if (!settings.hasNonNull("name")) {
      return kind + scope.count(kind);
    }
    String given = settings.get("name").asText();
    return number < 0 ? given : given + "-" + number;
  }

  private static String weightsOf(ObjectNode settings, Scope scope, String name, String number) {
    JsonNode weights = settings.path("weights");
    if (!weights.isMissingNode()) {
      require(
          weights.size() == 1 && weights.path("of").isTextual(),
          "a block's weights are those of an earlier use, as in weights: {of: name}");
      return scope.prefixOf(weights.get("of").asText() + number);
    }
    String around = scope.of().weightsOf();
    return around == null ? null : around + name + "-";
  }
}
